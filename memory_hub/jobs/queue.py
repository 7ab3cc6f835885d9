"""The queue of tasks in the database: claimed, tried, tried again later, given up.

A task is carried out at least once: where its process dies in it another one tries again, so that
it must bear being cut off anywhere. What failed as often as it may stays as a dead letter for
people to look at, and to have tried again. How to declare and enqueue one is in ``backend.py``.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.module_loading import import_string

from memory_hub.jobs.claims import Claim, frames_of, kind_of, told
from memory_hub.jobs.declared import Job
from memory_hub.jobs.leases import SLACK, Watch, database_now, end_of_lease, owner_name
from memory_hub.jobs.models import QueuedTask, Status

logger = logging.getLogger(__name__)

ATTEMPTS = 10
# To the second attempt, doubled for each further one: ten take three quarters of an hour.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)
# Tasks that are ready; others may be quicker to take some of them.
LOOKED_AT = 20
SUCCESSFUL_KEPT, FAILED_KEPT = timedelta(days=1), timedelta(days=30)


class WorkerLost(Exception):
    """The process that carried the task out went away in the midst of it."""


class TaskRun(Claim):
    """One attempt of a task."""

    model = QueuedTask

    def __init__(self, row: QueuedTask) -> None:
        super().__init__(row.pk, row.run, f"Task {row.path} {row.pk}")
        self.row = row

    def carry_out(self) -> None:
        try:
            result = _call(self.row)
            self.tell(lambda: _succeeded(result))
        except Exception as error:
            # Whatever it is, it is tried again or given up.
            logger.warning("%s failed: %s", self.describe, told(error))
            failure = failure_of(error)
            self.tell(lambda: self._failed(failure))
            raise

    def _failed(self, failure: dict[str, str]) -> dict[str, Any]:
        row, now = self.row, database_now()
        ended: dict[str, Any] = {"errors": [*row.errors, failure]}
        if row.run >= row.max_attempts:
            logger.error("%s is given up after %d attempts", self.describe, row.run)
            return ended | {"status": Status.FAILED, "finished_at": now}
        wait = min(FIRST_WAIT * 2 ** min(row.run - 1, 20), LONGEST_WAIT)
        return ended | {"status": Status.READY, "due_at": now + wait}


def _succeeded(result: Any) -> dict[str, Any]:
    return {"status": Status.SUCCESSFUL, "result": result, "finished_at": database_now()}


def _call(row: QueuedTask) -> Any:
    """Carry a task out; what it returned, as JSON has it."""
    # Here, not above: a hub that has no tasks does without the library.
    from django_tasks.base import Task, TaskContext
    from django_tasks.utils import normalize_json

    task = import_string(row.path)
    if not isinstance(task, Task):
        raise TypeError(f"{row.path} is no task")
    context = []
    if task.takes_context:
        context = [TaskContext(task_result=task.get_backend().get_result(str(row.pk)))]
    return normalize_json(task.call(*context, *row.args, **row.kwargs))


def failure_of(error: BaseException) -> dict[str, str]:
    """An attempt's error as it is kept: class and lines of code, no message and no values."""
    kind = type(error)
    return {"class": f"{kind.__module__}.{kind_of(error)}", "frames": frames_of(error)}


def claim_next(now: datetime, watch: Watch) -> TaskRun | None:
    """Take on a task that was left by its process or is ready, the most urgent first."""
    for row in [*_left(now, watch), *_ready(now)]:
        taken = _claim(row, now)
        if taken is not None:
            return taken
    return None


def _ready(now: datetime) -> QuerySet[QueuedTask]:
    # A time to try again beyond the longest wait was written before the clock was set back.
    set_back = Q(run__gt=0, due_at__gt=now + LONGEST_WAIT + SLACK)
    due = Q(due_at=None) | Q(due_at__lte=now) | set_back
    ready = QueuedTask.objects.filter(due, status=Status.READY)
    return ready.order_by("-priority", "enqueued_at")[:LOOKED_AT]


def _left(now: datetime, watch: Watch) -> list[QueuedTask]:
    running = list(QueuedTask.objects.filter(status=Status.RUNNING).only("lease_until"))
    watch.forget_all_but(row.pk for row in running)
    left = {row.pk: row for row in running if watch.is_lapsed(row.pk, row.lease_until, now)}
    if not left:
        return []
    # Whose owner renewed its lease or ended between the two statements was not left.
    whole = QueuedTask.objects.filter(pk__in=left, status=Status.RUNNING)
    return [row for row in whole if row.lease_until == left[row.pk].lease_until]


def _claim(row: QueuedTask, now: datetime) -> TaskRun | None:
    same = QueuedTask.objects.filter(
        pk=row.pk, run=row.run, status=row.status, lease_until=row.lease_until
    )
    if row.status == Status.RUNNING:
        logger.warning("Task %s %s was left by %s", row.path, row.pk, row.owner)
        row.errors = [*row.errors, failure_of(WorkerLost())]
        if row.run >= row.max_attempts:
            # It may be what kills them.
            same.update(
                status=Status.FAILED, errors=row.errors, finished_at=now, owner="", lease_until=None
            )
            return None
    changes = {
        "status": Status.RUNNING,
        "run": row.run + 1,
        "owner": owner_name(),
        "lease_until": end_of_lease(now),
        "started_at": row.started_at or now,
        "last_attempted_at": now,
        "errors": row.errors,
        "workers": [*row.workers, owner_name()],
    }
    if not same.update(**changes):
        return None
    for name, value in changes.items():
        setattr(row, name, value)
    return TaskRun(row)


def try_again(ids: Iterable[UUID]) -> int:
    """Have dead letters tried again, `ATTEMPTS` times more; how many there were."""
    failed = QueuedTask.objects.filter(pk__in=list(ids), status=Status.FAILED)
    return failed.update(
        status=Status.READY, due_at=None, finished_at=None, max_attempts=F("run") + ATTEMPTS
    )


def forget_ended() -> int:
    """Delete tasks that ended long enough ago; how many went."""
    now = database_now()
    ended = Q(status=Status.SUCCESSFUL, finished_at__lte=now - SUCCESSFUL_KEPT) | Q(
        status=Status.FAILED, finished_at__lte=now - FAILED_KEPT
    )
    return QueuedTask.objects.filter(ended).delete()[0]


FORGET_TASKS = Job(
    name="forget_tasks",
    help="Deletes queued tasks that ended: after a day, those that failed after 30 days.",
    run=forget_ended,
    at=time(3, 40),
)
