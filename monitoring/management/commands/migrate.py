"""Django's migrate, one at a time for each database, and for that of the statistics too."""

from contextlib import ExitStack
from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.recorder import MigrationRecorder

from memory_hub.database.exclusive import one_at_a_time
from memory_hub.database.online import a_turn
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
        with one_at_a_time(options["database"]), ExitStack() as turns:
            self._turns = turns if _may_serve(options["database"]) else None
            super().handle(*args, **options)

    def migration_progress_callback(self, action: str, *args: Any, **kwargs: Any) -> None:
        """As Django's; each migration is a turn."""
        super().migration_progress_callback(action, *args, **kwargs)
        if self._turns is None:
            return
        if action in ("apply_start", "unapply_start"):
            self._turns.enter_context(a_turn())
        elif action in ("apply_success", "unapply_success"):
            self._turns.close()


def _may_serve(alias: str) -> bool:
    """Whether somebody may write while it is migrated: to a SQLite that has been migrated before.
    Who starts with an empty one need not wait."""
    connection = connections[alias]
    is_sqlite = connection.vendor == "sqlite" and alias == DEFAULT_DB_ALIAS
    return is_sqlite and bool(MigrationRecorder(connection).applied_migrations())
