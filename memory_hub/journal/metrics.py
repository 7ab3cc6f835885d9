"""The journal as Prometheus has it."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min
from django.utils import timezone

from memory_hub.core.metrics import Family
from memory_hub.journal import sealing
from memory_hub.journal.models import Entry, Waiting


def families() -> Iterator[Family]:
    """Yield how far the journal is, and what waits to be numbered and sealed."""
    newest, sealed = Entry.newest(), sealing.head().position
    waiting = Waiting.objects.aggregate(rows=Count("pk"), oldest=Min("appended_at"))
    unsealed = Entry.objects.filter(position__gt=sealed).order_by("position")
    for name, kind, text, value in (
        ("entries_total", "counter", "Entries of the journal.", newest),
        ("unsealed", "gauge", "Entries that are not sealed yet.", newest - sealed),
        (
            "unsealed_seconds",
            "gauge",
            "Age of the oldest entry that is not sealed yet.",
            _age(unsealed.values_list("at", flat=True).first()),
        ),
        ("waiting", "gauge", "Committed entries without a number.", waiting["rows"]),
        (
            "waiting_seconds",
            "gauge",
            "Age of the oldest entry without a number.",
            _age(waiting["oldest"]),
        ),
    ):
        yield Family(f"memory_hub_journal_{name}", kind, text, [({}, value)])


def _age(moment: datetime | None) -> float:
    return max(0.0, (timezone.now() - moment).total_seconds()) if moment else 0.0
