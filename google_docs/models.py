"""What Google cannot hold: encrypted credentials, folder ids, the writes of the last minutes."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from memory_hub.accounts.models import Team

WARNED = timedelta(days=2)  # before a consent ends
# Lists have been seen to lag by minutes.
RECENT = timedelta(minutes=10)


class Connection(models.Model):
    """A Google account that somebody connected, for themselves or for a team of theirs.

    The refresh token is encrypted (token_encryption.py); without the keys of the environment it
    is nothing.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="google_connection",
    )
    team = models.OneToOneField(
        Team, models.CASCADE, null=True, blank=True, related_name="google_connection"
    )
    account = models.EmailField("Google account", max_length=254)
    permission_id = models.CharField("Google's id of the account", max_length=64)
    scopes = models.JSONField("granted scopes", default=list)
    locked_token = models.TextField("encrypted refresh token", editable=False)
    connected_at = models.DateTimeField(default=timezone.now, editable=False)
    refused_at = models.DateTimeField("refused by Google at", null=True, editable=False)
    refused_because = models.CharField(max_length=300, default="", db_default="", editable=False)
    # Of a consent screen in testing; null for a consent without an end.
    ends_at = models.DateTimeField("consent ends at", null=True, editable=False)

    class Meta:
        verbose_name = "connected account"
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None) ^ Q(team=None), name="connection_of_user_or_team"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} ({self.holder})"

    @property
    def holder(self) -> str:
        """Whose connection it is, in words."""
        return _("team %(key)s") % {"key": self.team.key} if self.team else str(self.user)

    @property
    def state(self) -> str:
        """The state of the connection, in words."""
        if self.refused_at:
            why = self.refused_because or gettext_noop("The consent was withdrawn or has expired.")
            told = _("Refused by Google since %(at)s UTC. %(why)s")
            return told % {"at": f"{self.refused_at:%Y-%m-%d %H:%M}", "why": _(why)}
        told = _("Connected since %(at)s UTC.") % {"at": f"{self.connected_at:%Y-%m-%d %H:%M}"}
        return f"{told} {self.ending}".rstrip()

    @property
    def ending(self) -> str:
        """When the consent ends, in words; a warning in its last days. Empty for none."""
        if self.ends_at is None:
            return ""
        told = _("Google ends this consent on %(at)s UTC.")
        if self.ends_at - timezone.now() <= WARNED:
            told = _("Google ends this consent on %(at)s UTC: connect the account again before.")
        return told % {"at": f"{self.ends_at:%Y-%m-%d %H:%M}"}


class Folder(models.Model):
    """The folders of one space (`u<user>` or `t<team>`) under one Google identity."""

    identity = models.CharField(max_length=64)
    space = models.CharField(max_length=32)
    folder_id = models.CharField(max_length=128)
    snapshots_id = models.CharField(max_length=128)
    # What was last seen to be wrong with them, in words.
    trouble = models.CharField(max_length=200, default="", db_default="", editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identity", "space"], name="one_folder_per_space"),
        ]

    def __str__(self) -> str:
        return f"{self.space} of {self.identity}"


class RecentWrite(models.Model):
    """A document that was written or went a moment ago: Google's lists lag behind."""

    doc_id = models.CharField(max_length=128, unique=True)
    space = models.CharField(max_length=32)
    gone = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["space", "at"], name="recent_write_space")]

    def __str__(self) -> str:
        return self.doc_id


class KnownFacts(models.Model):
    """What the hub last wrote into a document's description: people may write over it there."""

    doc_id = models.CharField(max_length=128, primary_key=True)
    line = models.JSONField()

    def __str__(self) -> str:
        return self.doc_id
