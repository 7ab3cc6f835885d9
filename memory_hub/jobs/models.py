"""What the hub remembers of its scheduled jobs, and its queue of tasks."""

import uuid

from django.db import models
from django.utils import timezone

from memory_hub.jobs.declared import NAME_LENGTH
from memory_hub.jobs.leases import OWNER_LENGTH

ERROR_LENGTH = 200
PATH_LENGTH = 255


UNOWNED = models.Q(owner="", lease_until=None)
OWNED = ~models.Q(owner="") & models.Q(lease_until__isnull=False)


class Outcome(models.TextChoices):
    """How a run ended."""

    DONE = "done", "done"
    FAILED = "failed", "failed"


class Leased(models.Model):
    """What one process carries out at a time. `run` counts the beginnings."""

    run = models.PositiveBigIntegerField(default=0)
    owner = models.CharField(max_length=OWNER_LENGTH, blank=True, help_text="Host and process id.")
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class ScheduledJob(Leased):
    """One declared job: when it is due, and how its last run went."""

    name = models.CharField(max_length=NAME_LENGTH, primary_key=True)
    enabled = models.BooleanField(default=True)
    next_run_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    duration_ms = models.PositiveBigIntegerField(null=True, blank=True)
    count = models.PositiveBigIntegerField(null=True, blank=True, help_text="Things dealt with.")
    error = models.CharField(max_length=ERROR_LENGTH, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    done_total = models.PositiveBigIntegerField(default=0)
    failed_total = models.PositiveBigIntegerField(default=0)
    lost_total = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "hub_job"
        verbose_name = "job"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=UNOWNED | OWNED, name="job_has_owner_and_lease"),
        ]

    def __str__(self) -> str:
        return self.name


class Status(models.TextChoices):
    """Where a task is; the words are those of django-tasks."""

    READY = "READY", "ready"
    RUNNING = "RUNNING", "running"
    FAILED = "FAILED", "failed"
    SUCCESSFUL = "SUCCESSFUL", "successful"


class QueuedTask(Leased):
    """A call of a task, from the transaction that asked for it to some time after its end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    path = models.CharField(max_length=PATH_LENGTH, verbose_name="task")
    queue = models.CharField(max_length=32, default="default")
    priority = models.SmallIntegerField(default=0)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.READY)
    due_at = models.DateTimeField(null=True, blank=True, help_text="Not before; empty: at once.")
    max_attempts = models.PositiveIntegerField()
    enqueued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    last_attempted_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    errors = models.JSONField(default=list, help_text="Of each attempt that failed.")
    workers = models.JSONField(default=list, help_text="Who tried.")
    result = models.JSONField(null=True, blank=True)

    class Meta:
        db_table = "hub_task"
        verbose_name = "queued task"
        ordering = ["-enqueued_at"]
        indexes = [
            # What is asked for every few seconds: nothing but what waits or runs is in it.
            models.Index(
                fields=["due_at"],
                name="task_open",
                condition=models.Q(status__in=["READY", "RUNNING"]),
            ),
            models.Index(fields=["status", "finished_at"], name="task_ended"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(status="RUNNING") & OWNED)
                | (models.Q(status__in=["READY", "FAILED", "SUCCESSFUL"]) & UNOWNED),
                name="task_running_has_owner_and_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.pk}"
