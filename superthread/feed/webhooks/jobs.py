"""What runs for endpoints: nothing, and what delivers is not imported, until there is one."""

from datetime import time, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from memory_hub.jobs.declared import Job, WorkerJob
from memory_hub.jobs.on_demand import OnDemand
from superthread.feed.webhooks.models import Attempt, Webhook

ATTEMPTS_FOR = timedelta(days=30)
# Rows of a transaction: on SQLite all writers wait for it.
AT_ONCE = 500


def _is_anybody_there() -> bool:
    with connection.cursor() as cursor:
        # As the look for what is due: no ORM in a worker at rest.
        cursor.execute("SELECT 1 FROM webhooks_endpoint WHERE state = 'active' LIMIT 1")
        return cursor.fetchone() is not None


delivering = OnDemand("superthread.feed.webhooks.courier.courier", is_wanted=_is_anybody_there)


def forget_attempts() -> int:
    """Deletes old attempts, and those of endpoints that are no more; how many went."""
    webhooks = Webhook.objects.filter(pk=OuterRef("webhook_id"))
    old = Q(at__lt=timezone.now() - ATTEMPTS_FOR) | ~Exists(webhooks)
    behind, gone = 0, 0
    while found := _next_of(Attempt.objects.filter(old, pk__gt=behind)):
        gone += Attempt.objects.filter(pk__in=found).delete()[0]
        behind = found[-1]
    return gone


def _next_of(attempts: QuerySet[Attempt]) -> list[int]:
    return list(attempts.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


DELIVER = WorkerJob(
    name="webhooks",
    help="Delivers what happens to the webhooks of those who may see it.",
    loop=delivering.loop,
    on_demand=True,
    look=delivering.look,
)
FORGET_ATTEMPTS = Job(
    name="forget_webhook_attempts",
    help="Deletes attempts to deliver to webhooks that are 30 days old.",
    run=forget_attempts,
    at=time(3, 50),
)
