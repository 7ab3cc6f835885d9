"""Endpoints as Prometheus has them."""

from collections.abc import Iterator

from django.db.models import Count, Min, Sum
from django.utils import timezone

from memory_hub.core.metrics import Family
from memory_hub.journal.models import Entry
from superthread.feed.webhooks.models import State, Webhook


def families() -> Iterator[Family]:
    """Yield how many endpoints there are, how far the last of them is behind, how it goes."""
    counted = Webhook.objects.order_by().values("state", "reason").annotate(count=Count("pk"))
    yield Family(
        "memory_hub_webhooks",
        "gauge",
        "Webhooks, by whether anything is sent to them, and why not.",
        [({"state": one["state"], "reason": one["reason"]}, one["count"]) for one in counted],
    )
    active = Webhook.objects.filter(state=State.ACTIVE)
    yield Family(
        "memory_hub_webhooks_failing",
        "gauge",
        "Active webhooks whose last delivery failed.",
        [({}, active.filter(failures__gt=0).count())],
    )
    yield Family(
        "memory_hub_webhooks_lag_seconds",
        "gauge",
        "Age of the oldest entry of the journal that an active webhook has not been told yet.",
        [({}, _lag(active.aggregate(least=Min("position"))["least"]))],
    )
    totals = Webhook.objects.aggregate(
        delivered=Sum("delivered_total", default=0), failed=Sum("failed_total", default=0)
    )
    yield Family(
        "memory_hub_webhook_deliveries_total",
        "counter",
        "Requests to the webhooks there are, by outcome.",
        [({"outcome": outcome}, count) for outcome, count in totals.items()],
    )


def _lag(position: int | None) -> float:
    if position is None:
        return 0.0
    behind = Entry.objects.filter(position__gt=position).order_by("position")
    at = behind.values_list("at", flat=True).first()
    return max(0.0, (timezone.now() - at).total_seconds()) if at else 0.0
