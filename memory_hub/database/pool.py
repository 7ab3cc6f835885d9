"""A pool of PostgreSQL connections: SQLAlchemy's QueuePool, with a quick ping and statistics."""

import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError
from sqlalchemy import event, exc
from sqlalchemy.pool import QueuePool

from memory_hub.database.connecting import Connector

# Seconds a connection may lie in the pool before the ping asks the server itself. Before that it
# looks whether the server closed the connection: a system call instead of a round trip.
ASK_AFTER = 1.0


class PoolExhausted(OperationalError):
    """No connection came free in time: the caller may try again after ``retry_after`` seconds."""

    retry_after = 1


class ConnectionPool:
    """Connections made by ``connect``, kept and lent; safe to use from any thread.

    ``size`` are kept, ``max_overflow`` more are made under load, ``timeout`` and ``recycle`` are
    seconds. A pool belongs to the process that made it: a forked child makes its own.
    """

    def __init__(
        self,
        connect: Callable[[], Any],
        *,
        size: int,
        max_overflow: int,
        timeout: float,
        recycle: int,
        pre_ping: bool,
    ) -> None:
        self.recycle, self.pre_ping, self.max_overflow = recycle, pre_ping, max_overflow
        self._counts = dict.fromkeys(("checkouts", "connects", "timeouts", "invalidated"), 0)
        self._lock = threading.Lock()
        self._outdated = threading.Event()
        self._waiting = 0
        self._longest = 0.0
        # Id of the pool's record -> when it was lent.
        self._lent: dict[int, float] = {}
        # LIFO: a quiet hub keeps a few connections warm and lets the others grow old.
        self._queue = QueuePool(
            Connector(connect),
            pool_size=size,
            max_overflow=max_overflow,
            timeout=timeout,
            recycle=recycle,
            use_lifo=True,
        )
        event.listen(self._queue, "connect", lambda *_: self._count("connects"))
        event.listen(self._queue, "invalidate", lambda *_: self._count("invalidated"))
        event.listen(self._queue, "checkout", self._drop_outdated)
        if pre_ping:
            event.listen(self._queue, "checkout", _ping)
        # After the ping, which may still fail. A thread that ends without giving back fires the
        # second one too: the pool then finds the loan collected.
        event.listen(self._queue, "checkout", self._on_checkout)
        event.listen(self._queue, "checkin", self._on_checkin)

    def checkout(self) -> Any:
        """A loan: its ``dbapi_connection`` is the connection; give it to ``checkin`` afterwards.

        Raises PoolExhausted when none comes free in time, or what connecting raised.
        """
        with self._waiter():
            try:
                return self._queue.connect()
            except exc.TimeoutError as error:
                self._count("timeouts")
                raise PoolExhausted("No database connection came free in time.") from error

    def checkin(self, loan: Any, *, outdated: bool = False) -> None:
        """Take a loan back: rolled back and kept, or dropped when it is broken.

        ``outdated``: all that were made up to now lead to a server that is not the one any more.
        """
        if outdated:
            self._outdated.set()
        if outdated or loan.dbapi_connection.closed:
            loan.invalidate()
        else:
            loan.close()

    def close(self) -> None:
        """Close what lies in the pool; what is lent is closed when it comes back."""
        self._queue.dispose()

    def statistics(self) -> dict[str, Any]:
        """The pool at this moment, and its totals since the process began; durations in seconds."""
        with self._lock:
            now = time.monotonic()
            oldest = max((now - lent for lent in self._lent.values()), default=0.0)
            totals = {f"total_{name}": count for name, count in self._counts.items()}
            longest, waiting = max(self._longest, oldest), self._waiting
        return {
            "size": self._queue.size(),
            "checked_in": self._queue.checkedin(),
            "checked_out": self._queue.checkedout(),
            # QueuePool counts up from minus its size; below zero nothing flows over.
            "overflow": max(0, self._queue.overflow()),
            "max_overflow": self.max_overflow,
            "waiting": waiting,
            "recycle_s": self.recycle,
            "pre_ping": self.pre_ping,
            "timeout_s": self._queue.timeout(),
            **totals,
            "longest_checkout_s": round(longest, 6),
        }

    @contextmanager
    def _waiter(self) -> Iterator[None]:
        with self._lock:
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1

    def _drop_outdated(self, _connection: Any, _record: Any, _loan: Any) -> None:
        if self._outdated.is_set():
            self._outdated.clear()
            # The pool makes this connection, and all others, anew.
            raise exc.InvalidatePoolError

    def _on_checkout(self, _connection: Any, record: Any, _loan: Any) -> None:
        with self._lock:
            self._counts["checkouts"] += 1
            self._lent[id(record)] = time.monotonic()

    def _on_checkin(self, _connection: Any, record: Any) -> None:
        now = time.monotonic()
        record.info["idle_since"] = now
        with self._lock:
            self._longest = max(self._longest, now - self._lent.pop(id(record), now))

    def _count(self, name: str) -> None:
        with self._lock:
            self._counts[name] += 1


def _ping(connection: Any, record: Any, _loan: Any) -> None:
    """Have the pool drop its connections when this one turns out to be dead."""
    idle_since = record.info.pop("idle_since", None)
    if idle_since is None:  # made just now
        return
    poller = select.poll()
    poller.register(connection, select.POLLIN)
    # Something to read on an idle connection is most often the server's good-bye.
    if not poller.poll(0) and time.monotonic() - idle_since < ASK_AFTER:
        return
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:
        # Whatever the driver raises: the connection is of no use.
        raise exc.InvalidatePoolError from error
