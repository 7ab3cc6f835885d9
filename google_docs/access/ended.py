"""Connections that end with what had them: an account or a team that is deleted, or an account that
the owner of its address takes over from whoever had made it."""

from collections.abc import Sequence

from django.db.models import Q
from django_tasks import task

from google_docs.models import Connection
from memory_hub.accounts.events import AccountChanged, AccountKind, TeamChanged, TeamKind
from memory_hub.core.identity import Identity
from memory_hub.events.telling import hears

Ended = AccountChanged | TeamChanged
# After a takeover, what the owner saves would go into somebody else's Google account.
ENDING = (AccountKind.TAKEN_OVER, AccountKind.DELETED, TeamKind.DELETED)


@hears(AccountChanged, TeamChanged)
def follow(events: Sequence[Ended]) -> None:
    """Forgets the connection, and has Google take the consent back."""
    for event in events:
        if event.kind in ENDING:
            for connection in Connection.objects.filter(_held(event)):
                _forget(connection, event)


def _held(event: Ended) -> Q:
    return Q(team=event.team.id) if isinstance(event, TeamChanged) else Q(user=event.user_id)


def _forget(connection: Connection, event: Ended) -> None:
    from google_docs.access import consent

    actor = event.actor
    by = Identity(actor.user_id or 0, "", frozenset(), token_id=actor.token_id, origin=event.origin)
    locked = consent.forget(connection, by=by)
    if locked:
        take_back.enqueue(locked, connection.permission_id)


@task(max_attempts=20)
def take_back(locked_token: str, permission_id: str) -> None:
    """Has Google take back the consent of a connection that is forgotten, unless the same account
    has been connected anew meanwhile: it would end, too. Raises RuntimeError, to be tried again."""
    from google_docs.access import consent

    again = Connection.objects.filter(permission_id=permission_id).exists()
    if not again and not consent.revoke(locked_token):
        raise RuntimeError("Google has not taken a consent back.")
