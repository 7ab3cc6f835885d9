"""Tokens, and what each of them is restricted to."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from memory_hub.accounts import scopes
from memory_hub.accounts.models.users import User
from memory_hub.accounts.restrictions import CATEGORY_LENGTH, PREFIX_LENGTH, Restriction

# Characters of a URL: clients and resources are named by theirs.
ADDRESS_LENGTH = 2048


class Token(models.Model):
    """An API token; its text is known to its holder only."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=64, default="token")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    prefix = models.CharField(max_length=12, editable=False)
    scopes = models.JSONField(default=list)
    made_by = models.ForeignKey(
        "self",
        models.CASCADE,
        related_name="made",
        null=True,
        editable=False,
        help_text="the token that made this one, which ends with it",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What it is restricted to, as `restrictions.Restriction` tells. The database's defaults are for
    # rows of the version before, which knew none of it.
    read_only = models.BooleanField(default=False, db_default=False, editable=False)
    only_personal = models.BooleanField(default=False, db_default=False, editable=False)
    only_teams = models.JSONField(null=True, editable=False, help_text="ids, also of deleted ones")
    only_category = models.CharField(max_length=CATEGORY_LENGTH, null=True, editable=False)  # noqa: DJ001 - null: for all
    only_below = models.CharField(max_length=PREFIX_LENGTH, null=True, editable=False)  # noqa: DJ001 - null: for all
    # Whom the user lets act for them, where somebody does, and at what address the token is good.
    client = models.CharField(max_length=ADDRESS_LENGTH, null=True, editable=False)  # noqa: DJ001 - null: its user
    resource = models.CharField(max_length=ADDRESS_LENGTH, null=True, editable=False)  # noqa: DJ001 - null: anywhere

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="token_expires_after_creation"
            ),
            # What looks like a restriction must not be read as none.
            models.CheckConstraint(condition=~Q(only_teams=[]), name="token_only_teams_not_empty"),
            models.CheckConstraint(
                condition=~Q(only_category=""), name="token_only_category_not_empty"
            ),
            models.CheckConstraint(condition=~Q(only_below=""), name="token_only_below_not_empty"),
            models.CheckConstraint(
                condition=~Q(client="") & ~Q(resource=""), name="token_client_not_empty"
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "client"], condition=Q(client__isnull=False), name="token_of_client"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… of {self.user_id}"

    @property
    def scope_names(self) -> list[str]:
        return [name for name in scopes.every_scope() if name in self.scopes]

    @property
    def restriction(self) -> Restriction:
        """What it is restricted to."""
        return Restriction.of_columns(vars(self))
