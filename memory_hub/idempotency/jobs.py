"""What the hub does for kept answers in the background."""

from datetime import time

from memory_hub.idempotency import answers
from memory_hub.jobs.declared import Job

PURGE_ANSWERS = Job(
    name="purge_answers",
    help="Deletes answers that were kept for an Idempotency-Key for 24 hours.",
    run=answers.purge_old,
    at=time(3, 20),
)
