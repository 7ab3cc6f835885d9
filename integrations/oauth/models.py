"""Clients, codes, and what a connected client renews its token with. Of what is secret, digests."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from memory_hub.accounts.models import Token

ID_LENGTH, NAME_LENGTH, ADDRESS_LENGTH = 255, 128, 2048  # characters


class Source(models.TextChoices):
    """Where what is known of a client comes from."""

    REGISTERED = "registered"
    DOCUMENT = "document"


class Client(models.Model):
    """A program that may ask people to let it act for them. What it says of itself is unproven, but
    for the host of a document: that is the host of its id."""

    client_id = models.CharField(max_length=ID_LENGTH, unique=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    name = models.CharField(max_length=NAME_LENGTH)
    redirect_uris = models.JSONField()
    # Of a client that can keep a secret; empty: it cannot, and shows none.
    secret_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    # When somebody was last asked for it, or it renewed a token, to the day.
    used_at = models.DateTimeField(default=timezone.now, db_index=True)
    # Until when a document is good.
    fresh_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source=Source.REGISTERED, fresh_until=None)
                | Q(source=Source.DOCUMENT, secret_digest="", fresh_until__isnull=False),
                name="client_is_of_one_source",
            ),
        ]

    def __str__(self) -> str:
        return self.client_id


class ConnectedClient(models.Model):
    """One client's access to what one person has: the token, and what renews it.

    It ends with its token, and ``ends_at`` unless it is renewed before.
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="connections")
    token = models.OneToOneField(Token, models.CASCADE, related_name="connection")
    # All that was allowed: of that a client may ask for less when it renews its token.
    scopes = models.JSONField()
    # The name of the connection in what renews it, and the digest of the one that is good. Another
    # one with this name was used before, by somebody who should not have it.
    renewal_name = models.CharField(max_length=32, unique=True)
    renewal_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.client_id} with token {self.token_id}"


class Code(models.Model):
    """What a client exchanges for a token, once, within a minute."""

    digest = models.CharField(max_length=64, unique=True)
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    redirect_uri = models.CharField(max_length=ADDRESS_LENGTH)
    challenge = models.CharField(max_length=128)
    scopes = models.JSONField()
    resource = models.CharField(max_length=ADDRESS_LENGTH)
    # As the columns of a token.
    restriction = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)
    # What it was exchanged for: to whom comes again with it, that is taken away.
    connection = models.ForeignKey(
        ConnectedClient, models.CASCADE, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"code {self.pk}"
