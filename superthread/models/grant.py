"""A role on one memory for one e-mail address."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils import timezone

from memory_hub.accounts.models import normal_email
from superthread.models.memory import Memory


class GrantRole(models.IntegerChoices):
    """The numbers are those of policies.Role."""

    VIEWER = 1, "viewer"
    EDITOR = 2, "editor"
    ADMIN = 3, "admin"


class Grant(models.Model):
    """By address: it takes effect when an account with that address appears.

    Until it is accepted it is an offer: it counts by the memory's id, and puts the memory into
    nobody's lists and searches.
    """

    memory = models.ForeignKey(Memory, models.CASCADE, related_name="grants", db_index=False)
    email = models.EmailField("e-mail address", max_length=254)
    role = models.PositiveSmallIntegerField(choices=GrantRole.choices)
    # The database's default is for rows of the version before, which knew no offers.
    accepted = models.BooleanField(default=False, db_default=True, editable=False)
    offered_by = models.EmailField(max_length=254, default="", db_default="", editable=False)
    offered_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    # The memory's, for lists to go by; triggers see to it (migration 0027; a migration that makes
    # this table or the memories' anew on SQLite has to make them anew).
    memory_updated_at = models.DateTimeField(default=None, editable=False)
    memory_created_at = models.DateTimeField(default=None, editable=False)

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(fields=["memory", "email"], name="one_grant_per_address"),
            models.CheckConstraint(condition=Q(role__in=GrantRole.values), name="grant_role_known"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="grant_email_lower"),
        ]
        indexes = [
            models.Index(fields=["email", "accepted", "memory", "role"], name="grant_listed"),
            # What is granted to an address in the orders of lists.
            models.Index(
                *("email", F("memory_updated_at").desc()),
                condition=Q(accepted=True),
                name="granted_changed",
            ),
            models.Index(
                *("email", F("memory_created_at").desc()),
                condition=Q(accepted=True),
                name="granted_made",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} for {self.email}"

    def clean(self) -> None:
        super().clean()
        self.email = normal_email(self.email)
