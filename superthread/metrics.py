"""What Prometheus is shown of memories."""

import time

from django.db.models import Count, Sum

from memory_hub.core.metrics import Family
from superthread.models import Memory, Scope

COUNT_MEMORIES_EVERY = 30.0  # seconds: counting reads an index of all memories


class _Memories:
    """Counts by scope, asked for anew after a while."""

    def __init__(self) -> None:
        self._until = 0.0
        self._rows: list[tuple[str, int, int]] = []

    def rows(self) -> list[tuple[str, int, int]]:
        """Return (scope, memories, bytes); memories in the trash are not counted."""
        if time.monotonic() >= self._until:
            counted = (
                Memory.objects.filter(deleted_at=None)
                .order_by()
                .values_list("scope")
                .annotate(Count("id"), Sum("size"))
            )
            found = {scope: (count, size) for scope, count, size in counted}
            self._rows = [(scope.label, *found.get(scope, (0, 0))) for scope in Scope]
            self._until = time.monotonic() + COUNT_MEMORIES_EVERY
        return self._rows

    def forget(self) -> None:
        """Count anew at the next look."""
        self._until = 0.0


memories = _Memories()


def families() -> list[Family]:
    """Return how many memories there are and how much text they hold, by scope."""
    rows = memories.rows()
    return [
        Family(
            "memory_hub_memories",
            "gauge",
            "Memories, without the trash.",
            [({"scope": scope}, count) for scope, count, _ in rows],
        ),
        Family(
            "memory_hub_memories_bytes",
            "gauge",
            "Their content in UTF-8.",
            [({"scope": scope}, size) for scope, _, size in rows],
        ),
    ]
