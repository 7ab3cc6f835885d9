"""What the journal says of changes of endpoints."""

from collections.abc import Sequence

from memory_hub.database.statements import Statement
from memory_hub.events.telling import hears
from memory_hub.journal.append import append
from memory_hub.journal.facts import Fact
from superthread.feed.webhooks.events import WebhookChanged


@hears(WebhookChanged)
def record(events: Sequence[WebhookChanged]) -> list[Statement]:
    """An entry for each."""
    return append([_fact(event) for event in events])


def _fact(event: WebhookChanged) -> Fact:
    detail = {"host": event.host} | ({"reason": event.reason} if event.reason else {})
    return Fact(
        f"webhook.{event.kind}",
        event.actor,
        event.origin,
        subject_id=event.webhook_id,
        space=event.user_id,
        detail=detail,
    )
