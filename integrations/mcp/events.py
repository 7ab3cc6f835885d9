"""What happens to what models are told."""

from dataclasses import dataclass
from enum import StrEnum

from memory_hub.events.event import Event


class InstructionsKind(StrEnum):
    """What happened to the instructions; reset ones are the hub's own again."""

    UPDATED = "updated"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class InstructionsChanged(Event):
    """The instructions to AI clients are others."""

    kind: InstructionsKind
