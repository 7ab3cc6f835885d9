"""The identifiers of memories that were written before the hub looked for any."""

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from memory_hub.database.statements import run
from superthread.derived_rows.identifiers import rows_of
from superthread.identifiers import NAMES, identifiers_in
from superthread.models import Identifier, Memory

# Memories per transaction, so that writers get their turn in between.
AT_ONCE = 500


def without_rows() -> QuerySet[Memory]:
    """Memories whose metadata name one and that have no rows, in the order of their ids."""
    rows = Identifier.objects.filter(memory_id=OuterRef("pk"))
    named = Memory.objects.filter(~Exists(rows), metadata__has_any_keys=list(NAMES))
    return named.order_by("pk")


def fill() -> Iterator[int]:
    """Gives them their rows in small transactions; yields how many were looked at in each."""
    start = 0
    while ids := list(without_rows().filter(pk__gte=start).values_list("pk", flat=True)[:AT_ONCE]):
        _fill(ids)
        yield len(ids)
        start = ids[-1] + 1


@transaction.atomic
def _fill(ids: list[int]) -> None:
    chosen = without_rows().filter(pk__in=ids)
    if connection.features.has_select_for_update:
        chosen = chosen.select_for_update(of=("self",))
    found = list(chosen.values_list("pk", "space", "metadata"))
    run(rows_of([one for one in found if identifiers_in(one[2])]))
