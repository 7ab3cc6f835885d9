"""Django's migrate, which also migrates the statistics where they have a database of their own."""

from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from monitoring import router


class Command(migrate.Command):
    """One command for both databases: nobody should have to know that there are two."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        # run_syncdb: a test database is being made, and the other one gets its own call.
        both = options["database"] == DEFAULT_DB_ALIAS and not options["run_syncdb"]
        concerned = options["app_label"] in (None, router.APP)
        if both and concerned and router.alias() != DEFAULT_DB_ALIAS:
            super().handle(*args, **{**options, "database": router.alias()})
