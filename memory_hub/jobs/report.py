"""What there is to tell of jobs and tasks, for a terminal, the admin and Prometheus."""

from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from django.db.models import Count

from memory_hub.jobs import rounds, schedule
from memory_hub.jobs.declared import of_workers, scheduled
from memory_hub.jobs.leases import database_now, is_held
from memory_hub.jobs.models import QueuedTask, ScheduledJob, Status
from memory_hub.jobs.rounds import Rounds


def state_of(row: ScheduledJob, now: datetime) -> str:
    """running, left (its process went away), disabled, or waiting."""
    if row.lease_until is not None:
        return "running" if is_held(row.lease_until, now) else "left"
    return "waiting" if row.enabled else "disabled"


def jobs() -> list[dict[str, Any]]:
    """The scheduled jobs by name. Times are datetimes in UTC or None, durations milliseconds."""
    now, rows = database_now(), schedule.rows()
    return [
        {
            "name": name,
            "help": job.help,
            "every_seconds": round(job.every.total_seconds()),
            "state": state_of(rows[name], now),
            "enabled": rows[name].enabled,
            "owner": rows[name].owner,
            "next_run_at": rows[name].next_run_at,
            "last_run_at": rows[name].started_at,
            "last_outcome": rows[name].outcome,
            "last_duration_ms": rows[name].duration_ms,
            "last_count": rows[name].count,
            "last_error": rows[name].error,
            "last_success_at": rows[name].succeeded_at,
            "done": rows[name].done_total,
            "failed": rows[name].failed_total,
            "lost": rows[name].lost_total,
        }
        for name, job in sorted(scheduled().items())
    ]


def workers() -> list[dict[str, Any]]:
    """What every worker does for itself, by name, as far as this host's processes tell: which do
    it, and when the last round of each ended; done and failed rounds, of processes that are no more
    too; the type of the last failure. Where one has ended no round yet, its start is told."""
    counted = rounds.read()
    return [
        _worker(name, job.help, [one for one in counted if one.name == name])
        for name, job in sorted(of_workers().items())
    ]


def _worker(name: str, text: str, counted: list[Rounds]) -> dict[str, Any]:
    failed = max((one for one in counted if one.failed), key=attrgetter("failed_at"), default=None)
    running = sorted((one.ended_at, one.pid) for one in counted if one.pid is not None)
    return {
        "name": name,
        "help": text,
        # Longest ago first: that one may have come to a stand.
        "processes": [{"pid": pid, "last_round_at": _moment(at)} for at, pid in running],
        "done": sum(one.done for one in counted),
        "failed": sum(one.failed for one in counted),
        "last_failure_at": failed and _moment(failed.failed_at),
        "last_error": failed.error if failed else "",
    }


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def tasks() -> dict[str, int]:
    """How many queued tasks there are in each state."""
    counted = dict(QueuedTask.objects.order_by().values_list("status").annotate(Count("pk")))
    return {status.label: counted.get(status.value, 0) for status in Status}
