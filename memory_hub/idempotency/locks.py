"""One request per key at a time, over threads, processes and, with PostgreSQL, hosts.

PostgreSQL: an advisory lock of the transaction; the server drops it when the connection ends.
SQLite: its transactions wait for each other, and a twin would find out only after waiting. So the
twin is met before: a lock on one byte of a file beside the database, the byte's place being the
number. The kernel drops such locks when their process dies, so a crash leaves none behind. They
belong to the process, not to the thread: among its threads, a set decides.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from memory_hub.idempotency.errors import TwinInFlight


@contextmanager
def alone(number: int) -> Iterator[None]:
    """A transaction in which nobody else works on the number. Raises TwinInFlight."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            _take_advisory_lock(number)
            yield
    else:
        # The lock goes after the commit: whoever gets it next must see what was written.
        with byte_locks().holding(number), transaction.atomic():
            yield


def _take_advisory_lock(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise _in_flight()


def _in_flight() -> TwinInFlight:
    return TwinInFlight("Ask again in a moment for its answer.")


class ByteLocks:
    """Locks on single bytes of a file, which stays empty: locks may lie behind its end.

    One per process and file: closing any descriptor of the file would drop the process's locks.
    """

    def __init__(self, path: Path):
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._mutex = threading.Lock()
        self._held: set[int] = set()

    @contextmanager
    def holding(self, number: int) -> Iterator[None]:
        """Holds the lock meanwhile. Raises TwinInFlight where somebody else does."""
        self._take(number)
        try:
            yield
        finally:
            with self._mutex:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, number)
                self._held.discard(number)

    def _take(self, number: int) -> None:
        with self._mutex:
            if number in self._held:
                raise _in_flight()
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
            except (BlockingIOError, PermissionError) as error:
                raise _in_flight() from error
            self._held.add(number)


_locks: dict[tuple[int, Path], ByteLocks] = {}
_making = threading.Lock()


def byte_locks() -> ByteLocks:
    """This process's locks for the present database; a forked child makes its own."""
    where = os.getpid(), Path(f"{connection.settings_dict['NAME']}-keys")
    with _making:
        if where not in _locks:
            _locks[where] = ByteLocks(where[1])
        return _locks[where]
