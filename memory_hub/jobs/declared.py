"""What apps declare as background work: dotted names, ``jobs`` of their features, imported when
somebody asks for them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache

from django.core.exceptions import ImproperlyConfigured

from memory_hub.core import installed
from memory_hub.jobs.loops import Loop

NAME_LENGTH = 64
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Job:
    """Work of the whole hub, done on a schedule by one process of all hosts at a time.

    ``run`` returns how many things it dealt with. It is carried out at least once each time: where
    a process dies in it another one begins it again, so that it must bear being cut off anywhere.
    ``every`` is the time from one beginning to the next; a job of once a day has a time of day in
    UTC, ``at``.
    """

    name: str
    help: str
    run: Callable[[], int]
    every: timedelta = DAY
    at: time | None = None

    def next_after(self, moment: datetime) -> datetime:
        """When it is due after a run that began at the moment."""
        if self.at is None:
            return moment + self.every
        due = datetime.combine(moment.astimezone(UTC).date(), self.at, UTC)
        return due if due > moment else due + DAY


@dataclass(frozen=True, kw_only=True)
class WorkerJob:
    """Work that every worker does for itself.

    ``loop`` gives this process's loop, None where there is nothing to do. It is started with the
    worker, or ``on_demand`` by whoever has the first thing for it to do. ``look`` is called every
    few seconds by the one process of a host that looks for what is due, and may start it there.
    """

    name: str
    help: str
    loop: Callable[[], Loop | None]
    on_demand: bool = False
    look: Callable[[], None] | None = None


@lru_cache(maxsize=1)
def declared() -> dict[str, Job | WorkerJob]:
    """Everything that is declared, by name. Raises ImproperlyConfigured for a name taken twice."""
    found: dict[str, Job | WorkerJob] = {}
    for job in installed.imported("jobs"):
        if found.setdefault(job.name, job) is not job:
            raise ImproperlyConfigured(f"Two jobs have the name {job.name}.")
    return found


def scheduled() -> dict[str, Job]:
    """The jobs of the whole hub, by name."""
    return {name: job for name, job in declared().items() if isinstance(job, Job)}


def of_workers() -> dict[str, WorkerJob]:
    """What every worker does, by name."""
    return {name: job for name, job in declared().items() if isinstance(job, WorkerJob)}
