"""Shows and steers what runs in the background."""

import signal
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.core.management.base import BaseCommand, CommandError

from memory_hub.jobs import queue, report, schedule
from memory_hub.jobs.claims import told
from memory_hub.jobs.declared import scheduled
from memory_hub.jobs.dispatcher import dispatcher
from memory_hub.jobs.models import QueuedTask, Status

LISTED = 100


class Command(BaseCommand):
    help = "List the hub's background jobs, run one now, turn one off; list and retry failed tasks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", title="actions", metavar="ACTION")
        listing = actions.add_parser("list", help="all jobs with their last and next run (default)")
        listing.add_argument("--json", action="store_true", help="as one JSON document")
        for action, text in (
            ("run", "run a job now, here, and wait for its end; not where it is running already"),
            ("ask", "have a worker run a job, within seconds"),
            ("enable", "let the workers run a job on its schedule again"),
            ("disable", "keep the workers from running a job; run still does"),
        ):
            one = actions.add_parser(action, help=text)
            one.add_argument("name", metavar="NAME")
        actions.add_parser("failed", help=f"the last {LISTED} tasks that were given up")
        again = actions.add_parser("retry", help="have tasks that were given up tried again")
        again.add_argument("id", nargs="+", metavar="ID", help="of `jobs failed`, or: all")
        actions.add_parser("work", help="run jobs and tasks here until Ctrl-C or SIGTERM")

    def handle(self, *, action: str | None, **options: Any) -> str | None:
        if "name" in options and options["name"] not in scheduled():
            raise CommandError(f"There is no job {options['name']}: {', '.join(scheduled())}.")
        return getattr(self, f"_{action or 'list'}")(**options)

    def _list(self, *, json: bool = False, **options: Any) -> str:
        jobs, workers, tasks = report.jobs(), report.workers(), report.tasks()
        if json:
            told = {"jobs": jobs, "workers": workers, "tasks": tasks}
            return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()
        lines = [_LINE.format("JOB", "STATE", "LAST RUN", "OUTCOME", "TOOK", "COUNT", "NEXT RUN")]
        for job in jobs:
            took = job["last_duration_ms"]
            lines.append(
                _LINE.format(
                    job["name"],
                    f"{job['state']} {job['owner']}".strip(),
                    _moment(job["last_run_at"]),
                    f"{job['last_outcome']} {job['last_error']}".strip() or "-",
                    "-" if took is None else f"{took / 1000:.1f} s",
                    "-" if job["last_count"] is None else job["last_count"],
                    _moment(job["next_run_at"]) if job["enabled"] else "-",
                ).rstrip()
            )
        lines += ["", *_of_workers(workers), ""]
        lines.append("Tasks: " + ", ".join(f"{count} {name}" for name, count in tasks.items()))
        return "\n".join(lines)

    def _run(self, *, name: str, **options: Any) -> str:
        try:
            count = schedule.run_now(name)
        except schedule.Busy as error:
            raise CommandError(str(error)) from None
        except Exception as error:
            raise CommandError(f"{name} failed: {told(error)}") from error
        return f"{name}: {count}."

    def _ask(self, *, name: str, **options: Any) -> str:
        if not schedule.ask([name]):
            raise CommandError(f"{name} is disabled: enable it, or run it here.")
        return f"{name} is due now."

    def _enable(self, *, name: str, **options: Any) -> str:
        schedule.enable([name])
        return f"{name} is enabled."

    def _disable(self, *, name: str, **options: Any) -> str:
        schedule.enable([name], False)
        return f"{name} is disabled."

    def _failed(self, **options: Any) -> str:
        rows = QueuedTask.objects.filter(status=Status.FAILED).order_by("-finished_at")[:LISTED]
        lines = [
            f"{row.pk}  {_moment(row.finished_at)}  {row.path}  {row.run} attempts  "
            f"{row.errors[-1]['class'] if row.errors else ''}".rstrip()
            for row in rows
        ]
        return "\n".join(lines) or "No task was given up."

    def _retry(self, *, id: list[str], **options: Any) -> str:
        failed = QueuedTask.objects.filter(status=Status.FAILED)
        try:
            ids = list(failed.values_list("pk", flat=True)) if id == ["all"] else map(UUID, id)
            return f"{queue.try_again(ids)} tasks are tried again."
        except ValueError:
            raise CommandError("An id is a UUID, as `jobs failed` lists them.") from None

    def _work(self, **options: Any) -> None:
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        loop = dispatcher().loop
        loop.start()
        self.stdout.write("Looking for jobs and tasks.")
        self.stdout.flush()
        ended.wait()
        loop.stop()


_LINE = "{:<20} {:<28} {:<17} {:<28} {:>8} {:>8}  {}"

_OF_WORKERS = "{:<20} {:>9}  {:<20} {:>12} {:>8}  {}"
_SECONDS = "%Y-%m-%d %H:%M:%S"
_COUNTS = ("DONE", "FAILED", "LAST FAILURE")


def _of_workers(workers: list[dict[str, Any]]) -> Iterator[str]:
    yield _OF_WORKERS.format("EVERY WORKER", "PROCESSES", "LAST ROUND", *_COUNTS)
    for each in workers:
        running, failed_at = each["processes"], each["last_failure_at"]
        yield _OF_WORKERS.format(
            each["name"],
            len(running),
            _moment(running[0]["last_round_at"], _SECONDS) if running else "-",
            each["done"],
            each["failed"],
            f"{_moment(failed_at, _SECONDS)} {each['last_error']}" if failed_at else "-",
        )


def _moment(at: datetime | None, form: str = "%Y-%m-%d %H:%M") -> str:
    return "-" if at is None else at.astimezone(UTC).strftime(form)
