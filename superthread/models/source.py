"""Where an imported memory came from: what makes an import safe to run twice."""

from django.conf import settings
from django.db import models

from superthread.models.memory import Memory


class Source(models.Model):
    """A source of one importer's, and what it held when it was last imported.

    An own table and not metadata: users change metadata as they like, and only a unique key keeps
    two imports at once from saving one source twice.
    """

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False, editable=False
    )
    # Of the name below, which may be longer than an index takes.
    key = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the name")
    name = models.TextField(editable=False)
    digest = models.CharField(
        max_length=64, editable=False, help_text="SHA-256 of what was last imported"
    )
    memory = models.ForeignKey(Memory, models.CASCADE, related_name="sources", editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="one_memory_per_source"),
        ]

    def __str__(self) -> str:
        return f"source of {self.memory_id}"
