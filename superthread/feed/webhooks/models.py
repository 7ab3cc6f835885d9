"""Endpoints, what was tried, and who delivers."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from memory_hub.accounts.models import Token, User
from memory_hub.jobs.models import Leased
from memory_hub.journal.models import KIND_LENGTH

URL_LENGTH, DESCRIPTION_LENGTH = 2048, 200


class State(models.TextChoices):
    """Whether anything is sent."""

    ACTIVE = "active"
    PAUSED = "paused"


class Reason(models.TextChoices):
    """Why nothing is sent."""

    NONE = "", "–"
    OWNER = "owner", "by its owner"
    OPERATOR = "operator", "by an operator"
    GONE = "gone", "the receiver answered 410"
    FAILING = "failing", "the receiver failed for three days"
    INACTIVE = "inactive", "its owner's account is not active"
    REVOKED = "revoked", "the token that made it was revoked"
    RESTORED = "restored", "the hub was restored from a backup"
    CURSOR = "cursor-gone", "its place is not in the journal any more"
    SECRET = "secret-lost", "its secret cannot be read: SECRET_KEY is another one"


class Webhook(models.Model):
    """An endpoint: where its owner wants to be told, of what, and how far it is.

    ``position`` is of the last entry of the journal that it was told, or that was not for it;
    ``leaf`` are the first bytes of that entry's hash. Nothing of what it is told is kept.
    """

    owner = models.ForeignKey(User, models.CASCADE, related_name="webhooks", editable=False)
    # With it ends what it has made.
    token = models.ForeignKey(Token, models.SET_NULL, null=True, related_name="+", editable=False)
    url = models.CharField(max_length=URL_LENGTH)
    description = models.CharField(max_length=DESCRIPTION_LENGTH, blank=True)
    # What it wants of the feed; an empty list: all of it.
    scopes = models.JSONField(default=list)
    team_ids = models.JSONField(default=list)
    kinds = models.JSONField(default=list)
    # Encrypted (`accounts/encryption.py`).
    secret = models.TextField(editable=False)
    former_secret = models.TextField(blank=True, editable=False)
    former_until = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    position = models.BigIntegerField(editable=False)
    leaf = models.CharField(max_length=16, blank=True, editable=False)
    # Of the entry that is to be delivered.
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    next_attempt_at = models.DateTimeField(null=True, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
    delivered_total = models.PositiveBigIntegerField(default=0, editable=False)
    failed_total = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        db_table = "webhooks_endpoint"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="active", reason="", paused_at=None)
                | Q(state="paused", paused_at__isnull=False) & ~Q(reason=""),
                name="webhook_paused_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(former_secret="", former_until=None)
                | ~Q(former_secret="") & Q(former_until__isnull=False),
                name="webhook_former_secret_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class Attempt(models.Model):
    """One request to an endpoint and how it went; ``position`` None: a test. No foreign key: an
    endpoint is deleted at once, its attempts later."""

    webhook_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)
    position = models.BigIntegerField(null=True)
    message_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=KIND_LENGTH)
    status = models.PositiveSmallIntegerField(null=True, help_text="of the answer; none: no answer")
    error = models.CharField(max_length=100, blank=True)
    duration_ms = models.PositiveIntegerField()

    class Meta:
        db_table = "webhooks_attempt"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["webhook_id", "id"], name="attempt_of_webhook"),
            models.Index(fields=["at"], name="attempt_at"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} at {self.at}"


class Office(Leased):
    """Which host delivers: one row."""

    class Meta:
        db_table = "webhooks_office"

    def __str__(self) -> str:
        return self.owner
