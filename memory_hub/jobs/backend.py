"""django-tasks' interface (Django's own from 6.0 on) with the hub's database as the queue.

    from django_tasks import task

    @task(max_attempts=5)
    def deliver(endpoint: int) -> None: ...

    with transaction.atomic():
        ...
        deliver.enqueue(endpoint.pk)

The task is a row of the same transaction: it is there if and only if the transaction is committed.
Arguments and what a task returns are values that JSON has. ``using(run_after=…, priority=…)`` as
in Django's documentation. Its signals are not sent.

The interface's own database backend, django-tasks-db, leaves a task of a killed worker running for
ever, tries none again and needs a process of its own: so this one.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.utils import normalize_json

from memory_hub.jobs import dispatcher
from memory_hub.jobs.models import QueuedTask
from memory_hub.jobs.queue import ATTEMPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class HubTask(Task):
    """A task that is tried `max_attempts` times, later and later."""

    max_attempts: int = ATTEMPTS


class DatabaseBackend(BaseTaskBackend):
    """Tasks as rows of ``QueuedTask``, carried out by the workers."""

    task_class = HubTask
    supports_defer = True
    supports_async_task = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        """Add the call to the queue, in the present transaction. Raises TypeError for arguments
        that JSON has not."""
        self.validate_task(task)
        row = QueuedTask.objects.create(
            path=task.module_path,
            queue=task.queue_name,
            priority=task.priority,
            args=normalize_json(list(args)),
            kwargs=normalize_json(kwargs),
            due_at=task.run_after,
            max_attempts=getattr(task, "max_attempts", ATTEMPTS),
            enqueued_at=timezone.now(),
        )
        transaction.on_commit(dispatcher.wake)
        return result_of(row, task)

    def get_result(self, result_id: str) -> TaskResult:
        """What became of a task. Raises TaskResultDoesNotExist."""
        try:
            return result_of(QueuedTask.objects.get(pk=UUID(str(result_id))))
        except (QueuedTask.DoesNotExist, ValueError, ValidationError) as error:
            raise TaskResultDoesNotExist(result_id) from error


def result_of(row: QueuedTask, task: Task | None = None) -> TaskResult:
    """The row in the words of django-tasks."""
    task = import_string(row.path) if task is None else task
    result = TaskResult(
        task=task,
        id=str(row.pk),
        status=TaskResultStatus[row.status],
        enqueued_at=row.enqueued_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        last_attempted_at=row.last_attempted_at,
        args=row.args,
        kwargs=row.kwargs,
        backend=task.backend,
        errors=[
            TaskError(exception_class_path=error["class"], traceback=error["frames"])
            for error in row.errors
        ],
        worker_ids=row.workers,
    )
    object.__setattr__(result, "_return_value", row.result)
    return result
