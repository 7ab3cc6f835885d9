"""What one process does at a time, over processes and hosts: who makes or migrates a database waits
for the other, who indexes all of it anew is told.

PostgreSQL: an advisory lock of a transaction on a connection of its own, which a pooler in between
keeps together as well. SQLite: a lock on a file beside the database. Either goes when its process
does.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from django.db import connections

from memory_hub.database.postgresql import pooler

MIGRATING = 0x4D48_4D47  # the number of the advisory lock
# Seconds until one that waits asks again.
PAUSE = 0.2
_held: ContextVar[frozenset[str]] = ContextVar("held", default=frozenset())


@contextmanager
def one_at_a_time(alias: str) -> Iterator[None]:
    """A block in which nobody else is, for the database of the alias; waits for whoever is.

    Within another one of the same alias it is that one.
    """
    held = _held.get()
    connection = connections[alias]
    if alias in held:
        lock: Any = nullcontext()
    elif connection.vendor == "postgresql":
        lock = _advisory_lock(connection)
    else:
        lock = _file_lock(Path(f"{connection.settings_dict['NAME']}-migrate"))
    with lock:
        token = _held.set(held | {alias})
        try:
            yield
        finally:
            _held.reset(token)


@contextmanager
def alone(alias: str, name: str, number: int) -> Iterator[bool]:
    """A block that tells whether nobody else is in one of this name, for the database of the alias;
    ``number`` is that of its advisory lock."""
    connection = connections[alias]
    if connection.vendor == "postgresql":
        with _own_connection(connection) as own:
            yield _is_taken(own, number)
        return
    with Path(f"{connection.settings_dict['NAME']}-{name}").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _own_connection(connection: Any) -> Iterator[Any]:
    with connection.wrap_database_errors:
        made = pooler.connect(connection.get_connection_params())
    with closing(made) as own:
        yield own


@contextmanager
def _advisory_lock(connection: Any) -> Iterator[None]:
    with _own_connection(connection) as own:
        # Asked again and again, each time in a transaction of its own: an index that is built
        # beside writers waits for every statement under way, for one that waits here as well.
        while not _is_taken(own, MIGRATING):
            own.rollback()
            time.sleep(PAUSE)
        yield


def _is_taken(own: Any, number: int) -> bool:
    """Whether the lock was to be had; it is held to the end of the transaction."""
    with own.cursor() as cursor:
        # It does nothing for as long as the block takes.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return cursor.fetchone()[0]


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
