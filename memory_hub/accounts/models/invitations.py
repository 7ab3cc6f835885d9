"""Links by which people come in."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from memory_hub.accounts.models.teams import Team, TeamRole
from memory_hub.accounts.models.users import User


class Invitation(models.Model):
    """A link by which somebody makes an account for this address, or joins a team with it.

    Of its key only the SHA-256 is kept. Without ``made_by`` the owner of the address asked for it.
    """

    email = models.EmailField("e-mail address", max_length=254, db_index=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="+", editable=False)
    role = models.CharField(max_length=6, choices=TeamRole.choices, blank=True, editable=False)
    made_by = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", editable=False)
    shown = models.BooleanField(
        editable=False, help_text="to who made it, instead of being mailed: it proves no address"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    used = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="invitation_email_lower"
            ),
            models.CheckConstraint(
                condition=Q(team=None, role="") | Q(team__isnull=False, role__in=TeamRole.values),
                name="invitation_role_of_a_team",
            ),
            models.CheckConstraint(
                condition=Q(used=False) | Q(ended_at__isnull=False), name="invitation_used_is_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"for {self.email}"
