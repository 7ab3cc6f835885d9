"""The Django application ``monitoring``."""

from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate

from monitoring import router


class MonitoringConfig(AppConfig):
    """Connects the timing of queries and the migration of the second database."""

    name = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from monitoring import queries

        queries.connect()
        post_migrate.connect(migrate_statistics, sender=self)


def migrate_statistics(using: str, verbosity: int, **kwargs: Any) -> None:
    """Migrate the statistics' own database together with the main one: one command for both."""
    if using == DEFAULT_DB_ALIAS and router.alias() != using:
        call_command("migrate", database=router.alias(), verbosity=verbosity, interactive=False)
