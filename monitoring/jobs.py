"""What watching does in the background."""

import time
from datetime import timedelta

from memory_hub.jobs.declared import Job, WorkerJob
from memory_hub.jobs.loops import Loop
from monitoring.logs.output import access_log
from monitoring.record.flusher import flusher
from monitoring.store import tables

STATISTICS = WorkerJob(
    name="statistics",
    help="Adds what the worker counted to the shared tables.",
    loop=lambda: flusher.loop,
)


def _loop_of_log() -> Loop | None:
    log = access_log()
    return None if log is None else log.loop


ACCESS_LOG = WorkerJob(
    name="access_log",
    help="Writes the worker's lines of the access log.",
    loop=_loop_of_log,
    on_demand=True,
)
TIDY_STATISTICS = Job(
    name="tidy_statistics",
    help="Forgets minutes, hours and workers that are too old to be shown.",
    run=lambda: tables.tidy(time.time()),
    every=timedelta(hours=1),
)
