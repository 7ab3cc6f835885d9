"""Segments in the database: which there are, and their memories, which a process keeps."""

import secrets
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection

from memory_hub.core.recent import RecentBytes
from memory_hub.database.dialect import array as listed
from memory_hub.database.dialect import is_postgres, number_list
from memory_hub.database.statements import Planned, Statement, inserted, rows, run
from superthread.search.index.building import pages_of
from superthread.search.index.documents import Document, weighed_length
from superthread.search.index.packing import count_in, spellings_in
from superthread.search.index.pages import (
    TERM_BITS,
    IndexPage,
    Members,
    members_in,
    members_page,
)

# Of the memories of segments that a process keeps: bytes; of each beside them, and for a memory.
# Their stamps tell that they are the same still, for what is in them never changes.
KEPT, EACH, OF_A_MEMORY = 16 * 2**20, 400, 6
TABLE = "superthread_search_segment"
_kept = RecentBytes[tuple[int, int], Members](KEPT, lambda one: EACH + OF_A_MEMORY * len(one.ids))


class Segment(NamedTuple):
    """A segment; ``gone`` are the places of memories that are not in it any more. One that is
    ``kept`` stays as it is until a reindex of its space takes over."""

    id: int
    stamp: int
    space: int
    analyzer: int
    memories: int
    postings: int
    first: int
    last: int
    gone: Sequence[int]
    kept: bool = False

    @property
    def present(self) -> int:
        return self.memories - len(self.gone)

    def places_of(self, ids: Iterable[int], members: Members) -> set[int]:
        """The places of those of the memories that it has."""
        found = set()
        for pk in ids:
            if self.first <= pk <= self.last:
                place = bisect_left(members.ids, pk)
                if place < len(members.ids) and members.ids[place] == pk:
                    found.add(place)
        return found

    def may_have(self, ids: Iterable[int]) -> bool:
        """Whether one of the memories lies between its first and its last."""
        return any(self.first <= pk <= self.last for pk in ids)


class Packed(NamedTuple):
    """A segment that is still to be written: its memories, and all its pages."""

    space: int
    analyzer: int
    ids: Sequence[int]
    postings: int
    pages: Sequence[IndexPage]


class Changed(Exception):
    """Segments were folded anew between two looks at them."""


COLUMNS = "id, stamp, space, analyzer, memories, postings, first, last, gone"
# One row at most.
_BEFORE = "(SELECT before FROM superthread_search_renewal AS r WHERE r.space = s.space)"


def segments_of(space: int) -> list[Segment]:
    """Those of a space, from the oldest."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS}, coalesce(id <= {_BEFORE}, 1 = 0) "
            f"FROM {TABLE} AS s WHERE space = %s ORDER BY id",
            [space],
        )
        return [segment_in(row) for row in cursor.fetchall()]


def segment_in(row: Sequence[Any]) -> Segment:
    """A segment by its ``COLUMNS``, and perhaps whether it is kept."""
    return Segment(*row[:8], spellings_in(bytes(row[8])), *map(bool, row[9:]))


def members_of(segments: Sequence[Segment]) -> list[Members]:
    """Their memories. Raises Changed where one of them has gone."""
    keys = [(one.id, one.stamp) for one in segments]
    found = _kept.found(keys)
    if missing := [key for key in keys if key not in found]:
        pages = pages_by_key([number << TERM_BITS for number, _ in missing])
        read = {key: members_in(pages[key[0] << TERM_BITS]) for key in missing}
        _kept.keep(read)
        found |= read
    return [found[key] for key in keys]


_PAGES = {
    "postgresql": "SELECT key, data FROM superthread_search_page WHERE key = ANY (%s::bigint[])",
    "sqlite": "SELECT key, data FROM superthread_search_page "
    "WHERE key IN (SELECT value FROM json_each(%s))",
}


def pages_by_key(keys: Sequence[int]) -> dict[int, bytes]:
    """The bytes of these pages. Raises Changed where one of them has gone."""
    found = rows(Planned(_PAGES[connection.vendor], [number_list(keys)]))
    if len(found) < len(set(keys)):
        raise Changed
    return {key: bytes(data) for key, data in found}


def packed(space: int, documents: Sequence[tuple[int, Document]]) -> Packed:
    """A segment of these memories, which are in the order of their ids."""
    ids = [pk for pk, _ in documents]
    lengths = [weighed_length(one.length) for _, one in documents]
    postings = sum(count_in(one.terms) for _, one in documents)
    pages = pages_of(((one.terms, one.counts) for _, one in documents), lengths)
    whole = [members_page(ids, lengths), *pages]
    return Packed(space, documents[0][1].analyzer, ids, postings, whole)


def write_segment(new: Packed, *, without: Iterable[int] = ()) -> int:
    """Writes a segment and returns its id; of the memories ``without`` it tells nothing."""
    gone = {bisect_left(new.ids, pk) for pk in without}
    values = [
        *(secrets.randbits(62), new.space, new.analyzer, len(new.ids), new.postings),
        *(new.ids[0], new.ids[-1], _told(gone)),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} ({COLUMNS.removeprefix('id, ')}) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            values,
        )
        (number,) = cursor.fetchone()
    base = number << TERM_BITS
    pages = [(base | one.last_term, one.entries, one.data, one.best) for one in new.pages]
    run(_insertion(pages))
    return number


def _told(places: Iterable[int]) -> Any:
    return array("H", sorted(places)).tobytes()


def _insertion(pages: list[tuple[int, int, bytes, int]]) -> list[Statement]:
    into = "superthread_search_page", ("key", "entries", "data", "best")
    if not is_postgres():
        return inserted(*into, pages)
    source = "SELECT * FROM unnest(%s::bigint[], %s::integer[], %s::bytea[], %s::bigint[])"
    columns = [listed(column) for column in zip(*pages, strict=True)]
    return [Planned(f"INSERT INTO {into[0]} ({', '.join(into[1])}) {source}", columns)]


def removal(ids: Iterable[int], table: str = TABLE) -> list[Statement]:
    """The statements that delete segments, which are in the table."""
    statements: list[Statement] = []
    for one in ids:
        bounds = [one << TERM_BITS, (one + 1) << TERM_BITS]
        page = "DELETE FROM superthread_search_page WHERE key >= %s AND key < %s"
        statements.append((page, bounds))
        statements.append((f"DELETE FROM {table} WHERE id = %s", [one]))
    return statements


def outdating(segment: Segment, gone: Iterable[int], table: str = TABLE) -> Statement:
    """The statement that notes the places that are gone."""
    update = f"UPDATE {table} SET gone = %s WHERE id = %s"
    return update, [_told(gone), segment.id]
