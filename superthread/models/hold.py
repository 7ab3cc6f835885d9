"""What must be kept, by law or by order, whatever its owner or its time say."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from memory_hub.accounts.models import Team
from superthread import limits
from superthread.models.memory import Memory


class Hold(models.Model):
    """On one memory, or on all that are a team's. Lifted: the row goes, the journal tells of it."""

    id = models.BigAutoField(primary_key=True)
    # Neither can be deleted before: the database refuses it.
    memory = models.OneToOneField(
        Memory, models.PROTECT, related_name="hold", null=True, blank=True
    )
    team = models.OneToOneField(Team, models.PROTECT, related_name="hold", null=True, blank=True)
    reason = models.CharField(max_length=limits.DESCRIPTION_LENGTH)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
        db_index=False,
    )
    placed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(memory__isnull=True, team__isnull=False)
                | Q(memory__isnull=False, team__isnull=True),
                name="hold_on_memory_or_team",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_reason"),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"
