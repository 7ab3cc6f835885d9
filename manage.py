#!/usr/bin/env python
"""Runs a management command of Memory Hub."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError


def main() -> None:
    """Ends with one line where a setting is wrong or the database is away.

    Both are for whoever starts the hub to put right; ``--traceback`` shows where it was noticed.
    """
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, OperationalError) as error:
        if "--traceback" in sys.argv:
            raise
        away = isinstance(error, OperationalError)
        sys.exit(f"The database: {error}".strip() if away else str(error))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memory_hub.settings")
    # Migrations, imports and backups take their time; the limits are for requests.
    os.environ.setdefault("HUB_STATEMENT_TIMEOUT", "0")
    os.environ.setdefault("HUB_IDLE_TRANSACTION_TIMEOUT", "0")
    main()
