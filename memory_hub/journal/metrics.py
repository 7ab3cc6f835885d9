"""The journal as Prometheus has it."""

from collections.abc import Iterator

from django.db.models import Count, Min
from django.utils import timezone

from memory_hub.core.metrics import Family
from memory_hub.journal import sealing
from memory_hub.journal.models import Entry, Waiting


def families() -> Iterator[Family]:
    """Yield how far the journal is, and what waits to be numbered and sealed."""
    newest = Entry.newest()
    waiting = Waiting.objects.aggregate(rows=Count("pk"), oldest=Min("appended_at"))
    oldest = waiting["oldest"]
    age = max(0.0, (timezone.now() - oldest).total_seconds()) if oldest else 0.0
    for name, kind, text, value in (
        ("entries_total", "counter", "Entries of the journal.", newest),
        ("unsealed", "gauge", "Entries that are not sealed yet.", newest - sealing.head().position),
        ("waiting", "gauge", "Committed entries without a number.", waiting["rows"]),
        ("waiting_seconds", "gauge", "Age of the oldest entry without a number.", age),
    ):
        yield Family(f"memory_hub_journal_{name}", kind, text, [({}, value)])
