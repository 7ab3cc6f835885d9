"""How long a write waits for other writers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def waiting_at_most(seconds: float, connection: Any) -> Iterator[None]:
    """A block whose writes to SQLite, which has one writer at a time, wait no longer for another.

    Elsewhere only writers of the same row wait for each other.
    """
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    raw = connection.connection
    (usual,) = raw.execute("PRAGMA busy_timeout").fetchone()
    raw.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")
    connection.patience = seconds
    try:
        yield
    finally:
        connection.patience = None
        raw.execute(f"PRAGMA busy_timeout = {usual}")
