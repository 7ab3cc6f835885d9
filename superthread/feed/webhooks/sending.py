"""One request to an endpoint."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

import orjson
from django.conf import settings
from django.utils import timezone

from memory_hub.core.errors import BadInput
from memory_hub.core.random_ids import random_id
from memory_hub.core.text import rfc3339
from memory_hub.http import outgoing
from memory_hub.journal import hashing
from memory_hub.journal.models import Entry
from superthread.feed.webhooks.models import Attempt, Webhook
from superthread.feed.webhooks.signing import signatures, valid_secrets

SECONDS = 10.0  # for the whole request
# Seconds that a receiver may ask to be left alone.
LONGEST_ASKED = 6 * 3600
TEST = "webhook.test"
GONE = 410


class Message(NamedTuple):
    """What is sent: the same id on every attempt, the content as it is told now."""

    id: str
    kind: str
    body: bytes
    position: int | None


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """How a request went; ``status`` None: nothing was answered, for the reason ``error``."""

    at: datetime
    status: int | None
    error: str
    duration_ms: int
    retry_after: int = 0  # seconds

    @property
    def is_success(self) -> bool:
        """Whether the receiver has taken it."""
        return self.status is not None and 200 <= self.status < 300

    def attempt(self, webhook: Webhook, message: Message) -> Attempt:
        """The row that tells of it."""
        return Attempt(
            webhook_id=webhook.pk,
            at=self.at,
            position=message.position,
            message_id=message.id,
            kind=message.kind,
            status=self.status,
            error=self.error,
            duration_ms=self.duration_ms,
        )


def message_of(entry: Entry, change: Mapping[str, Any]) -> Message:
    """The message about an entry. Its id is made of the entry's hash: after a restore another one
    may have the position."""
    said = [getattr(entry, name) for name in hashing.SAID]
    return _message(f"msg_{hashing.leaf(said).hex()}", change, entry.position)


def trial() -> Message:
    """A message about nothing, to see whether the receiver takes it."""
    return _message(f"msg_{random_id(16)}", {"type": TEST, "at": rfc3339(timezone.now())}, None)


def _message(message_id: str, change: Mapping[str, Any], position: int | None) -> Message:
    told = {"type": change["type"], "timestamp": change["at"], "data": change}
    return Message(message_id, change["type"], orjson.dumps(told), position)


def checked_url(text: str) -> str:
    """The address, if it may be one of an endpoint. Raises BadInput. What its host is called in the
    DNS is looked at with every request."""
    detail = "An address such as https://example.com/hook is expected."
    refused = BadInput.at("/url", "bad-url", detail)
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        raise refused from None
    plain = text.isascii() and text.isprintable() and not set(text) & set(' \\"<>^`{|}')
    known = ("https", "http") if settings.HUB_WEBHOOK_PRIVATE else ("https",)
    if not plain or url.scheme not in known or not url.hostname or "@" in url.netloc or "#" in text:
        raise refused
    if not settings.HUB_WEBHOOK_PRIVATE and _is_private(url):
        raise BadInput.at("/url", "private-address", "The address is not one on the internet.")
    return text


def _is_private(url: SplitResult) -> bool:
    try:
        return not outgoing.is_public(str(url.hostname))
    except ValueError:
        return False  # a name


def host_of(webhook: Webhook) -> str:
    """The host of an endpoint: of its address no more is told anywhere but to its owner."""
    return urlsplit(webhook.url).hostname or ""


def send(webhook: Webhook, message: Message) -> DeliveryOutcome:
    """Sends the message to the endpoint. Raises cryptography.fernet.InvalidToken where its secret
    cannot be read; whatever the receiver does is an outcome."""
    now = timezone.now()
    seconds = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signatures(
            valid_secrets(webhook, now), message.id, seconds, message.body
        ),
    }
    began = time.monotonic()
    status, error, retry_after = None, "", 0
    try:
        answer = outgoing.send(
            "POST",
            urlsplit(webhook.url),
            seconds=SECONDS,
            headers=headers,
            body=message.body,
            private=settings.HUB_WEBHOOK_PRIVATE,
        )
        status, retry_after = answer.status, _seconds_of(answer.headers.get("Retry-After", ""))
    except outgoing.Unreachable as problem:
        error = str(problem)
    return DeliveryOutcome(
        now, status, error, round((time.monotonic() - began) * 1000), retry_after
    )


def _seconds_of(text: str) -> int:
    return min(int(text), LONGEST_ASKED) if text.isdecimal() and len(text) < 10 else 0
