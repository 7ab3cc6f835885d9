"""What the scan found in a memory that others read."""

from django.db import models
from django.utils import timezone

from superthread.models.memory import Memory


class Finding(models.Model):
    """Kinds and lines, never the thing itself; renewed with the memory's text and place."""

    memory = models.OneToOneField(
        Memory, models.CASCADE, related_name="finding", primary_key=True, editable=False
    )
    found = models.JSONField(default=list, editable=False, help_text="[kind, line], …")
    found_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"in memory {self.memory_id}"
