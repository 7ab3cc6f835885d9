"""Background work as Prometheus has it."""

from collections.abc import Iterator, Sequence
from typing import Any

from memory_hub.core.metrics import Family
from memory_hub.jobs import report


def families() -> Iterator[Family]:
    """Yield the scheduled jobs, how many queued tasks there are, and what every worker does.

    The label is not "job": that one is Prometheus' own for what it scrapes.
    """
    jobs = report.jobs()
    yield _by_outcome(
        "memory_hub_job_runs_total",
        "Runs of a background job by outcome; lost ones were begun again.",
        jobs,
        ("done", "failed", "lost"),
    )
    for name, text in _GAUGES:
        values = [(job["name"], _numbers(job)[name]) for job in jobs]
        samples = [({"name": job}, value) for job, value in values if value is not None]
        yield Family(f"memory_hub_job_{name}", "gauge", text, samples)
    yield Family(
        "memory_hub_tasks",
        "gauge",
        "Queued tasks by state; failed ones were given up.",
        [({"state": state}, count) for state, count in report.tasks().items()],
    )
    yield from _of_workers()


def _of_workers() -> Iterator[Family]:
    workers = report.workers()
    yield _by_outcome(
        "memory_hub_worker_job_rounds_total",
        "Rounds of what every worker does, by outcome, of this host.",
        workers,
        ("done", "failed"),
    )
    yield Family(
        "memory_hub_worker_job_processes",
        "gauge",
        "Processes of this host that do it.",
        [({"name": job["name"]}, len(job["processes"])) for job in workers],
    )
    yield Family(
        "memory_hub_worker_job_last_round_timestamp_seconds",
        "gauge",
        "End of the last round, in the process of this host where it is longest ago.",
        [
            ({"name": job["name"]}, job["processes"][0]["last_round_at"].timestamp())
            for job in workers
            if job["processes"]
        ],
    )


def _by_outcome(
    name: str, text: str, jobs: Sequence[dict[str, Any]], outcomes: Sequence[str]
) -> Family:
    samples = [
        ({"name": job["name"], "outcome": outcome}, job[outcome])
        for job in jobs
        for outcome in outcomes
    ]
    return Family(name, "counter", text, samples)


_GAUGES = (
    ("enabled", "Whether a background job runs on its schedule."),
    ("running", "Whether a background job is being run."),
    ("interval_seconds", "Time between two runs of a background job."),
    ("last_run_timestamp_seconds", "Beginning of the last run of a background job."),
    ("last_success_timestamp_seconds", "End of the last run that was done."),
    ("last_duration_seconds", "How long the last run took."),
    ("next_run_timestamp_seconds", "When a background job is due."),
)


def _numbers(job: dict[str, Any]) -> dict[str, float | None]:
    took = job["last_duration_ms"]
    return {
        "enabled": int(job["enabled"]),
        "running": int(job["state"] == "running"),
        "interval_seconds": job["every_seconds"],
        "last_run_timestamp_seconds": _seconds(job["last_run_at"]),
        "last_success_timestamp_seconds": _seconds(job["last_success_at"]),
        "last_duration_seconds": None if took is None else took / 1000,
        "next_run_timestamp_seconds": _seconds(job["next_run_at"]),
    }


def _seconds(moment: Any) -> float | None:
    return None if moment is None else moment.timestamp()
