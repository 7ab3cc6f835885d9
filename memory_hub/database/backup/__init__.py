"""Backups of the database: one file, made while the hub serves, that can prove itself.

``archive`` is the file, ``fingerprint`` the hash of every table's rows, ``sqlite`` and
``postgresql`` know how each database is dumped and loaded. The commands backup, restore and
verify_backup are the doors.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import psycopg2
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import Error

from memory_hub.database.backup import postgresql, sqlite
from memory_hub.database.backup.archive import BackupError

_ENGINES = {"sqlite": sqlite, "postgresql": postgresql}


@contextmanager
def failures_told() -> Iterator[None]:
    """What the operator has to see to, as a CommandError: its words, and no traceback."""
    try:
        yield
    except (BackupError, OSError, ImproperlyConfigured) as error:
        raise CommandError(str(error)) from error
    except (Error, sqlite3.Error, psycopg2.Error) as error:
        raise CommandError(f"The database: {error}".strip()) from error


def engine(vendor: str) -> ModuleType:
    """The module for Django's ``connection.vendor``, or for a manifest's ``engine``."""
    if vendor not in _ENGINES:
        raise BackupError(f"This is a backup of a database the hub does not know: {vendor}.")
    return _ENGINES[vendor]


def compare(expected: dict[str, Any], found: dict[str, Any]) -> None:
    """Raise BackupError naming the tables whose rows differ."""
    different = sorted(
        table for table in expected | found if expected.get(table) != found.get(table)
    )
    if different:
        raise BackupError(f"Rows differ from those at the snapshot in: {', '.join(different)}.")
