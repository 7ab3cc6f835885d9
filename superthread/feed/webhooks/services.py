"""Every write to endpoints, one verb each; each owns its transaction.

``owner_id`` is whose endpoint it must be: the caller's own, or at the admin whoever's it is.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from memory_hub.accounts.models import User
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput, Conflict, NotFound
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell
from memory_hub.jobs.dispatcher import wake
from memory_hub.journal import sequencer
from memory_hub.journal.models import Entry
from superthread.feed import changes
from superthread.feed.webhooks import signing
from superthread.feed.webhooks.events import WebhookChanged, WebhookKind
from superthread.feed.webhooks.models import Reason, State, Webhook
from superthread.feed.webhooks.sending import DeliveryOutcome, Message, host_of, send

MOST = 20  # endpoints of one person
# The secret before is good beside a new one.
FORMER_FOR = timedelta(hours=24)


def beginning(cursor: str | None) -> int:
    """The position that a cursor of the feed stands for; without one, or ``now``, the end of the
    journal. Asked before the transaction. Raises BadInput, CursorGone."""
    if cursor is not None and cursor != changes.NOW:
        return changes.place_of(cursor, pointer="/cursor")
    # What is committed has its position.
    sequencer.sequence(patience_ms=changes.PATIENCE_MS)
    return Entry.newest()


@transaction.atomic
def create(*, position: int, by: Principal, team_keys: Iterable[str] = (), **given: Any) -> Any:
    """A new endpoint of the caller's, told of what stands behind ``position``, and its secret,
    which is told nowhere else. Raises BadInput, Conflict where there are too many."""
    # Locked, so that two at once are counted.
    User.objects.select_for_update().get(pk=by.user_id)
    if Webhook.objects.filter(owner_id=by.user_id).count() >= MOST:
        raise Conflict(f"You have {MOST} webhooks: delete one first.")
    secret = signing.new_secret()
    webhook = Webhook.objects.create(
        owner_id=by.user_id,
        token_id=by.token_id,
        team_ids=_team_ids(team_keys, by),
        secret=signing.stored(secret),
        position=position,
        leaf=changes.leaf_of(position),
        **given,
    )
    _tell(WebhookKind.CREATED, webhook, by)
    transaction.on_commit(wake)
    return webhook, secret


@transaction.atomic
def change(*, webhook_id: int, by: Principal, **fields: Any) -> Webhook:
    """Changes address, description and what is wanted, from the next delivery on. Raises NotFound,
    BadInput."""
    webhook = _locked(webhook_id, by.user_id)
    if "team_keys" in fields:
        fields["team_ids"] = _team_ids(fields.pop("team_keys"), by)
    changed = [name for name, value in fields.items() if getattr(webhook, name) != value]
    if changed:
        _set(webhook, **{name: fields[name] for name in changed})
        _tell(WebhookKind.UPDATED, webhook, by)
    return webhook


@transaction.atomic
def rotate(*, webhook_id: int, by: Principal) -> tuple[Webhook, str]:
    """A new secret, told nowhere else; messages are signed with the one before as well for
    FORMER_FOR. Raises NotFound."""
    webhook = _locked(webhook_id, by.user_id)
    secret = signing.new_secret()
    former = {"former_secret": webhook.secret, "former_until": timezone.now() + FORMER_FOR}
    if webhook.reason == Reason.SECRET:
        # Which nobody can read.
        former = {"former_secret": "", "former_until": None}
    _set(webhook, secret=signing.stored(secret), **former)
    _tell(WebhookKind.ROTATED, webhook, by)
    return webhook, secret


@transaction.atomic
def pause(*, webhook_id: int, owner_id: int, reason: Reason, by: Identity) -> Webhook:
    """Nothing more is sent until it is resumed, from where it is now. Pausing twice is no error.
    Raises NotFound."""
    webhook = _locked(webhook_id, owner_id)
    if webhook.state == State.ACTIVE:
        _set(webhook, state=State.PAUSED, reason=reason, paused_at=timezone.now())
        _tell(WebhookKind.PAUSED, webhook, by)
    return webhook


@transaction.atomic
def resume(
    *, webhook_id: int, owner_id: int, by: Principal, position: int | None = None
) -> Webhook:
    """It is sent again what has happened since it was paused, or since ``position``. Raises
    NotFound; CursorGone where its place is not in the journal any more and none is given."""
    webhook = _locked(webhook_id, owner_id)
    if position is not None:
        _set(webhook, position=position, leaf=changes.leaf_of(position))
    if webhook.state == State.PAUSED:
        if webhook.leaf != changes.leaf_of(webhook.position):
            raise changes.CursorGone("Say from which cursor of /superthread/changes on, or now.")
        # Whoever resumes it stands for it now.
        token_id = by.token_id if by.user_id == webhook.owner_id else None
        at_first = {"failures": 0, "failing_since": None, "next_attempt_at": None}
        running = {"state": State.ACTIVE, "reason": Reason.NONE, "paused_at": None}
        _set(webhook, token_id=token_id, **at_first, **running)
        _tell(WebhookKind.RESUMED, webhook, by)
        transaction.on_commit(wake)
    return webhook


def tried(webhook: Webhook, message: Message) -> DeliveryOutcome:
    """Sends a message now. Raises Conflict where the endpoint's secret cannot be read."""
    from cryptography.fernet import InvalidToken

    try:
        return send(webhook, message)
    except InvalidToken:
        raise Conflict("The secret cannot be read any more: rotate it.") from None


@transaction.atomic
def note_trial(
    *, webhook_id: int, message: Message, outcome: DeliveryOutcome, by: Principal
) -> None:
    """Writes down that a test was sent. Raises NotFound."""
    webhook = _locked(webhook_id, by.user_id)
    outcome.attempt(webhook, message).save()
    _tell(WebhookKind.TESTED, webhook, by)


@transaction.atomic
def delete(*, webhook_id: int, owner_id: int, by: Identity) -> None:
    """Nothing more is sent, for good. Raises NotFound."""
    webhook = _locked(webhook_id, owner_id)
    _tell(WebhookKind.DELETED, webhook, by)
    webhook.delete()


def of(owner_id: int) -> Sequence[Webhook]:
    """A person's endpoints, newest first."""
    return Webhook.objects.filter(owner_id=owner_id).order_by("-pk")


def one(webhook_id: int, owner_id: int) -> Webhook:
    """Raises NotFound for one that is not this person's."""
    return _found(Webhook.objects.filter(pk=webhook_id, owner_id=owner_id).first())


def _locked(webhook_id: int, owner_id: int) -> Webhook:
    mine = Webhook.objects.select_for_update().filter(pk=webhook_id, owner_id=owner_id)
    return _found(mine.first())


def _found(webhook: Webhook | None) -> Webhook:
    if webhook is None:
        raise NotFound("You have no such webhook.")
    return webhook


def _set(webhook: Webhook, **values: Any) -> None:
    """Writes these columns: others are the courier's."""
    for name, value in values.items():
        setattr(webhook, name, value)
    webhook.save(update_fields=list(values))


def _team_ids(keys: Iterable[str], by: Principal) -> list[int]:
    """Raises BadInput for a team that is not the caller's."""
    places = [by.team(key) for key in keys]
    if None in places:
        raise BadInput.at("/team_keys", "unknown-team", "You are in no team with this key.")
    return sorted({place.team_id for place in places if place})


def _tell(kind: WebhookKind, webhook: Webhook, by: Identity) -> None:
    tell(
        WebhookChanged(
            *(by.actor, by.origin, kind),
            *(webhook.pk, webhook.owner_id, host_of(webhook), webhook.reason),
        )
    )
