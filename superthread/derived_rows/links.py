"""Rows of links follow their memories: a subscriber, whose rows go with the change's own."""

from collections.abc import Iterable, Sequence

from memory_hub.database.statements import Statement, deleted, inserted
from memory_hub.events.telling import hears
from superthread.events import MemoryChanged
from superthread.links import links_in
from superthread.models.space import PLACE, space_of

TABLE = "superthread_link"
_COLUMNS = ("memory_id", "space", "kind", "text", "target")
_SAID = frozenset({"content", "path"})

_Text = tuple[int, int, str, str | None]


@hears(MemoryChanged)
def follow(events: Sequence[MemoryChanged]) -> list[Statement]:
    """What makes the links those of the texts, and their spaces those of the memories. Of a memory
    that is deleted for good the database takes them."""
    texts: list[_Text] = []
    anew, statements = [], []
    for event in events:
        memory = event.after
        if memory is None:
            continue
        is_new = event.before is None
        # Who only takes a path away knows no text.
        if (is_new or event.changed & _SAID) and "content" in memory:
            if not is_new:
                anew.append(memory["id"])
            texts.append((memory["id"], space_of(memory), memory["content"], memory["path"]))
        elif not event.changed.isdisjoint(PLACE):
            moved = f"UPDATE {TABLE} SET space = %s WHERE memory_id = %s"  # noqa: S608 - our own
            statements.append((moved, [space_of(memory), memory["id"]]))
    return [*statements, *deleted(TABLE, "memory_id", anew), *rows_of(texts)]


def rows_of(texts: Iterable[_Text]) -> list[Statement]:
    """What inserts the links of memories that have none: id, space, content, path of each."""
    rows = [
        (pk, space, link.kind.value, link.text, link.key)
        for pk, space, content, path in texts
        for link in links_in(content, path)
    ]
    return inserted(TABLE, _COLUMNS, rows)
