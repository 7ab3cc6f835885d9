"""Writing a database anew, with nothing in its files but what is in its tables."""

import time
from contextlib import closing

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

from memory_hub.database.time_limits import without_time_limits

PATIENCE = 600.0  # seconds for transactions that are older
BETWEEN = 0.2  # seconds between two looks


class TransactionsOpen(Exception):
    """Transactions of this server, of whichever of its databases, do not end: for them PostgreSQL
    keeps rows that were deleted since they began."""


def rewrite(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Rewrites every table and index; takes as much space again, and meanwhile writers wait, on
    PostgreSQL readers of the table under way too.

    PostgreSQL's own VACUUM leaves in the pages what their free space held. SQLite clears what it
    frees (secure_delete), but not the place from which it moved something to another page before.
    Raises TransactionsOpen.
    """
    with closing(without_time_limits(alias)) as own, own.cursor() as cursor:
        if own.vendor == "sqlite":
            cursor.execute("PRAGMA busy_timeout = 60000")
            cursor.execute("VACUUM")
            return
        cursor.execute("SET lock_timeout = 0")
        _wait_for_older(cursor)
        for table in connections[alias].introspection.table_names():
            cursor.execute(f"VACUUM (FULL, ANALYZE) {own.ops.quote_name(table)}")
        # What the planner noted of the tables before: common values, texts among them.
        cursor.execute("VACUUM FULL pg_catalog.pg_statistic")


def _wait_for_older(cursor: CursorWrapper) -> None:
    """Returns when all transactions that are under way on the server now have ended."""
    cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
    (next_one,) = cursor.fetchone()
    until = time.monotonic() + PATIENCE
    while True:
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::text::xid8", [next_one]
        )
        if cursor.fetchone()[0]:
            return
        if time.monotonic() > until:
            raise TransactionsOpen
        time.sleep(BETWEEN)
