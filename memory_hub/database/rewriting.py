"""Writing a database anew, with nothing in its files but what is in its tables."""

from contextlib import closing

from django.db import DEFAULT_DB_ALIAS, connections

from memory_hub.database.time_limits import without_time_limits


def rewrite(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Rewrites every table and index; takes as much space again, and meanwhile writers wait, on
    PostgreSQL readers of the table under way too.

    PostgreSQL's own VACUUM leaves in the pages what their free space held. SQLite clears what it
    frees (secure_delete), but not the place from which it moved something to another page before.
    """
    with closing(without_time_limits(alias)) as own, own.cursor() as cursor:
        if own.vendor == "sqlite":
            cursor.execute("PRAGMA busy_timeout = 60000")
            cursor.execute("VACUUM")
            return
        cursor.execute("SET lock_timeout = 0")
        for table in connections[alias].introspection.table_names():
            cursor.execute(f"VACUUM (FULL, ANALYZE) {own.ops.quote_name(table)}")
        # What the planner noted of the tables before: common values, texts among them.
        cursor.execute("VACUUM FULL pg_catalog.pg_statistic")
