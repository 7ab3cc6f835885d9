"""Making connections to a server that may be away: a few at a time, and none behind a late one.

A server that refuses does so at once. One that does not answer at all holds everybody who tries for
the whole connection timeout, until no thread is left to say so.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError

# Of a worker's threads; making a connection takes some milliseconds.
AT_ONCE = 4
# Seconds after which an attempt counts as one that will not succeed.
OVERDUE = 1.0


class DatabaseUnreachable(OperationalError):
    """Somebody else is waiting for the server already, and too long."""


class Connector:
    """Calls ``connect``, from any thread. Raises DatabaseUnreachable, or what connecting raised."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._under_way: list[float] = []  # when each attempt began, oldest first
        self._changed = threading.Condition()

    def __call__(self) -> Any:
        with self._turn():
            return self._connect()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._changed:
            while (left := self._patience()) is not None:
                if left <= 0:
                    raise DatabaseUnreachable("The database server does not answer.")
                self._changed.wait(left)
            began = time.monotonic()
            self._under_way.append(began)
        try:
            yield
        finally:
            with self._changed:
                self._under_way.remove(began)
                self._changed.notify_all()

    def _patience(self) -> float | None:
        """Seconds to wait for a turn, 0 or less for none; None when it is now."""
        if not self._under_way:
            return None
        left = self._under_way[0] + OVERDUE - time.monotonic()
        return left if left <= 0 or len(self._under_way) >= AT_ONCE else None
