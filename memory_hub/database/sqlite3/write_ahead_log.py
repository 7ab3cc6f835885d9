"""Emptying SQLite's log: what was deleted stands in it until it is written over."""

import time
from typing import Any

from django.db import connections

# Seconds in which readers let go of it, and between two looks.
PATIENCE, PAUSE = 5.0, 0.1


def emptied(alias: str) -> bool:
    """Whether the log of the database could be emptied: all that is in it is written to the file,
    and its bytes are given back.

    Writers wait only for what was written since the moment before. Whoever has read for long keeps
    the log: then False.
    """
    # Of its own: with the settings of the others it would wait as long as a writer may.
    own = connections.create_connection(alias)
    try:
        with own.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 0")
            until = time.monotonic() + PATIENCE
            while not _emptied(cursor):
                if time.monotonic() > until:
                    return False
                time.sleep(PAUSE)
        return True
    finally:
        own.close()


def _emptied(cursor: Any) -> bool:
    # The long part, beside writers.
    cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    is_busy, _, _ = cursor.fetchone()
    return not is_busy
