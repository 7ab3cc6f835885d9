"""What there is to tell of jobs and tasks, for a terminal, the admin and Prometheus."""

from datetime import datetime
from typing import Any

from django.db.models import Count

from memory_hub.jobs import schedule
from memory_hub.jobs.declared import of_workers, scheduled
from memory_hub.jobs.leases import database_now, is_held
from memory_hub.jobs.models import QueuedTask, ScheduledJob, Status


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


def workers() -> list[dict[str, str]]:
    """What every worker does for itself."""
    return [{"name": name, "help": job.help} for name, job in sorted(of_workers().items())]


def tasks() -> dict[str, int]:
    """How many queued tasks there are in each state."""
    counted = dict(QueuedTask.objects.order_by().values_list("status").annotate(Count("pk")))
    return {status.label: counted.get(status.value, 0) for status in Status}
