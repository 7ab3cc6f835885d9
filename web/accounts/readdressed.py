"""Who had an address is told when their account has another one, by whoever's hand."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import get_language

from memory_hub.accounts.events import AccountChanged, AccountKind
from memory_hub.events.telling import hears
from web.accounts import mail


@hears(AccountChanged)
def tell_former(events: Sequence[AccountChanged]) -> None:
    """A mail to the former address, if it was proven: else it may be a stranger's."""
    for event in events:
        if event.kind is AccountKind.ADDRESS and not event.vouched_by and settings.HUB_SENDS_MAIL:
            language = get_language() or settings.LANGUAGE_CODE
            mail.send_address_changed.enqueue(event.former, event.email, language)
