"""Secrets of endpoints and signatures, by Standard Webhooks (symmetric, ``v1``)."""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime

from memory_hub.accounts.encryption import decrypt, encrypt
from superthread.feed.webhooks.models import Webhook

PREFIX = "whsec_"
# Of a secret: the standard wants 24 to 64.
BYTES = 32


def new_secret() -> str:
    """A secret as its owner is told it, once."""
    return PREFIX + b64encode(secrets.token_bytes(BYTES)).decode()


def stored(secret: str) -> str:
    """The secret as the database has it."""
    return encrypt(secret)


def valid_secrets(webhook: Webhook, now: datetime) -> list[str]:
    """The secrets to sign with: the present one, and for a while the one before.

    Raises cryptography.fernet.InvalidToken where they cannot be read.
    """
    kept = [webhook.secret]
    if webhook.former_until and webhook.former_until > now:
        kept.append(webhook.former_secret)
    return [decrypt(one) for one in kept]


def signatures(secret_texts: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header ``webhook-signature``: HMAC-SHA-256 of id, timestamp (seconds since 1970) and
    body, once for each secret."""
    signed = b".".join([message_id.encode(), str(timestamp).encode(), body])
    return " ".join(f"v1,{_signature(secret, signed)}" for secret in secret_texts)


def _signature(secret: str, signed: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    return b64encode(hmac.digest(key, signed, "sha256")).decode()
