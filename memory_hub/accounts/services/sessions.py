"""The end of sessions of pages, which django-allauth lists.

Logging in and out changes no account. Who ends a session from elsewhere shuts out whoever acts as
the person there: that is told.
"""

from collections.abc import Iterable

from allauth.usersessions.models import UserSession
from django.db import transaction

from memory_hub.accounts.events import AccountChanged, AccountKind
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell


@transaction.atomic
def end(session: UserSession, *, by: Identity) -> None:
    """Ends one session of the caller's."""
    session.end()
    tell(AccountChanged(by.actor, by.origin, AccountKind.SESSION_ENDED, by.user_id, by.email))


@transaction.atomic
def sign_out_elsewhere(sessions: Iterable[UserSession], *, by: Identity) -> None:
    """Ends these, all that the caller has beside the one in use, and tells that nobody but who is
    here is to act as this person any more: whoever lets clients in ends them."""
    for one in sessions:
        one.end()
    tell(AccountChanged(by.actor, by.origin, AccountKind.SIGNED_OUT, by.user_id, by.email))
