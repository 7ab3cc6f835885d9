"""Recognising the links of memories that were written before the hub knew any."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, takewhile

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from memory_hub.database.statements import run
from superthread.derived_rows.links import rows_of
from superthread.models import Link, Memory

# Memories per transaction, and bytes of their contents, so that writers get their turn in between.
AT_ONCE, BYTES_AT_ONCE = 200, 2**20


def unlinked() -> QuerySet[Memory]:
    """Memories without links whose texts have signs of some, in the order of their ids."""
    signs = Q(content__contains="[[") | Q(content__contains="](")
    linked = Link.objects.filter(memory_id=OuterRef("pk"))
    return Memory.objects.filter(signs, ~Exists(linked)).order_by("pk")


def fill() -> Iterator[int]:
    """Gives them the links of their texts in small transactions; yields how many memories were
    looked at in each, after its commit: stopping there loses nothing."""
    start = 0
    while ids := _next(start):
        done = _filled(ids)
        # Those that a writer holds, one by one: waiting with others locked could deadlock.
        for pk in sorted(set(ids) - set(done)):
            _filled([pk], waits=True)
        yield len(ids)
        start = ids[-1] + 1


def _next(start: int) -> list[int]:
    found = list(unlinked().filter(pk__gte=start).values_list("pk", "size")[:AT_ONCE])
    sizes = accumulate(size for _, size in found)
    fitting = sum(1 for _ in takewhile(lambda size: size <= BYTES_AT_ONCE, sizes))
    return [pk for pk, _ in found[: max(fitting, 1)]]


@transaction.atomic
def _filled(ids: Sequence[int], *, waits: bool = False) -> list[int]:
    """Those of these memories that could be locked."""
    chosen = Memory.objects.filter(pk__in=ids).order_by("pk")
    if connection.features.has_select_for_update:
        chosen = chosen.select_for_update(skip_locked=not waits)
    locked = list(chosen.values_list("pk", flat=True))
    # Whoever wrote one meanwhile has made its links.
    texts = unlinked().filter(pk__in=locked).values_list("pk", "space", "content", "path")
    run(rows_of(texts))
    return locked
