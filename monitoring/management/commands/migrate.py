"""Django's migrate, one at a time for each database, and for that of the statistics too."""

from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from memory_hub.database.exclusive import one_at_a_time
from monitoring import router


class Command(migrate.Command):
    """One command for both databases: nobody should have to know that there are two."""

    def handle(self, *args: Any, **options: Any) -> None:
        """As Django's; whoever comes meanwhile waits, and then finds nothing left to do."""
        self._migrate(*args, **options)
        # run_syncdb: a test database is being made, and the other one gets its own call.
        both = options["database"] == DEFAULT_DB_ALIAS and not options["run_syncdb"]
        concerned = options["app_label"] in (None, router.APP)
        if both and concerned and router.alias() != DEFAULT_DB_ALIAS:
            self._migrate(*args, **{**options, "database": router.alias()})

    def _migrate(self, *args: Any, **options: Any) -> None:
        with one_at_a_time(options["database"]):
            super().handle(*args, **options)
