"""The declared jobs in the database: which are due, who runs them, how it went."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from memory_hub.core.errors import HubError
from memory_hub.jobs.claims import Claim, beating, told
from memory_hub.jobs.declared import Job, scheduled
from memory_hub.jobs.leases import SLACK, Watch, database_now, end_of_lease, is_held, owner_name
from memory_hub.jobs.models import Outcome, ScheduledJob

logger = logging.getLogger(__name__)

# After a failure, doubled with each further one, but no later than it is due anyway.
RETRY_AFTER = timedelta(minutes=1)


class Busy(HubError):
    """Another process is carrying the job out."""


class Run(Claim):
    """One run of a job."""

    model = ScheduledJob

    def __init__(self, job: Job, run: int) -> None:
        super().__init__(job.name, run, f"Job {job.name}")
        self.job = job
        self.count = 0

    def carry_out(self) -> None:
        try:
            self.count = self.job.run()
            self.tell(self._done)
        except Exception as error:
            # Whatever it is, the job is tried again.
            logger.error("Job %s failed: %s", self.job.name, told(error))
            reason = told(error)
            self.tell(lambda: self._failed(reason))
            raise

    def _ended(self, outcome: Outcome) -> dict[str, Any]:
        now = database_now()
        return {"finished_at": now, "outcome": outcome, "duration_ms": self.elapsed_ms}

    def _done(self) -> dict[str, Any]:
        ended = self._ended(Outcome.DONE)
        return ended | {
            "succeeded_at": ended["finished_at"],
            "count": self.count,
            "error": "",
            "failures": 0,
            "done_total": F("done_total") + 1,
        }

    def _failed(self, reason: str) -> dict[str, Any]:
        ended = self._ended(Outcome.FAILED)
        row = ScheduledJob.objects.get(pk=self.pk)
        again = ended["finished_at"] + RETRY_AFTER * 2 ** min(row.failures, 10)
        return ended | {
            "error": reason,
            "failures": row.failures + 1,
            "failed_total": F("failed_total") + 1,
            "next_run_at": min(again, row.next_run_at),
        }


def rows() -> dict[str, ScheduledJob]:
    """The rows of the declared jobs, by name; missing ones are made: their first run is when the
    schedule has it, not at once."""
    jobs = scheduled()
    found = ScheduledJob.objects.in_bulk(jobs)
    missing = jobs.keys() - found.keys()
    if missing:
        now = database_now()
        made = [ScheduledJob(name=name, next_run_at=jobs[name].next_after(now)) for name in missing]
        ScheduledJob.objects.bulk_create(made, ignore_conflicts=True)
        found = ScheduledJob.objects.in_bulk(jobs)
    return found


def is_due(row: ScheduledJob, now: datetime, watch: Watch) -> bool:
    """Whether it is somebody's turn to run it: this process's, if nobody is quicker."""
    if not row.enabled:
        return False
    if row.lease_until is not None:
        return watch.is_lapsed(row.name, row.lease_until, now)
    # A time beyond the schedule's was written before the clock was set back.
    longest = scheduled()[row.name].every + SLACK
    return row.next_run_at <= now or row.next_run_at > now + longest


def claim(row: ScheduledJob, now: datetime) -> Run | None:
    """Take the job on; None when another was quicker."""
    job = scheduled()[row.name]
    was_lost = int(row.lease_until is not None)
    mine = ScheduledJob.objects.filter(pk=row.pk, run=row.run, lease_until=row.lease_until).update(
        run=row.run + 1,
        owner=owner_name(),
        lease_until=end_of_lease(now),
        started_at=now,
        next_run_at=job.next_after(now),
        lost_total=F("lost_total") + was_lost,
    )
    if not mine:
        return None
    if was_lost:
        logger.warning("Job %s is begun again: %s left it", row.name, row.owner)
    return Run(job, row.run + 1)


def claim_due(now: datetime, watch: Watch) -> Run | None:
    """Take on a job that is due, the one that has waited longest; None where none is."""
    found = rows()
    watch.forget_all_but(name for name, row in found.items() if row.lease_until is not None)
    for row in sorted(found.values(), key=lambda row: row.next_run_at):
        if is_due(row, now, watch) and (taken := claim(row, now)) is not None:
            return taken
    return None


def run_now(name: str) -> int:
    """Carry a job out in this process, whether it is due or not; how many things it dealt with.

    Raises Busy where another process does, KeyError for a name that is no job's, and what the job
    raises.
    """
    row, now = rows()[name], database_now()
    # Whoever calls this has not watched: an owner that lives has moved its lease on.
    if row.lease_until is not None and is_held(row.lease_until, now):
        raise Busy(f"{name} is being run by {row.owner}.")
    taken = claim(row, now)
    if taken is None:
        raise Busy(f"{name} was begun by another process just now.")
    with beating(taken):
        taken.carry_out()
    return taken.count


def run_beside(name: str) -> int:
    """As `run_now`, but beside a process that does it already: for jobs that bear that."""
    try:
        return run_now(name)
    except Busy:
        return scheduled()[name].run()


def ask(names: Iterable[str]) -> int:
    """Have some worker run these jobs as soon as it looks, within seconds; how many will be run:
    those that are disabled are not."""
    rows()
    asked = ScheduledJob.objects.filter(pk__in=list(names), enabled=True)
    return asked.update(next_run_at=database_now())


def ask_within(name: str, patience: timedelta) -> None:
    """Have some worker run the job by then, once for all who ask until it begins. Whoever asks
    while it runs is in time for nothing: it is run again."""
    due = database_now() + patience
    rows()
    later = ScheduledJob.objects.filter(pk=name, enabled=True, next_run_at__gt=due)
    # Read first: writers wait for each other.
    if later.exists():
        later.update(next_run_at=due)


def enable(names: Iterable[str], enabled: bool = True) -> None:
    """Let the workers run these jobs when they are due, or not."""
    rows()
    ScheduledJob.objects.filter(pk__in=list(names)).update(enabled=enabled)
