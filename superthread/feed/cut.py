"""What stays of a memory whose entries retention cuts off: its state then, for as-of reads."""

from memory_hub.journal.models import Entry
from superthread.events import MemoryKind
from superthread.models import CutState

KINDS = tuple(f"memory.{kind}" for kind in MemoryKind)
# Nothing comes after these.
_ENDS = frozenset({f"memory.{MemoryKind.PURGED}", f"memory.{MemoryKind.EXPIRED}"})
_STATE = ("position", "at", "kind", "doc_id", "revision", "version", "owner_id", "space")


def keep(first: int, last: int) -> None:
    """Before the entries of these positions go: the newest of each memory takes the place of what
    was kept of it. They go from the oldest on."""
    going = Entry.objects.filter(position__range=(first, last), kind__in=KINDS)
    rows = going.exclude(doc_id=None).order_by("position").values("subject_id", *_STATE)
    newest = {row["subject_id"]: row for row in rows}
    ended = [pk for pk, row in newest.items() if row["kind"] in _ENDS]
    CutState.objects.filter(pk__in=ended).delete()
    for pk in ended:
        del newest[pk]
    CutState.objects.bulk_create(
        [CutState(**row) for row in newest.values()],
        update_conflicts=True,
        unique_fields=["subject_id"],
        update_fields=_STATE,
    )
