"""Delivering to one endpoint: what stands behind its place, one entry after the other.

What it is told is judged right before it is sent, by the gate, with the rights that its owner has
then. An entry is done when the receiver took it: its place moves on in the same transaction that
writes down the attempt, and only by the process that has the office.
"""

import random
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F
from django.utils import timezone

from memory_hub.accounts.principal import Principal, principal_of
from memory_hub.core.errors import NotFound
from memory_hub.core.identity import HUB
from memory_hub.database.resting import rest
from memory_hub.journal.models import Entry
from superthread.feed import changes
from superthread.feed.webhooks import sending, services
from superthread.feed.webhooks.models import Office, Reason, State, Webhook
from superthread.feed.webhooks.sending import DeliveryOutcome, Message
from superthread.feed.webhooks.wanted import told

# Entries that are looked at for the next one that is wanted.
LOOK = 20
GIVEN_UP_AFTER = timedelta(days=3)
# Of a pause: at random so much longer, for many not to come back at once.
LATER = 0.1


class Looked(NamedTuple):
    """From the place ``since`` there is nothing for an endpoint up to ``until``. The row follows
    now and then: a write for each entry that is not for it would be too many."""

    since: int
    until: int

    def behind(self, position: int) -> int:
        """Up to where nothing is for an endpoint that is at this position."""
        return max(position, self.until) if position == self.since else position


NOWHERE = Looked(-1, -1)


class Delivery:
    """Deliveries to the endpoint with this key by the holder of the office with the number
    ``run``."""

    def __init__(self, pk: int, run: int, looked: Looked = NOWHERE) -> None:
        self.pk, self.run, self.looked = pk, run, looked

    def step(self) -> bool:
        """Deliver the next entry; whether there may be another one to deliver now.

        Raises django.db.Error.
        """
        webhook = Webhook.objects.select_related("owner", "token").filter(pk=self.pk).first()
        if webhook is None or not is_due(webhook, timezone.now()):
            return False
        reason = _end(webhook)
        if reason:
            self._pause(webhook, reason)
            return False
        found = self._next(webhook)
        if found is None:
            return False
        message, entry = found
        # Waiting for the receiver takes no connection.
        rest()
        try:
            outcome = sending.send(webhook, message)
        except InvalidToken:
            self._pause(webhook, Reason.SECRET)
            return False
        return self._noted(webhook, entry, message, outcome)

    def _next(self, webhook: Webhook) -> tuple[Message, Entry] | None:
        """The next message; None where there is nothing more to tell now."""
        by = _owner(webhook)
        after = self.looked.behind(webhook.position)
        while True:
            found, looked = changes.told_after(after, by=by, limit=LOOK)
            for entry, change in found:
                wanted = told(webhook, entry, change, by)
                if wanted is not None:
                    return sending.message_of(entry, wanted), entry
            self.looked = Looked(webhook.position, looked)
            if looked == after or looked >= Entry.newest():
                return None
            after = looked

    def write_place(self) -> None:
        """Write down up to where there was nothing for it."""
        since, until = self.looked
        if until > since:
            same = Webhook.objects.filter(pk=self.pk, position=since)
            self._mine(same).update(position=until, leaf=changes.leaf_of(until))

    @transaction.atomic
    def _noted(
        self, webhook: Webhook, entry: Entry, message: Message, outcome: DeliveryOutcome
    ) -> bool:
        same = Webhook.objects.filter(pk=webhook.pk, position=webhook.position)
        values = _success(entry, outcome) if outcome.is_success else _failure(webhook, outcome)
        if not self._mine(same).update(**values):
            # Another process delivers, or its owner has sent it elsewhere meanwhile.
            return False
        outcome.attempt(webhook, message).save()
        if outcome.status == sending.GONE:
            self._pause(webhook, Reason.GONE)
        elif not outcome.is_success and _has_failed_for_long(webhook, outcome):
            self._pause(webhook, Reason.FAILING)
        return outcome.is_success

    def _mine(self, rows: Any) -> Any:
        return rows.filter(Exists(Office.objects.filter(run=self.run)))

    def _pause(self, webhook: Webhook, reason: Reason) -> None:
        try:
            services.pause(webhook_id=webhook.pk, owner_id=webhook.owner_id, reason=reason, by=HUB)
        except NotFound:
            # Deleted meanwhile.
            return


def is_due(webhook: Webhook, now: datetime) -> bool:
    """Whether it may be told something now."""
    if webhook.state != State.ACTIVE:
        return False
    return webhook.next_attempt_at is None or webhook.next_attempt_at <= now


def _end(webhook: Webhook) -> Reason | None:
    """Why it is told nothing more, if that is so."""
    if not webhook.owner.is_active:
        return Reason.INACTIVE
    if webhook.token is not None and webhook.token.revoked_at is not None:
        return Reason.REVOKED
    if webhook.leaf != changes.leaf_of(webhook.position):
        return Reason.CURSOR
    return None


def _owner(webhook: Webhook) -> Principal:
    """Its owner with the rights of now."""
    return principal_of(webhook.owner, "command", HUB.origin)


def _has_failed_for_long(webhook: Webhook, outcome: DeliveryOutcome) -> bool:
    since = webhook.failing_since
    return since is not None and outcome.at - since >= GIVEN_UP_AFTER


def _success(entry: Entry, outcome: DeliveryOutcome) -> dict[str, Any]:
    return {
        "position": entry.position,
        "leaf": changes.leaf_of(entry.position),
        "failures": 0,
        "failing_since": None,
        "next_attempt_at": None,
        "last_success_at": outcome.at,
        "delivered_total": F("delivered_total") + 1,
    }


def _failure(webhook: Webhook, outcome: DeliveryOutcome) -> dict[str, Any]:
    pauses = settings.HUB_WEBHOOK_RETRIES
    pause = pauses[min(webhook.failures, len(pauses) - 1)]
    pause = max(pause * (1 + LATER * random.random()), outcome.retry_after)  # noqa: S311 - no secret
    return {
        "failures": webhook.failures + 1,
        "failing_since": webhook.failing_since or outcome.at,
        "next_attempt_at": timezone.now() + timedelta(seconds=pause),
        "failed_total": F("failed_total") + 1,
    }
