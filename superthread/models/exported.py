"""An export that somebody has asked for."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from superthread.models.file_job import FileJob

KEPT = timedelta(days=1)  # after the end


class ExportState(models.TextChoices):
    """How far an export is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ExportFormat(models.TextChoices):
    """What the file of an export holds."""

    ARCHIVE = "archive"
    MARKDOWN = "markdown"


class Export(FileJob):
    """The file itself lies on the disk of the host that was asked."""

    # With which it was asked for: reads of others' memories are counted as the token's. It may be
    # gone by now.
    token_id = models.BigIntegerField(null=True, editable=False)
    format = models.CharField(max_length=16, choices=ExportFormat.choices)
    state = models.CharField(
        max_length=16, choices=ExportState.choices, default=ExportState.WAITING
    )
    total = models.PositiveBigIntegerField(default=0, help_text="memories that are to be in it")
    done = models.PositiveBigIntegerField(default=0, help_text="memories that are in it")
    size = models.PositiveBigIntegerField(default=0, help_text="bytes of the file")

    class Meta:
        constraints = [
            *FileJob.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(state__in=ExportState.values), name="export_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(format__in=ExportFormat.values), name="export_format_known"
            ),
        ]


def kept() -> models.Q:
    """Exports that are still there: of a person who is active, and not past their time."""
    recent = models.Q(ended_at=None) | models.Q(ended_at__gt=timezone.now() - KEPT)
    return recent & models.Q(owner__is_active=True)
