"""Rows of links follow their memories: a subscriber, whose rows go with the change's own."""

from collections.abc import Iterable, Sequence
from itertools import chain

from memory_hub.database.dialect import among
from memory_hub.database.statements import Statement
from memory_hub.events.telling import hears
from superthread.events import MemoryChanged
from superthread.links import links_in
from superthread.models.space import PLACE, space_of

TABLE = "superthread_link"
_COLUMNS = ("memory_id", "space", "kind", "text", "target")
_ROWS_AT_ONCE = 1_000
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
    return [*statements, *_deleted(anew), *rows_of(texts)]


def rows_of(texts: Iterable[_Text]) -> list[Statement]:
    """What inserts the links of memories that have none: id, space, content, path of each."""
    return _inserted(
        [
            (pk, space, link.kind.value, link.text, link.key)
            for pk, space, content, path in texts
            for link in links_in(content, path)
        ]
    )


def _deleted(ids: Sequence[int]) -> list[Statement]:
    if not ids:
        return []
    condition, params = among("memory_id", ids, "int")
    return [(f"DELETE FROM {TABLE} WHERE {condition}", params)]  # noqa: S608 - names of our own


def _inserted(rows: Sequence[tuple[object, ...]]) -> list[Statement]:
    row = f"({', '.join(['%s'] * len(_COLUMNS))})"
    into = f"INSERT INTO {TABLE} ({', '.join(_COLUMNS)}) VALUES"
    parts = [rows[at : at + _ROWS_AT_ONCE] for at in range(0, len(rows), _ROWS_AT_ONCE)]
    return [
        (f"{into} {', '.join([row] * len(part))}", list(chain.from_iterable(part)))
        for part in parts
    ]
