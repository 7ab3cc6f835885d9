"""What a restored hub does not do by itself: call the receivers of the hub it is a copy of."""

from django.db import connection
from django.utils import timezone

from superthread.feed.webhooks.models import Reason, State, Webhook


def pause_all() -> str:
    """Pauses all endpoints; what is to be said of it, empty for nothing. The database may be of a
    version without any, and has no tables of later ones: nothing is told of it."""
    if Webhook._meta.db_table not in connection.introspection.table_names():
        return ""
    active = Webhook.objects.filter(state=State.ACTIVE)
    paused = {"state": State.PAUSED, "reason": Reason.RESTORED, "paused_at": timezone.now()}
    count = active.update(**paused)
    return f"Webhooks paused until they are resumed: {count}." if count else ""
