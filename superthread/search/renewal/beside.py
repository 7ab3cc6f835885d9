"""Segments of a space that are made beside those that searches read, and take over from them."""

import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from django.db import connection, transaction

from memory_hub.database.statements import Statement, run
from superthread.models import Memory
from superthread.search.index import folding
from superthread.search.index.choosing import AT_ONCE
from superthread.search.index.documents import Document, documents_of, packed_sizes
from superthread.search.index.segments import (
    COLUMNS,
    TABLE,
    Packed,
    Segment,
    members_of,
    outdating,
    packed,
    segment_in,
    write_segment,
)
from superthread.search.renewal import state
from superthread.search.renewal.state import Renewal

ASIDE = "superthread_search_aside"
PAUSE = 0.05  # seconds until a memory is looked at again that somebody is changing
# Memories that were folded meanwhile, of which the new segments are told before they take over:
# so few that the transaction in which they do can tell them of the rest.
FEW = 64
TOLD_AT_ONCE = 32  # segments
IDS_AT_ONCE = 100_000


def make(renewal: Renewal) -> Iterator[int]:
    """Makes them of the documents as they are; yields of how many memories each tells. What was
    made before goes. Raises Superseded."""
    space = renewal.space
    with transaction.atomic(), connection.cursor() as cursor:
        state.mark(renewal, renewal.last)
        cursor.execute(f"UPDATE {ASIDE} SET coming = 0 WHERE space = %s", [space])
    ids = ids_of(space)
    start = 0
    while some := _following(ids[start : start + AT_ONCE]):
        start += len(some)
        while some:
            chosen, others = _step(space, some)
            if _is_written(renewal, chosen):
                some = others
                yield len(chosen)
            else:
                time.sleep(PAUSE)


def _following(ids: Sequence[int]) -> Sequence[int]:
    """The first of these memories that a segment takes; one at least."""
    sizes = packed_sizes(ids)
    sums = accumulate(sizes.get(pk, 0) for pk in ids)
    return ids[: max(sum(size <= folding.TERMS for size in sums), 1)]


def ids_of(space: int, last: int = -1) -> Sequence[int]:
    """The memories of the space behind the last, in order. Whoever comes later is fresh."""
    found = array("q")
    in_order = Memory.objects.filter(space=space).order_by("pk").values_list("pk", flat=True)
    while some := list(in_order.filter(pk__gt=last)[:IDS_AT_ONCE]):
        found.extend(some)
        last = some[-1]
    return found


def _step(space: int, ids: Sequence[int]) -> tuple[dict[int, Document], list[int]]:
    """The documents of those of the memories that nobody has changed, of one version of the
    analyzer; and the memories of another."""
    changed = state.changed(space, ids)
    unchanged = {
        pk: one
        for pk, one in sorted(documents_of(ids).items())
        if one.space == space and pk not in changed
    }
    chosen = folding.fitting(unchanged) if unchanged else {}
    return chosen, [pk for pk in unchanged if pk not in chosen]


def _is_written(renewal: Renewal, chosen: dict[int, Document]) -> bool:
    """Whether a segment of the documents could be written: not where somebody holds one of them,
    who may change nothing after all."""
    if not chosen:
        return True
    new = packed(renewal.space, sorted(chosen.items()))
    with transaction.atomic():
        state.mark(renewal, renewal.last)
        now = documents_of(chosen, locked=True)
        missing = chosen.keys() - now.keys()
        if missing and documents_of(missing):
            return False
        gone = {pk for pk, one in chosen.items() if now.get(pk) != one}
        _write(new, gone | state.changed(renewal.space, [*chosen]))
    return True


def _write(new: Packed, gone: set[int]) -> None:
    if len(gone) == len(new.ids):
        return
    # By the same keys as all others, and in the same transaction out of everybody's sight.
    number = write_segment(new, without=gone)
    _move(TABLE, ASIDE, "id = %s", [number], coming=1)


def _move(source: str, to: str, condition: str, params: list[int], *, coming: int) -> None:
    """Moves segments from the one table to the other; ``coming`` is of those that are set aside."""
    columns, values = COLUMNS, COLUMNS
    if to == ASIDE:
        columns, values = f"coming, {COLUMNS}", f"{coming}, {COLUMNS}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {to} ({columns}) SELECT {values} FROM {source} WHERE {condition}", params
        )
        cursor.execute(f"DELETE FROM {source} WHERE {condition}", params)


def take_over(renewal: Renewal) -> None:
    """Has searches of the space read the new segments, and none of those that it had when it began
    to be indexed anew. Raises Superseded."""
    space = renewal.space
    told: set[int] = set()
    while len(more := state.overtaken(space) - told) > FEW:
        for statements in _telling(space, more):
            with transaction.atomic():
                state.mark(renewal, renewal.last)
                run(statements)
        told |= more
    with transaction.atomic():
        state.lock(space)
        state.mark(renewal, renewal.last)
        for statements in _telling(space, state.overtaken(space) - told):
            run(statements)
        before = _before(space)
        # First: it is what keeps the others.
        state.end(renewal)
        _move(TABLE, ASIDE, "space = %s AND id <= %s", [space, before], coming=0)
        _move(ASIDE, TABLE, "space = %s AND coming = 1", [space], coming=1)


def _before(space: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT before FROM {state.RENEWAL} WHERE space = %s", [space])
        return cursor.fetchone()[0]


def _telling(space: int, ids: Iterable[int]) -> Iterator[list[Statement]]:
    """What tells the new segments, some at a time, that these memories are not in them any more."""
    ordered = sorted(ids)
    having = [
        (one, here)
        for one in _coming(space)
        if (here := ordered[bisect_left(ordered, one.first) : bisect_right(ordered, one.last)])
    ]
    for start in range(0, len(having), TOLD_AT_ONCE):
        some = having[start : start + TOLD_AT_ONCE]
        members = members_of([one for one, _ in some])
        both = [
            (one, {*one.gone, *one.places_of(here, each)})
            for (one, here), each in zip(some, members, strict=True)
        ]
        yield [outdating(one, gone, ASIDE) for one, gone in both if len(gone) > len(one.gone)]


def _coming(space: int) -> list[Segment]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM {ASIDE} WHERE space = %s AND coming = 1", [space])
        return [segment_in(row) for row in cursor.fetchall()]
