"""What the hub does for memories in the background."""

from datetime import time

from memory_hub.jobs.declared import Job
from superthread.services import lifecycle

PURGE_MEMORIES = Job(
    name="purge_memories",
    help="Deletes memories for good that expired or were in the trash for 30 days.",
    run=lifecycle.purge_due,
    at=time(3, 10),
)
