"""Carrying out what people have asked for of files, one after the other in a process: imports and
exports (`models/file_job.py`).

Cut off anywhere, a job begins again, here or in another process of its host.
"""

import errno
import fcntl
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

from memory_hub.core.errors import InsufficientStorage
from memory_hub.database.resting import rest
from memory_hub.database.time_limits import without_time_limits
from memory_hub.jobs.claims import told
from memory_hub.jobs.loops import Loop
from superthread.models.file_job import FileJob

logger = logging.getLogger(__name__)

BEAT = 5.0  # seconds between two looks for jobs
# Seconds between two notes of how far one is.
TOLD_EVERY = 1.0


class Cancelled(Exception):
    """Its owner wants no more of it, or the process ends."""


class Runner:
    """``loop`` is its thread. ``found`` gives the ids of the jobs that are to be carried out here,
    oldest first; ``carry_out`` does one, and is told how to ask whether the process ends."""

    def __init__(
        self,
        name: str,
        found: Callable[[], list[UUID]],
        carry_out: Callable[[UUID, Callable[[], bool]], None],
    ) -> None:
        self._found, self._carry_out = found, carry_out
        self.loop = Loop(name, self.turn, last=connections.close_all)

    def turn(self) -> float:
        """Carries out what is here; the seconds until the next look. Raises django.db.Error."""
        try:
            connections[DEFAULT_DB_ALIAS] = without_time_limits(DEFAULT_DB_ALIAS)
            for job_id in self._found():
                if self.loop.stopping:
                    break
                self._carry_out(job_id, lambda: self.loop.stopping)
        finally:
            rest()
        return BEAT


def directory(name: str) -> Path:
    """Where the files of jobs lie: on this host alone, for the hub alone to read."""
    path = settings.DATA_DIR / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def why_it_failed(error: Exception, job: FileJob, *, done: str) -> str:
    """For its owner; ``done`` is what is done with the file. Raises the error where the job is to
    begin again."""
    match error:
        case Cancelled() | OperationalError() | InterfaceError():
            raise error
        case InsufficientStorage():
            return str(error)
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return "There is no room for the file on the disk of the hub."
        case OSError():
            return f"The file cannot be {done}: {error.strerror}."
    # Nobody foresaw it, and it must not come again for ever.
    logger.error("%s %s failed: %s", type(job).__name__, job.pk, told(error))
    return "It could not be carried out."


@contextmanager
def alone_with(path: Path) -> Iterator[bool]:
    """Whether this process is the only one that has the file in hand within the block, and it is
    still there. The system gives the lock back when the process ends."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        yield False
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            # Whoever had the lock before may have done it.
            yield path.exists()
    finally:
        os.close(descriptor)
