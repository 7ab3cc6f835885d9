"""Django's ``migrate``, one at a time for each database."""

from typing import Any

from django.core.management.commands import migrate

from memory_hub.database.exclusive import one_at_a_time


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        """As Django's; whoever comes meanwhile waits, and then finds nothing left to do."""
        with one_at_a_time(options["database"]):
            return super().handle(*args, **options)
