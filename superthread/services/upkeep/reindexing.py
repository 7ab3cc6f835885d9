"""Renewing the index while the hub runs: after a new analyzer, a restored backup, a doubt."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from memory_hub.core.identity import Identity
from memory_hub.database.statements import run
from memory_hub.events.telling import tell
from superthread.events import MemoryChanged, MemoryKind, telling
from superthread.models import Memory, SearchDocument, SearchFresh, SearchSegment
from superthread.models.space import PLACE, space_of
from superthread.search.analysis import analyzer
from superthread.search.index import folding
from superthread.search.index.described import terms_beside
from superthread.search.index.documents import Counted, packed_sizes
from superthread.search.index.indexer import (
    Contents,
    count_terms,
    forgotten,
    prune_vocabulary,
    written,
)
from superthread.services.steps.facts import facts_of, granted_on
from superthread.services.steps.parts import Room, fitting
from superthread.titles import title_of

# Memories per transaction, so that writers get their turn in between, and bytes of their contents.
AT_ONCE, BYTES_AT_ONCE = 200, 2**20
_PRESENT = ("pk", "revision", "title", "metadata", "category", "path", *PLACE)


def outdated() -> QuerySet[Memory]:
    """Memories that are not indexed by the present analyzer, in the order of their ids."""
    read = SearchDocument.objects.exclude(terms=None)
    current = read.filter(memory_id=OuterRef("pk"), analyzer=analyzer.VERSION)
    return Memory.objects.filter(~Exists(current)).order_by("pk")


def unread() -> QuerySet[Memory]:
    """Memories that the release before has indexed, and this one not yet."""
    written = SearchDocument.objects.filter(memory_id=OuterRef("pk"), terms=None)
    return Memory.objects.filter(Exists(written)).order_by("pk")


def read_anew(by: Identity) -> Iterator[int]:
    """Indexes what the release before has written; yields how many of each transaction. What it
    left of memories that are there no more goes."""
    for _, count in reindex(unread(), by=by):
        yield count
    alive = Memory.objects.filter(pk=OuterRef("memory_id"))
    SearchDocument.objects.filter(~Exists(alive), terms=None).delete()


def old_versions() -> list[int]:
    """Versions of the analyzer, other than the present one, that memories are indexed by."""
    noted = SearchFresh.objects.values("memory_id")
    fresh = SearchDocument.objects.filter(memory_id__in=noted)
    found = set(fresh.values_list("analyzer", flat=True))
    found |= set(SearchSegment.objects.values_list("analyzer", flat=True))
    return sorted(found - {analyzer.VERSION})


def reindex(
    memories: QuerySet[Memory], start: int = 0, *, by: Identity
) -> Iterator[tuple[int, int]]:
    """Index the memories from id `start` on in small transactions.

    Yields the last id and the number of each, after its commit: stopping there loses nothing. On
    PostgreSQL memories that a writer holds at that moment are left to the next run (the writer most
    likely indexes them): waiting with others locked could deadlock.
    """
    while found := _next(memories, start):
        pairs = [(one.pk, one.content) for one in found]
        contents = Contents.of(pairs, [one.counted for one in found])
        with transaction.atomic():
            chosen = Memory.objects.filter(pk__in=[one.pk for one in found])
            if connection.features.has_select_for_update:
                chosen = chosen.select_for_update(skip_locked=True)
            # Who changed one meanwhile has indexed it.
            present = {(row["pk"], row["revision"]): row for row in chosen.values(*_PRESENT)}
            same = [one for one in found if (one.pk, one.revision) in present]
            spaces = [space_of(present[one.pk, one.revision]) for one in same]
            beside = [terms_beside(present[one.pk, one.revision]) for one in same]
            terms = contents.of_these([(one.pk, one.content) for one in same]).with_these(beside)
            run(written([one.pk for one in same], terms, spaces))
            _retitle({pk: row for (pk, _), row in present.items()}, same, by)
        yield found[-1].pk, len(same)
        start = found[-1].pk + 1


@telling()
def _retitle(
    present: Mapping[int, Mapping[str, Any]], found: Iterable["_Found"], by: Identity
) -> None:
    """Titles follow from the content: those that were made by older rules are made anew."""
    titles = {one.pk: title_of(one.content, present[one.pk]["metadata"]) for one in found}
    changed = {pk: title for pk, title in titles.items() if title != present[pk]["title"]}
    for pk, title in changed.items():
        Memory.objects.filter(pk=pk).update(title=title)
    if not changed:
        return
    granted = granted_on(changed)
    tell(
        *(
            MemoryChanged(
                *(by.actor, by.origin, MemoryKind.UPDATED, memory, memory),
                *(frozenset({"title"}), granted[memory["id"]]),
            )
            for memory in facts_of(changed)
        )
    )


class _Found(NamedTuple):
    """A memory that was read without a lock."""

    pk: int
    revision: int
    content: str
    counted: Counted


def _next(memories: QuerySet[Memory], start: int) -> list[_Found]:
    """What the next transaction has room for, one at least while there are any."""
    ids = _next_by_size(memories, start)
    rows = Memory.objects.filter(pk__in=ids).order_by("pk")
    terms, room, found = packed_sizes(ids), Room(), []
    for pk, revision, size, content in rows.values_list("pk", "revision", "size", "content"):
        counted = count_terms(content)
        if not room.has(size=size, terms=len(counted.frequencies) + terms.get(pk, 0)):
            break
        found.append(_Found(pk, revision, content, counted))
    # Where all have been purged since, there may be others.
    return found or (_next(memories, ids[-1] + 1) if ids else [])


def _next_by_size(memories: QuerySet[Memory], start: int) -> list[int]:
    found = list(memories.filter(pk__gte=start).values_list("pk", "size")[:AT_ONCE])
    sizes = accumulate(size for _, size in found)
    fitting = sum(size <= BYTES_AT_ONCE for size in sizes)
    return [pk for pk, _ in found[: max(fitting, 1)]]


def clean() -> tuple[int, int]:
    """Remove what belongs to no memory; returns how many memories and words went."""
    alive = Memory.objects.filter(pk=OuterRef("memory_id"))
    orphans = SearchDocument.objects.filter(~Exists(alive)).order_by("pk")
    gone = 0
    while found := list(orphans.values_list("memory_id", flat=True)[:AT_ONCE]):
        sizes = packed_sizes(found)
        ids = fitting((pk, 0, sizes.get(pk, 0)) for pk in found)
        with transaction.atomic():
            run(forgotten(ids))
        gone += len(ids)
    folding.fold_due(least=1)
    return gone, prune_vocabulary()
