"""Who has a webhook is told when somebody else paused it: the hub itself, or an operator."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import get_language

from memory_hub.events.telling import hears
from superthread.feed.webhooks.events import WebhookChanged, WebhookKind
from web.accounts import mail


@hears(WebhookChanged)
def tell_owner(events: Sequence[WebhookChanged]) -> None:
    """A mail to the owner's address. Whose account is not active any more is told nothing."""
    for event in events:
        is_their_own = event.actor.user_id == event.user_id
        if event.kind is WebhookKind.PAUSED and not is_their_own and settings.HUB_SENDS_MAIL:
            language = get_language() or settings.LANGUAGE_CODE
            mail.send_webhook_paused.enqueue(event.user_id, event.host, event.reason, language)
