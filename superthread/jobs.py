"""What the hub does for memories in the background."""

from datetime import time

from memory_hub.core.identity import HUB
from memory_hub.jobs.declared import Job
from superthread.services import lifecycle


def purge_due() -> int:
    """What the hub does by itself; returns how many memories went."""
    return lifecycle.purge_due(by=HUB)


PURGE_MEMORIES = Job(
    name="purge_memories",
    help="Deletes memories for good that expired or were in the trash for 30 days.",
    run=purge_due,
    at=time(3, 10),
)
