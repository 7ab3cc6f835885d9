"""What the journal says of changes of memories and of who may see them."""

from collections.abc import Sequence
from typing import Any

from memory_hub.database.statements import Statement
from memory_hub.events.telling import hears
from memory_hub.journal.append import append
from memory_hub.journal.facts import Fact, commitment
from superthread.events import Facts, GrantChanged, HoldChanged, MemoryChanged, TransferChanged
from superthread.models.space import space_of

Told = MemoryChanged | GrantChanged | TransferChanged | HoldChanged


@hears(MemoryChanged, GrantChanged, TransferChanged, HoldChanged)
def record(events: Sequence[Told]) -> list[Statement]:
    """An entry for each."""
    return append([_fact(event) for event in events])


def _fact(event: Told) -> Fact:
    if isinstance(event, MemoryChanged):
        return _of_memory(event)
    if isinstance(event, GrantChanged):
        detail = {"email": event.email, "before": event.before, "after": event.after}
        return _beside(f"grant.{event.kind}", event, detail)
    if isinstance(event, HoldChanged):
        return _of_hold(event)
    return _beside(f"transfer.{event.kind}", event, {"email": event.email})


def _of_memory(event: MemoryChanged) -> Fact:
    memory = event.memory
    space, before = space_of(memory), space_of(event.before or memory)
    return Fact(
        f"memory.{event.kind}",
        event.actor,
        event.origin,
        old_space=None if before == space else before,
        content_hash=commitment(event.salt, memory["content"].encode()) if event.salt else None,
        detail={"number": event.redacted} if event.redacted else {},
        audience=event.granted,
        **_named(memory),
    )


def _beside(kind: str, event: GrantChanged | TransferChanged, detail: dict[str, Any]) -> Fact:
    return Fact(
        kind,
        event.actor,
        event.origin,
        detail=detail,
        audience=(event.email,),
        **_named(event.memory),
    )


def _of_hold(event: HoldChanged) -> Fact:
    """Of no space: whom it concerns is not told by the feed, but by the audit of the memory."""
    detail = {"reason": event.reason} | ({"team_key": event.team_key} if event.team_key else {})
    memory = event.memory
    return Fact(
        f"hold.{event.kind}",
        event.actor,
        event.origin,
        subject_id=memory["id"] if memory else event.team_id,
        doc_id=memory["doc_id"] if memory else None,
        detail=detail,
    )


def _named(memory: Facts) -> dict[str, Any]:
    return {
        "subject_id": memory["id"],
        "doc_id": memory["doc_id"],
        "revision": memory["revision"],
        "version": memory["version"],
        "owner_id": memory["owner_id"],
        "space": space_of(memory),
    }
