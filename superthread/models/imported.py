"""An import that somebody has sent a file for, and what became of each thing in it."""

from django.db import models

from superthread.models.file_job import WHY_LENGTH, FileJob

NAME_LENGTH, PLACE_LENGTH = 255, 500


class ImportState(models.TextChoices):
    """How far an import is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Import(FileJob):
    """The file itself lies on the disk of the host that took it, until the import has ended."""

    name = models.CharField(max_length=NAME_LENGTH, help_text="what the file was called")
    format = models.CharField(max_length=32, help_text="as asked, and once it is known as found")
    # What was asked for beside: exchanges, dry_run, scope, team_key, category.
    options = models.JSONField(default=dict)
    state = models.CharField(
        max_length=16, choices=ImportState.choices, default=ImportState.WAITING
    )
    size = models.PositiveBigIntegerField(help_text="bytes of the file")
    # Of what is in it, which may be packed.
    total = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            *FileJob.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(state__in=ImportState.values), name="import_state_known"
            ),
        ]


class ImportOutcome(models.Model):
    """What became of one thing in the file; never a text of it."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Import, models.CASCADE, related_name="outcomes", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    place = models.CharField(max_length=PLACE_LENGTH)
    why = models.CharField(max_length=WHY_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="import_outcome_once"),
        ]

    def __str__(self) -> str:
        return f"outcome {self.number} of import {self.job_id}"
