"""Rows of identifiers follow their memories: a subscriber, whose rows go with the change's own."""

from collections.abc import Iterable, Sequence
from typing import Any

from memory_hub.database.statements import Statement, deleted, inserted
from memory_hub.events.telling import hears
from superthread.events import MemoryChanged
from superthread.identifiers import identifiers_in
from superthread.models.space import PLACE, space_of

TABLE = "superthread_identifier"
_COLUMNS = ("memory_id", "space", "name", "value")


@hears(MemoryChanged)
def follow(events: Sequence[MemoryChanged]) -> list[Statement]:
    """What makes the rows those of the metadata, and their spaces those of the memories. Of a
    memory that is deleted for good the database takes them."""
    new: list[tuple[int, int, dict[str, Any]]] = []
    anew, statements = [], []
    for event in events:
        memory = event.after
        if memory is None:
            continue
        if event.before is None or "metadata" in event.changed:
            had = identifiers_in(event.before["metadata"]) if event.before else []
            if had != identifiers_in(memory["metadata"]):
                new.append((memory["id"], space_of(memory), memory["metadata"]))
                anew += [memory["id"]] if had else []
        if event.before and not event.changed.isdisjoint(PLACE):
            moved = f"UPDATE {TABLE} SET space = %s WHERE memory_id = %s"  # noqa: S608 - our own
            statements.append((moved, [space_of(memory), memory["id"]]))
    return [*statements, *deleted(TABLE, "memory_id", anew), *rows_of(new)]


def rows_of(memories: Iterable[tuple[int, int, dict[str, Any]]]) -> list[Statement]:
    """What inserts the identifiers of memories that have no rows: id, space, metadata of each."""
    rows = [
        (pk, space, name, value)
        for pk, space, metadata in memories
        for name, value in identifiers_in(metadata)
    ]
    return inserted(TABLE, _COLUMNS, rows)
