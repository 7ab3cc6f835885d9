"""What happens to endpoints, as services tell it and subscribers hear it."""

from dataclasses import dataclass
from enum import StrEnum

from memory_hub.events.event import Event


class WebhookKind(StrEnum):
    """What happened to an endpoint."""

    CREATED = "created"
    UPDATED = "updated"
    ROTATED = "rotated"
    TESTED = "tested"
    PAUSED = "paused"
    RESUMED = "resumed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class WebhookChanged(Event):
    """One endpoint of the user ``user_id``. Of its address the host alone: the rest of it is often
    a secret. ``reason`` is why it was paused."""

    kind: WebhookKind
    webhook_id: int
    user_id: int
    host: str
    reason: str = ""
