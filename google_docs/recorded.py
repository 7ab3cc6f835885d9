"""What the journal says of changes at Google. Ids there are texts, and go into the origin."""

from collections.abc import Sequence
from typing import Any

from google_docs.events import ConnectionChanged, DocumentChanged, PermissionChanged
from memory_hub.accounts.spaces import space_of_team
from memory_hub.database.statements import Statement
from memory_hub.events.telling import hears
from memory_hub.journal.append import append
from memory_hub.journal.facts import Fact

Told = DocumentChanged | PermissionChanged | ConnectionChanged


@hears(DocumentChanged, PermissionChanged, ConnectionChanged)
def record(events: Sequence[Told]) -> list[Statement]:
    """An entry for each."""
    return append([_fact(event) for event in events])


def _fact(event: Told) -> Fact:
    if isinstance(event, ConnectionChanged):
        return _said(
            event,
            "connection",
            subject_id=event.team_id or event.user_id,
            space=space_of_team(event.team_id) if event.team_id else event.user_id,
            detail={"account": event.account},
        )
    named = {"doc_id": event.doc_id}
    if isinstance(event, DocumentChanged):
        return _said(event, "document", space=_space(event.space), detail=named)
    return _said(
        event,
        "permission",
        space=_space(event.space),
        detail=named | {"email": event.email, "after": event.role},
    )


def _said(event: Told, name: str, **said: Any) -> Fact:
    return Fact(f"{name}.{event.kind}", event.actor, event.origin, **said)


def _space(key: str) -> int:
    """The number of a space at Google, `u<id>` or `t<id>`."""
    number = int(key[1:])
    return space_of_team(number) if key.startswith("t") else number
