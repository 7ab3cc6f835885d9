"""What reads look at: pages of the database, or steps of SQLite's machine.

Pages are those of statements as they are captured: with HUB_PREPARED_STATEMENTS=0 they have their
values.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

PAGE_BYTES = 4096  # of SQLite
STEPS = 100  # that are counted as one


def pages_of(act: Callable[[], Any]) -> int:
    """Pages that the statements of ``act`` look at."""
    from django.db import connection

    look = _buffers if connection.vendor == "postgresql" else _read
    return sum(map(look, statements_of(act)))


def steps_of(act: Callable[[], Any]) -> int:
    """Steps of SQLite's machine that ``act`` takes, in hundreds: the same ones each time."""
    from django.db import connection

    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(count, STEPS)
    try:
        act()
    finally:
        connection.connection.set_progress_handler(None, STEPS)
    return taken


def milliseconds_of(act: Callable[[], Any]) -> float:
    """Milliseconds that PostgreSQL executes the statements of ``act`` for, without planning."""
    return sum(_explained(sql)["Execution Time"] for sql in statements_of(act))


def statements_of(act: Callable[[], Any]) -> list[str]:
    """The statements with their values."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        act()
    return [one["sql"] for one in captured.captured_queries]


def _buffers(sql: str) -> int:
    found = _explained(sql)["Plan"]
    return found["Shared Hit Blocks"] + found["Shared Read Blocks"]


def _explained(sql: str) -> dict[str, Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}")
        (plan,) = cursor.fetchone()
    return plan[0]


def _read(sql: str) -> int:
    """Of SQLite what a new connection reads of the file: each page at least once."""
    from django.db import connection

    wrapper = connection.copy()
    try:
        with wrapper.cursor() as cursor:
            cursor.execute("PRAGMA mmap_size = 0")
            cursor.execute("SELECT count(*) FROM sqlite_master")
            before = _bytes_read()
            cursor.execute(sql.replace("%", "%%") if "%" in sql else sql)
            cursor.fetchall()
            return round((_bytes_read() - before) / PAGE_BYTES)
    finally:
        wrapper.close()


def _bytes_read() -> int:
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(lines[0].removeprefix("rchar: "))
