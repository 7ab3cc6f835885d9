"""What ends with an account, or with its password: the clients that were let in with it."""

from collections.abc import Sequence

from integrations.oauth import services
from memory_hub.accounts.events import AccountChanged, AccountKind
from memory_hub.events.telling import hears

# Whoever knew the password may have let in a client of their own.
ENDING = (AccountKind.PASSWORD, AccountKind.DEACTIVATED, AccountKind.SIGNED_OUT)


@hears(AccountChanged)
def follow(events: Sequence[AccountChanged]) -> None:
    """Ends the connections of accounts whose password is another now, whose person ended all other
    sessions, or that are shut out."""
    for event in events:
        if event.kind in ENDING:
            services.end_all([event.user_id], by=event.by)
