"""How the connections of a database are doing, in this process."""

import sys
from typing import Any, TextIO

from django.db import DEFAULT_DB_ALIAS, connections

# What a database without a pool answers for the numbers of one: there are none.
_NO_POOL = dict.fromkeys(("size", "checked_in", "checked_out", "overflow", "waiting"))


def get_pool_stats(alias: str = DEFAULT_DB_ALIAS) -> dict[str, Any]:
    """The pool of a database: type, sizes, connections in and out, waiting, totals, seconds.

    Of this process alone: every worker has its own pool. ``type`` is QueuePool, or why there is no
    pool: SQLite or Unpooled, and then the numbers of a pool are None. Makes no connection.
    """
    connection = connections[alias]
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return {
            "type": "SQLite",
            **_NO_POOL,
            "detail": "a file opened once per thread; there is nothing to pool",
            "busy_timeout_s": settings["OPTIONS"].get("timeout", 5),
        }
    if "POOL" not in settings:
        return {
            "type": "Unpooled",
            **_NO_POOL,
            "detail": "a connection per thread, kept open for conn_max_age_s",
            "conn_max_age_s": settings["CONN_MAX_AGE"],
        }
    # Here, not above: a hub on SQLite has no use for SQLAlchemy.
    from memory_hub.database.postgresql.base import existing_pool

    pool = existing_pool(alias)
    if pool is not None:
        return {"type": "QueuePool", **pool.statistics()}
    return {"type": "QueuePool", **_unused(settings["POOL"])}


def print_pool_stats(
    alias: str = DEFAULT_DB_ALIAS, label: str = "", file: TextIO | None = None
) -> None:
    """Print the statistics of a pool on one line each, under a label, to standard output or a
    ``file``: for a shell or a script."""
    lines = [f"{label or 'Database pool'} ({alias})"]
    lines += [f"  {name:<20} {value}" for name, value in get_pool_stats(alias).items()]
    (file or sys.stdout).write("\n".join(lines) + "\n")


def _unused(options: dict[str, Any]) -> dict[str, Any]:
    """A pool that nobody has asked for a connection yet."""
    from memory_hub.database.pool import ConnectionPool

    return ConnectionPool(lambda: None, **options).statistics()
