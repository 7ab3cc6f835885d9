"""Renewing the index while the hub runs: after a new analyzer, a restored backup, a doubt."""

from collections.abc import Iterator
from itertools import accumulate

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from superthread.models import Memory, SearchDocument, SearchTotal
from superthread.search import analyzer
from superthread.search.index import forget_memories, index_memories, prune_vocabulary

# Memories per transaction, so that writers get their turn in between, and bytes of their contents.
AT_ONCE, BYTES_AT_ONCE = 200, 8 * 2**20


def outdated() -> QuerySet[Memory]:
    """Memories that are not indexed by the present analyzer, in the order of their ids."""
    current = SearchDocument.objects.filter(memory_id=OuterRef("pk"), analyzer=analyzer.VERSION)
    return Memory.objects.filter(~Exists(current)).order_by("pk")


def old_versions() -> list[int]:
    """Versions of the analyzer, other than the present one, that memories are indexed by."""
    others = SearchTotal.objects.exclude(analyzer=analyzer.VERSION).filter(documents__gt=0)
    return sorted(set(others.values_list("analyzer", flat=True)))


def reindex(memories: QuerySet[Memory], start: int = 0) -> Iterator[tuple[int, int]]:
    """Index the memories from id `start` on in small transactions.

    Yields the last id and the number of each, after its commit: stopping there loses nothing. On
    PostgreSQL memories that a writer holds at that moment are left to the next run (the writer most
    likely indexes them): waiting with others locked could deadlock.
    """
    while ids := _next(memories, start):
        with transaction.atomic():
            chosen = Memory.objects.filter(pk__in=ids)
            if connection.features.has_select_for_update:
                chosen = chosen.select_for_update(skip_locked=True)
            contents = list(chosen.values_list("pk", "content"))
            index_memories(contents)
        yield ids[-1], len(contents)
        start = ids[-1] + 1


def _next(memories: QuerySet[Memory], start: int) -> list[int]:
    """The ids of the next transaction, one at least while there are any."""
    found = list(memories.filter(pk__gte=start).values_list("pk", "size")[:AT_ONCE])
    sizes = accumulate(size for _, size in found)
    fitting = sum(size <= BYTES_AT_ONCE for size in sizes)
    return [pk for pk, _ in found[: max(fitting, 1)]]


def clean() -> tuple[int, int]:
    """Remove what belongs to no memory; returns how many memories and words went."""
    alive = Memory.objects.filter(pk=OuterRef("memory_id"))
    orphans = SearchDocument.objects.filter(~Exists(alive)).values_list("memory_id", flat=True)
    gone = list(orphans)
    forget_memories(gone)
    return len(gone), prune_vocabulary()
