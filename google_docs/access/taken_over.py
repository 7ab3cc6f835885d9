"""What ends when the owner of an address takes an account over from whoever had made it."""

from collections.abc import Sequence
from functools import partial

from django.db import transaction

from google_docs.models import Connection
from memory_hub.accounts.events import AccountChanged, AccountKind
from memory_hub.events.telling import hears


@hears(AccountChanged)
def follow(events: Sequence[AccountChanged]) -> None:
    """Forgets the account's connection: what its owner saves would go into somebody else's Google
    account."""
    taken = {event.user_id: event for event in events if event.kind is AccountKind.TAKEN_OVER}
    for connection in Connection.objects.filter(user__in=taken) if taken else ():
        _forget(connection, taken[connection.user_id])


def _forget(connection: Connection, event: AccountChanged) -> None:
    from google_docs.access import consent

    locked = consent.forget(connection, by=event.by)
    if locked:
        # Google is not waited for in a transaction.
        transaction.on_commit(partial(consent.revoke, locked), robust=True)
