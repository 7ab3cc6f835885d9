"""Folding: what is fresh of a space goes into a segment, together with segments no larger.

A step is of one space: it takes up to 1,024 fresh memories and 65,536 terms, which fill a segment,
and with fewer segments that have no more memories together than it has so far (``choosing``). The
segments that had one of the fresh memories note that it is gone, and are made anew, or deleted,
when most are. Where many are full, some are joined by a step of its own, without anything fresh.

Beside writers: a step reads and packs outside of any transaction, for on SQLite all others wait for
one, and then writes in a short one, unless the segments are not those any more that it has read:
somebody else is folding the space. Whoever changes a document writes it before its note that it is
fresh; the transaction locks the documents, on PostgreSQL but for those that are being changed, and
looks whether they are still what was packed, before it takes their notes away. What changed
meanwhile keeps its note, and is gone from the new segment. What comes along from other segments
needs no second look: whoever changes it notes that, and no step takes away what it did not read.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from django.db import connection, transaction

from memory_hub.core import deadline
from memory_hub.database.dialect import among, is_postgres
from memory_hub.database.statements import Statement, run
from superthread.search.index.choosing import AT_ONCE, Outdated, joined, merged
from superthread.search.index.documents import TABLE, Document, documents_of, lock
from superthread.search.index.segments import (
    Changed,
    Packed,
    Segment,
    members_of,
    outdating,
    packed,
    removal,
    segments_of,
    write_segment,
)

# Fresh memories of a space from which on they are folded, and of all spaces from which on those are
# folded that have a few.
MANY, MOST, FEW = 128, 2_048, 8
# Terms of the fresh memories of one step.
TERMS = 65_536
LOCK = 0x4D48_464C  # advisory: one step of a space at a time


class Fresh(NamedTuple):
    """Fresh memories of a space: those whose documents are ready to be folded, those of which the
    space has nothing any more, and which of both a segment may have."""

    documents: dict[int, Document]
    gone: set[int]
    known: set[int]


# Of a step that joins.
NOTHING = Fresh({}, set(), set())


class Step(NamedTuple):
    """A step before its transaction: what is fresh, the segments as they were read, these with what
    is gone by now, those of them that are made anew, and the one that they become."""

    fresh: Fresh
    read: list[Segment]
    outdated: list[Outdated]
    merged: list[Outdated]
    new: Packed | None


def fold_due(least: int | None = None) -> int:
    """Folds the spaces that have ``least`` fresh memories, or as many as is due, until they have
    fewer: a step of a few costs nearly as much as one of many. Returns how many memories were
    folded."""
    done = 0
    # Whoever waits for an answer has got what was asked for.
    with deadline.aside():
        least = _least() if least is None else least
        for space in _having(least):
            while folded := fold(space):
                done += folded
                join(space)
                if not _has(space, least):
                    break
    return done


def _least() -> int:
    """From how many fresh memories on spaces are due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM superthread_search_fresh")
        return FEW if cursor.fetchone()[0] >= MOST else MANY


def _having(least: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT space FROM superthread_search_fresh GROUP BY space HAVING count(*) >= %s "
            "ORDER BY count(*) DESC",
            [least],
        )
        return [space for (space,) in cursor.fetchall()]


def _has(space: int, least: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM superthread_search_fresh WHERE space = %s LIMIT 1 OFFSET %s",
            [space, least - 1],
        )
        return cursor.fetchone() is not None


def is_due() -> bool:
    """Whether so much is fresh that there may be something to fold."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM superthread_search_fresh LIMIT 1 OFFSET {MANY - 1}",
        )
        return cursor.fetchone() is not None


def fold(space: int) -> int:
    """One step; returns how many fresh memories it has dealt with: none where somebody else folds
    the space at this moment."""
    try:
        step = _prepared(space)
    except Changed:
        return 0
    return _carried_out(space, step)


def join(space: int) -> bool:
    """Joins some of the space's segments where many are full: not where somebody else folds the
    space at this moment. Returns whether it has looked at some, so that there may be more."""
    read = segments_of(space)
    outdated = _outdated(read, set())
    chosen = joined(outdated)
    if not chosen:
        return False
    try:
        whole = sorted(_documents(space, chosen, ()).items())
    except Changed:
        return True
    new = packed(space, whole) if whole else None
    _carried_out(space, Step(NOTHING, read, outdated, chosen, new))
    return True


def _carried_out(space: int, step: Step | None) -> int:
    if step is None:
        return 0
    with transaction.atomic():
        if not is_mine(space) or segments_of(space) != step.read:
            return 0
        return _written(space, step)


def _prepared(space: int) -> Step | None:
    """What there is to do, if anything. Raises Changed."""
    read = segments_of(space)
    fresh = _fresh(space)
    if not (fresh.documents or fresh.gone):
        return None
    outdated = _outdated(read, fresh.known)
    chosen = merged(outdated, fresh.documents)
    kept = _documents(space, chosen, fresh.documents.keys() | fresh.gone)
    whole = sorted((kept | fresh.documents).items())
    return Step(fresh, read, outdated, chosen, packed(space, whole) if whole else None)


def _written(space: int, step: Step) -> int:
    """Writes a step within its transaction; returns how many fresh memories need no note now."""
    fresh = step.fresh
    now = documents_of(fresh.documents, locked=True)
    same = {pk for pk, one in fresh.documents.items() if now.get(pk) == one}
    done = same | _gone(space, fresh.gone, locked=True)
    if not done and fresh != NOTHING:
        return 0
    if step.new:
        write_segment(step.new, without=fresh.documents.keys() - same)
    run([*_replaced(step.outdated, step.merged), _noted(space, done)])
    return len(done)


def is_mine(space: int) -> bool:
    """Whether nobody else folds the space; nobody does until the transaction ends."""
    if not is_postgres():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashint8(%s))", [LOCK, space])
        return cursor.fetchone()[0]


def _fresh(space: int) -> Fresh:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT memory_id, known FROM superthread_search_fresh WHERE space = %s "
            f"ORDER BY memory_id LIMIT {AT_ONCE}",
            [space],
        )
        noted = dict(cursor.fetchall())
    if not noted:
        return Fresh({}, set(), set())
    found = documents_of(noted)
    documents = fitting({pk: one for pk, one in found.items() if one.space == space})
    moved = {pk for pk, one in found.items() if one.space != space}
    gone = moved | _gone(space, noted.keys() - found.keys())
    known = {pk for pk in documents.keys() | gone if noted[pk]}
    return Fresh(documents, gone, known)


def _gone(space: int, ids: Iterable[int], *, locked: bool = False) -> set[int]:
    """Those of the memories of which the space has nothing; ``locked``: and gets nothing until the
    transaction ends, as far as documents tell that nobody is changing."""
    ids = list(ids)
    if not ids:
        return set()
    condition, params = among("memory_id", ids, "int")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT memory_id, space FROM {TABLE} WHERE {condition} {lock() if locked else ''}",
            params,
        )
        there = dict(cursor.fetchall())
    present = _present(ids)
    return {pk for pk in ids if pk not in present or there.get(pk, space) != space}


def _present(ids: list[int]) -> set[int]:
    """Those that have a document, or could get one at any moment, for the memory is there."""
    indexed, params = among("memory_id", ids, "int")
    there, values = among("id", ids, "int")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT memory_id FROM {TABLE} WHERE {indexed} "
            f"UNION SELECT id FROM superthread_memory WHERE {there}",
            [*params, *values],
        )
        return {pk for (pk,) in cursor.fetchall()}


def fitting(documents: dict[int, Document]) -> dict[int, Document]:
    """The first that a step has room for, of one version of the analyzer; one at least."""
    version = next((one.analyzer for one in documents.values()), 0)
    alike = {pk: one for pk, one in sorted(documents.items()) if one.analyzer == version}
    sizes = accumulate(len(one.counts) for one in alike.values())
    fitting = sum(size <= TERMS for size in sizes)
    return dict(list(alike.items())[: max(fitting, 1)])


def _outdated(segments: list[Segment], known: set[int]) -> list[Outdated]:
    """The segments with the places that are gone by now."""
    found = [(one, set(one.gone)) for one in segments]
    having = [(one, gone) for one, gone in found if one.may_have(known)]
    for (one, gone), members in zip(having, members_of([one for one, _ in having]), strict=True):
        gone |= one.places_of(known, members)
    return found


def _documents(space: int, merged: Sequence[Outdated], done: Iterable[int]) -> dict[int, Document]:
    """What is in these segments, as it is now."""
    members = members_of([one for one, _ in merged])
    ids = [
        pk
        for (_, gone), each in zip(merged, members, strict=True)
        for place, pk in enumerate(each.ids)
        if place not in gone
    ]
    version = merged[0][0].analyzer if merged else 0
    found = documents_of(set(ids).difference(done)) if ids else {}
    return {pk: one for pk, one in found.items() if (one.space, one.analyzer) == (space, version)}


def _replaced(segments: Iterable[Outdated], merged: Sequence[Outdated]) -> list[Statement]:
    ids = {
        *(one.id for one, gone in segments if len(gone) == one.memories and not one.kept),
        *(one.id for one, _ in merged),
    }
    staying = [(one, gone) for one, gone in segments if one.id not in ids]
    return [
        *removal(sorted(ids)),
        *(outdating(one, gone) for one, gone in staying if len(gone) > len(one.gone)),
    ]


def _noted(space: int, done: Iterable[int]) -> Statement:
    condition, params = among("memory_id", sorted(done), "int")
    table = "superthread_search_fresh"
    return f"DELETE FROM {table} WHERE space = %s AND {condition}", [space, *params]
