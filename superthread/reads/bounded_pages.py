"""Pages that end at a bound of bytes, and hold one long content at a time while they are made.

What a hundred rows say is not known before they are read, and a hundred of the longest say 100 MB.
So rows come brief, without the long contents, and whoever makes a page of them stops in time.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import orjson

from memory_hub.core.budget import answers
from superthread.reads.representation import Row, completed

# Of all items of a page; the first one always has room.
PAGE_BYTES = 8 * 2**20
# A page of fewer bytes is usual: there are as many at once as there are threads.
USUAL_BYTES = 256 * 1024
# Bytes of JSON that a character takes at most, and the names of a memory's fields.
_OF_A_CHARACTER, _OF_A_MEMORY = 6, 512
# Beside an answer as it is sent stand its pieces, and what the pieces are put together in.
HELD = 3


class Part(NamedTuple):
    """The items of a page as JSON, and the row that the next page comes after, if there is one."""

    items: list[orjson.Fragment]
    last: Row | None


def is_usual(rows: Iterable[Row]) -> bool:
    """Whether a page of all these brief rows is surely a usual one: none of their contents has to
    be read by itself, and all together are short."""
    size = 0
    for row in rows:
        if row["short"] is None:
            return False
        characters = len(row["short"]) + len(row["raw_metadata"]) + len(row["title"])
        size += _OF_A_CHARACTER * characters + _OF_A_MEMORY
    return size <= USUAL_BYTES


def part(
    rows: Iterable[Row],
    *,
    whole: Callable[[Row], Row | None],
    show: Callable[[Row], Any],
    limit: int,
) -> Part:
    """What ``show`` makes of the first ``limit`` brief rows, or of as many as have room.

    ``whole`` reads the row of a brief one with a long content, None where it is no longer in the
    list. Rows beyond ``limit`` say that there are more. Raises Spent.
    """
    items: list[orjson.Fragment] = []
    size, last = 0, None
    for number, brief in enumerate(rows):
        if number == limit:
            return Part(items, last)
        row = completed(brief)
        if row is None and items and size + brief["size"] > PAGE_BYTES:
            return Part(items, last)
        row = row or whole(brief)
        if row is not None:
            item = orjson.dumps(show(row))
            if items and size + len(item) > PAGE_BYTES:
                return Part(items, last)
            size += len(item)
            if size > USUAL_BYTES:
                answers.take_for_unit(HELD * len(item))
            items.append(orjson.Fragment(item))
        last = brief
    return Part(items, None)
