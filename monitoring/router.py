"""Where the statistics live: on SQLite in a file of their own, so that they never wait for memories
and memories never for them; on PostgreSQL in the one database."""

from typing import Any

from django.conf import settings

APP = "monitoring"


def alias() -> str:
    """Return the alias of the database that holds the statistics."""
    return APP if APP in settings.DATABASES else "default"


class MonitoringRouter:
    """Sends this app's models, and nothing else, to their database."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return alias() if model._meta.app_label == APP else None

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return alias() if model._meta.app_label == APP else None

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool | None:
        return None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        if app_label == APP:
            return db == alias()
        return False if db == APP else None
