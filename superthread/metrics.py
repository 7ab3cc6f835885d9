"""What Prometheus is shown of memories."""

from memory_hub.core.metrics import Family
from superthread.reads.statistics import memories_by_scope


def families() -> list[Family]:
    """Return how many memories there are and how much text they hold, by scope."""
    rows = memories_by_scope()
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
