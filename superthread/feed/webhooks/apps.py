from django.apps import AppConfig

from memory_hub.core.features import Features, SideBarItem
from memory_hub.events.order import Stage


class WebhooksConfig(AppConfig):
    """Endpoints as an app: their tables and what delivers. Their routes are among those of the
    memories."""

    name = "superthread.feed.webhooks"
    label = "webhooks"
    verbose_name = "Webhooks"
    default_auto_field = "django.db.models.BigAutoField"
    features = Features(
        subscribers={Stage.RECORD: ("superthread.feed.webhooks.recorded.record",)},
        jobs=(
            "superthread.feed.webhooks.jobs.DELIVER",
            "superthread.feed.webhooks.jobs.FORGET_ATTEMPTS",
        ),
        metrics=("superthread.feed.webhooks.metrics.families",),
        after_restore=("superthread.feed.webhooks.restored.pause_all",),
        side_bar=(SideBarItem("Memories", "Webhooks", "webhook", model="webhooks.webhook"),),
        order=11,
    )
