from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate, pre_migrate

from memory_hub.core.features import Features


class JournalConfig(AppConfig):
    """The journal as an app: its tables, and what numbers and seals it."""

    name = "memory_hub.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"
    features = Features(
        jobs=(
            "memory_hub.journal.keeper.KEEP",
            "memory_hub.journal.accesses.COUNT_READS",
            "memory_hub.journal.retention.PRUNE_JOURNAL",
        ),
        metrics=("memory_hub.journal.metrics.families",),
        order=910,
    )

    def ready(self) -> None:
        from memory_hub.caching.invalidation import untold
        from memory_hub.journal import keeper, unattributed
        from memory_hub.journal.append import appended

        appended.connect(keeper.note)
        # In tests it is an error of the request or command that did it.
        if settings.HUB_ENVIRONMENT != "test":
            untold.connect(keeper.note_untold)
        pre_migrate.connect(unattributed.begin_migrating)
        post_migrate.connect(unattributed.end_migrating)
