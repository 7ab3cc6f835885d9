"""Renewing the index while the hub runs: after a new analyzer, a restored backup, a doubt.

What is searched is always spaces. What a transaction has room for takes over with it: small spaces,
and of large ones a few memories. More than that of a space is made beside what is searched
(``superthread.search.renewal``), and takes over when all of it is there.
"""

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from memory_hub.core.identity import Identity
from memory_hub.database.statements import run
from superthread.models import Memory, SearchDocument, SearchFresh, SearchSegment
from superthread.search.analysis import analyzer
from superthread.search.index import folding
from superthread.search.index.documents import packed_sizes
from superthread.search.index.indexer import forgotten, prune_vocabulary
from superthread.search.renewal import beside, left_over, state
from superthread.search.renewal.state import Renewal
from superthread.services.erasing import ask_to_erase
from superthread.services.steps.parts import fitting
from superthread.services.upkeep import rewriting

# Memories of a space, looked up by their ids: no index has a space in that order.
LOOKED_AT_AT_ONCE = 1_000
ORPHANS_AT_ONCE = 200


def outdated() -> QuerySet[Memory]:
    """Memories that are not indexed by the present analyzer."""
    read = SearchDocument.objects.exclude(terms=None)
    current = read.filter(memory_id=OuterRef("pk"), analyzer=analyzer.VERSION)
    return Memory.objects.filter(~Exists(current)).order_by()


def unread() -> QuerySet[Memory]:
    """Memories that the release before has indexed, and this one not yet."""
    written = SearchDocument.objects.filter(memory_id=OuterRef("pk"), terms=None)
    return Memory.objects.filter(Exists(written)).order_by()


def read_anew(by: Identity) -> Iterator[int]:
    """Indexes what the release before has written; yields how many of each transaction. What it
    left of memories that are there no more goes."""
    start = 0
    while found := rewriting.following(unread(), start):
        yield len(rewriting.write(found, by))
        start = found[-1].pk + 1
    alive = Memory.objects.filter(pk=OuterRef("memory_id"))
    SearchDocument.objects.filter(~Exists(alive), terms=None).delete()


def old_versions() -> list[int]:
    """Versions of the analyzer, other than the present one, that memories are indexed by."""
    noted = SearchFresh.objects.values("memory_id")
    fresh = SearchDocument.objects.filter(memory_id__in=noted)
    found = set(fresh.values_list("analyzer", flat=True))
    found |= set(SearchSegment.objects.values_list("analyzer", flat=True))
    return sorted(found - {analyzer.VERSION})


def remaining(*, everything: bool) -> int:
    """About how many memories `reindex` has to do."""
    begun = [one._replace(everything=one.everything or everything) for one in state.pending()]
    others = _memories(everything).exclude(space__in=[one.space for one in begun])
    return others.count() + sum(
        _memories(one.everything).filter(space=one.space, pk__gt=one.last).count() for one in begun
    )


def reindex(*, everything: bool = False, by: Identity) -> Iterator[int]:
    """Indexes memories anew in small transactions: all of them, or those that the present analyzer
    has not indexed; first what an interrupted run has left.

    For one at a time. Yields how many memories are done, again and again: stopping there loses
    nothing.
    """
    left_over.remove()
    begun = state.pending()
    for one in begun:
        yield from _beside(state.resume(one, everything=everything), by)
    done = [one.space for one in begun]
    for spaces in _together(_memories(everything).exclude(space__in=done)):
        yield from _in_place(spaces, by, everything=everything)
    # What went meanwhile from a space that was not done into one that was.
    for spaces in _together(outdated()):
        yield from _in_place(spaces, by, everything=False)


def _memories(everything: bool) -> QuerySet[Memory]:
    return Memory.objects.order_by() if everything else outdated()


def _together(memories: QuerySet[Memory]) -> Iterator[list[int]]:
    """Spaces of which a transaction is likely to have room for these memories; large ones alone."""
    spaces: list[int] = []
    room, left = rewriting.AT_ONCE, rewriting.BYTES_AT_ONCE
    found = memories.values("space").annotate(many=Count("pk"), size=Sum("size"))
    for space, many, size in found.order_by("space").values_list("space", "many", "size"):
        if spaces and (many > room or size > left):
            yield spaces
            spaces, room, left = [], rewriting.AT_ONCE, rewriting.BYTES_AT_ONCE
        spaces.append(space)
        room, left = room - many, left - size
    if spaces:
        yield spaces


def _in_place(spaces: Sequence[int], by: Identity, *, everything: bool) -> Iterator[int]:
    found = rewriting.all_at_once(_memories(everything).filter(space__in=spaces))
    if found is not None and len(rewriting.write(found, by, whole=True)) == len(found):
        yield len(found)
    elif len(spaces) == 1:
        yield from _beside(state.begin(spaces[0], everything=everything), by)
    else:
        # Too many terms, or a writer holds one of them.
        for one in spaces:
            yield from _in_place([one], by, everything=everything)


def _beside(renewal: Renewal, by: Identity) -> Iterator[int]:
    ids = beside.ids_of(renewal.space, renewal.last)
    for start in range(0, len(ids), LOOKED_AT_AT_ONCE):
        some = list(ids[start : start + LOOKED_AT_AT_ONCE])
        memories = _memories(renewal.everything).filter(pk__in=some)
        while found := rewriting.following(memories, renewal.last + 1):
            done = rewriting.write(found, by, beside=renewal)
            for one in found:
                if one.pk not in done:
                    _alone(one.pk, renewal, by)
            renewal = state.mark(renewal, found[-1].pk)
            yield len(found)
        renewal = state.mark(renewal, some[-1])
    for _ in beside.make(renewal):
        yield 0
    beside.take_over(renewal)
    left_over.remove()
    while folding.join(renewal.space):
        yield 0


def _alone(pk: int, renewal: Renewal, by: Identity) -> None:
    """A memory that somebody held or changed."""
    while found := rewriting.read([pk]):
        if rewriting.write(found, by, beside=renewal, waits=True):
            return


def clean() -> tuple[int, int]:
    """Remove what belongs to no memory; returns how many memories and words went."""
    alive = Memory.objects.filter(pk=OuterRef("memory_id"))
    orphans = SearchDocument.objects.filter(~Exists(alive)).order_by("pk")
    gone = 0
    while found := list(orphans.values_list("memory_id", flat=True)[:ORPHANS_AT_ONCE]):
        sizes = packed_sizes(found)
        ids = fitting((pk, 0, sizes.get(pk, 0)) for pk in found)
        with transaction.atomic():
            run(forgotten(ids))
        gone += len(ids)
    folding.fold_due(least=1)
    if words := prune_vocabulary():
        # Some may be of a text that was deleted for good, which waited for this.
        ask_to_erase()
    return gone, words
