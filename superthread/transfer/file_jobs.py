"""Carrying out what people have asked for of files: imports and exports (`models/file_job.py`).

In a process one job works at a time. A person's are carried out one after the other, those of
several people by turns, so that nobody waits for what another has sent.

Cut off anywhere, a job begins again, here or in another process of its host.
"""

import errno
import fcntl
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

from memory_hub.core.errors import InsufficientStorage
from memory_hub.database.resting import rest
from memory_hub.database.time_limits import without_time_limits
from memory_hub.jobs.claims import told
from memory_hub.jobs.crew import Crew
from memory_hub.jobs.loops import Loop
from memory_hub.threads.turns import ThreadTurns
from superthread.models.file_job import FileJob

logger = logging.getLogger(__name__)

BEAT = 5.0  # seconds between two looks for jobs
# Seconds between two notes of how far one is.
TOLD_EVERY = 1.0
# Whose jobs a process has begun at most; what they have read so far is in memory.
PEOPLE = 8
FINISH_SECONDS = 3.0


class Cancelled(Exception):
    """Its owner wants no more of it, or the process ends."""


class JobControl:
    """A job's part in what a process does: here one that has nobody beside it and no end."""

    def is_over(self) -> bool:
        """Whether the process ends."""
        return False

    def give_way(self) -> None:
        """Let others work first who wait."""

    def aside(self) -> AbstractContextManager[None]:
        """A block in which the job does nothing, so that others may work."""
        return nullcontext()


ALONE = JobControl()


class FileJobRunner:
    """``loop`` is its thread. ``found`` gives the ids of the jobs that are to be carried out here,
    oldest first, and ``owners`` whose each of them is; ``carry_out`` does one, as a part of this.
    """

    def __init__(
        self,
        name: str,
        found: Callable[[], list[UUID]],
        owners: Callable[[list[UUID]], dict[UUID, int]],
        carry_out: Callable[[UUID, JobControl], None],
    ) -> None:
        self.name = name
        self._found, self._owners, self._carry_out = found, owners, carry_out
        self._crew = Crew(f"{name}-job", PEOPLE)
        self._begin_anew()
        self.loop = Loop(name, self.turn, last=self._finish, forked=self._begin_anew)

    def _begin_anew(self) -> None:
        self.turns = ThreadTurns()
        self._crew.forget()

    def turn(self) -> float:
        """Begins what is here; the seconds until the next look. Raises django.db.Error."""
        try:
            found = self._found()
            owners = self._owners(found) if found else {}
            of: dict[int, list[UUID]] = {}
            for job_id in found:
                # Those that nobody knows are together: they go.
                of.setdefault(owners.get(job_id, 0), []).append(job_id)
            for owner_id, job_ids in of.items():
                # In a thread of their own, where their owner has none and there is room.
                if not self.loop.stopping:
                    self._crew.begin(owner_id, partial(self._work, job_ids))
        finally:
            rest()
        return BEAT

    def _work(self, job_ids: list[UUID]) -> None:
        try:
            connections[DEFAULT_DB_ALIAS] = without_time_limits(DEFAULT_DB_ALIAS)
            for job_id in job_ids:
                with self.turns.mine():
                    if not self.loop.stopping:
                        self._carry_out(job_id, _Shared(self))
        except Exception as error:
            # Whatever it is, others go on, and these are begun again at a later look.
            self.loop.note(error)
            logger.warning("%s of a person go on later: %s", self.name, told(error))

    def _finish(self) -> None:
        """Waits a moment for what is under way; it was told to end."""
        self._crew.finish(FINISH_SECONDS)
        connections.close_all()


class _Shared(JobControl):
    def __init__(self, runner: FileJobRunner) -> None:
        self._runner = runner

    def is_over(self) -> bool:
        return self._runner.loop.stopping

    def give_way(self) -> None:
        self._runner.turns.give_way()

    def aside(self) -> AbstractContextManager[None]:
        return self._runner.turns.aside()


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
