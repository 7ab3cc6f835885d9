#!/usr/bin/env python
"""Runs a management command of Memory Hub."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError


def main() -> None:
    """Ends with one line where a setting is wrong or the database is away.

    Both are for whoever starts the hub to put right; ``--traceback`` shows where it was noticed.
    """
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv:
            raise
        if is_missing(error):
            sys.exit(NO_HUB.format(where=where(), command=" ".join(sys.argv[1:2])))
        if isinstance(error, ProgrammingError):
            raise
        away = isinstance(error, OperationalError)
        sys.exit(f"The database: {error}".strip() if away else str(error))


def is_missing(error: Exception) -> bool:
    """Whether the database has none of the tables: it is nobody's, or was never migrated."""
    code = getattr(error.__cause__, "pgcode", None)  # SQLSTATE
    return "no such table" in str(error) or code == "42P01"


def where() -> str:
    """Which database that is, in words that hold no password."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        return f"in {settings.DATA_DIR} (HUB_DATA_DIR)"
    return f"in the database {database['NAME']} of {database['HOST'] or 'this host'} (DATABASE_URL)"


NO_HUB = (
    "There is no hub {where}, or not one of this version. Give {command} the HUB_DATA_DIR and the "
    "DATABASE_URL that the server has; for a new hub or a new version: manage.py migrate."
)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memory_hub.settings")
    # Migrations, imports and backups take their time; the limits are for requests.
    os.environ.setdefault("HUB_STATEMENT_TIMEOUT", "0")
    os.environ.setdefault("HUB_IDLE_TRANSACTION_TIMEOUT", "0")
    main()
