"""What a worker does beside requests, from its start to its end."""

from collections.abc import Iterator

from memory_hub.jobs.declared import WorkerJob, of_workers
from memory_hub.jobs.loops import Loop


def start() -> None:
    """Start the loops of all that workers do. Of a process that answers requests, after a fork."""
    for job, loop in _loops():
        if not job.on_demand:
            loop.start()


def stop() -> None:
    """End those that have something to do at the end, in their order: the dispatcher first, for
    what it did is counted too. Others go on until the process ends: a late commit may need them."""
    for _, loop in _loops():
        if loop.has_last_turn:
            loop.stop()


def _loops() -> Iterator[tuple[WorkerJob, Loop]]:
    for job in of_workers().values():
        loop = job.loop()
        if loop is not None:
            yield job, loop
