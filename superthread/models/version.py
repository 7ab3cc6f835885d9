"""One state of a memory, kept for ever: versions are added, never changed, but for the text of one
that is redacted."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from superthread import limits
from superthread.models.json import JSONField
from superthread.models.memory import Memory, new_uuid

# What stands in place of the text of a redacted version.
REDACTED = "[redacted]"


class Version(models.Model):
    id = models.BigAutoField(primary_key=True)
    version_id = models.UUIDField(default=new_uuid, unique=True, editable=False)
    memory = models.ForeignKey(
        Memory, models.CASCADE, related_name="versions", db_index=False, editable=False
    )
    number = models.PositiveBigIntegerField(editable=False)
    description = models.CharField(max_length=limits.DESCRIPTION_LENGTH, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    category = models.CharField(max_length=limits.CATEGORY_LENGTH, editable=False)
    path = models.CharField(max_length=limits.PATH_BYTES, null=True, editable=False)  # noqa: DJ001 - as the memory's
    content = models.TextField(editable=False)
    metadata = JSONField(default=dict, editable=False)
    size = models.PositiveIntegerField(editable=False)
    created_at = models.DateTimeField(editable=False)
    # Goes with the text, and with it all that the journal's hash of the text could say.
    # Versions of before have none.
    salt = models.CharField(max_length=32, null=True, editable=False)  # noqa: DJ001 - null: no hash of it
    redacted_at = models.DateTimeField(null=True, editable=False)
    # Who did it may have gone since: no constraint, so that older versions need not be looked at.
    redacted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        related_name="+",
        null=True,
        editable=False,
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            # Also the index that every reading of versions uses.
            models.UniqueConstraint(fields=["memory", "number"], name="version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_counts_from_one"),
            models.CheckConstraint(condition=~Q(content=""), name="version_has_content"),
        ]
        # The bytes that a memory's history takes are added up without looking up its texts.
        indexes = [models.Index(fields=["memory", "size"], name="version_sizes")]

    def __str__(self) -> str:
        return f"version {self.number}"
