"""Teams, and the places of addresses in them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from memory_hub.accounts.models.users import normal_email

TEAM_KEY_LENGTH = 64
# As who invited, of places that follow groups of single sign-on: no address, so that nobody can be
# mistaken for it, and none is vouched for by it.
GROUPS = "groups"


class DefaultRole(models.TextChoices):
    VIEWER = "viewer"
    EDITOR = "editor"


class TeamRole(models.TextChoices):
    MEMBER = "member"
    ADMIN = "admin"


class Team(models.Model):
    key = models.CharField(max_length=TEAM_KEY_LENGTH, unique=True)
    name = models.CharField(max_length=128, blank=True)
    default_role = models.CharField(
        max_length=6,
        choices=DefaultRole.choices,
        default=DefaultRole.VIEWER,
        help_text="what a plain member may do with the team's memories",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(condition=~Q(key=""), name="team_has_key"),
            models.CheckConstraint(
                condition=Q(default_role__in=DefaultRole.values), name="team_default_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Membership(models.Model):
    """By address: it takes effect when an account with that address appears.

    Until it is accepted it is an invitation: it counts by the id of a memory, and puts nothing into
    anybody's lists and searches.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    email = models.EmailField("e-mail address", max_length=254, db_index=True)
    role = models.CharField(max_length=6, choices=TeamRole.choices, default=TeamRole.MEMBER)
    # The database's default is for rows of the version before, which knew no invitations.
    accepted = models.BooleanField(default=False, db_default=True, editable=False)
    invited_by = models.EmailField(max_length=254, default="", db_default="", editable=False)

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(fields=["team", "email"], name="one_membership_per_address"),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="membership_email_lower"
            ),
            models.CheckConstraint(
                condition=Q(role__in=TeamRole.values), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} in {self.team_id}"

    def clean(self) -> None:
        super().clean()
        self.email = normal_email(self.email)
