"""Writing the index's documents of memories anew, some in a transaction, beside writers."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from itertools import accumulate
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet

from memory_hub.core.identity import Identity
from memory_hub.database.statements import run
from memory_hub.events.telling import tell
from superthread.events import MemoryChanged, MemoryKind, telling
from superthread.models import Memory
from superthread.models.space import PLACE, space_of
from superthread.search.index.described import terms_beside
from superthread.search.index.documents import Counted, documents_of, packed_sizes
from superthread.search.index.indexer import Contents, count_terms, written
from superthread.search.renewal import state
from superthread.search.renewal.former import unseen
from superthread.search.renewal.state import Renewal
from superthread.services.steps.facts import facts_of, granted_on
from superthread.services.steps.parts import Room
from superthread.titles import title_of

# Memories per transaction, so that writers get their turn in between, and bytes of their contents.
AT_ONCE, BYTES_AT_ONCE = 200, 2**20
_PRESENT = ("pk", "revision", "title", "metadata", "category", "path", *PLACE)


class Found(NamedTuple):
    """A memory that was read without a lock."""

    pk: int
    revision: int
    content: str
    counted: Counted


def following(memories: QuerySet[Memory], start: int) -> list[Found]:
    """Of the memories from this id on what a transaction has room for: one at least while there
    are any."""
    while ids := _first(memories.filter(pk__gte=start)):
        if found := read(ids):
            return found
        # All have been purged since, and there may be others.
        start = ids[-1] + 1
    return []


def _first(memories: QuerySet[Memory]) -> list[int]:
    found = list(memories.order_by("pk").values_list("pk", "size")[:AT_ONCE])
    sums = accumulate(size for _, size in found)
    fitting = sum(size <= BYTES_AT_ONCE for size in sums)
    return [pk for pk, _ in found[: max(fitting, 1)]]


def all_at_once(memories: QuerySet[Memory]) -> list[Found] | None:
    """All of the memories; None where a transaction has no room for them."""
    many = memories.count()
    found = following(memories, 0) if many <= AT_ONCE else []
    return found if len(found) == many else None


def read(ids: Sequence[int]) -> list[Found]:
    """The first of these memories that a transaction has room for."""
    rows = Memory.objects.filter(pk__in=ids).order_by("pk")
    terms, room, found = packed_sizes(ids), Room(), []
    for pk, revision, size, content in rows.values_list("pk", "revision", "size", "content"):
        counted = count_terms(content)
        if not room.has(size=size, terms=len(counted.frequencies) + terms.get(pk, 0)):
            break
        found.append(Found(pk, revision, content, counted))
    return found


def write(
    found: Sequence[Found],
    by: Identity,
    *,
    whole: bool = False,
    beside: Renewal | None = None,
    waits: bool = False,
) -> set[int]:
    """Writes their documents in one transaction; returns those that are done. Others were changed
    since they were read, or on PostgreSQL are held by a writer, for whom one that ``waits`` waits:
    with other memories locked that could deadlock.

    ``whole``: all or none. ``beside``: searches of its space go on to see what they saw; memories
    that have left it are done. Raises Superseded.
    """
    contents = Contents.of([(one.pk, one.content) for one in found], [one.counted for one in found])
    space = beside and beside.space
    with transaction.atomic():
        if beside:
            state.mark(beside, beside.last)
        chosen = Memory.objects.filter(pk__in=[one.pk for one in found])
        if connection.features.has_select_for_update:
            chosen = chosen.select_for_update(skip_locked=not waits)
        present = {(row["pk"], row["revision"]): row for row in chosen.values(*_PRESENT)}
        same = [one for one in found if (one.pk, one.revision) in present]
        if whole and len(same) < len(found):
            return set()
        rows = {one.pk: present[one.pk, one.revision] for one in same}
        here = [one for one in same if space in (None, space_of(rows[one.pk]))]
        ids = [one.pk for one in here]
        with nullcontext() if space is None else unseen(space, ids):
            terms = contents.of_these([(one.pk, one.content) for one in here])
            terms = terms.with_these([terms_beside(rows[pk]) for pk in ids])
            spaces = [space_of(rows[pk]) for pk in ids]
            run(written(ids, terms, spaces, present=documents_of(ids)))
        _retitle(rows, here, by)
    return set(rows)


@telling()
def _retitle(
    present: Mapping[int, Mapping[str, Any]], found: Iterable[Found], by: Identity
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
