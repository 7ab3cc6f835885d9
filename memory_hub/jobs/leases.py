"""Leases: who carries something out, and when it may be taken from them.

A row holds its owner, the number of the run and the moment at which the lease ends, by the
database's clock, the only one that all hosts share. The owner moves that moment on every few
seconds; one that was killed does not. The number is a fence: an owner that stood still for so long
that others took over finds another number, and changes nothing any more.

A clock may be set, and a host may stand still and go on. So a lease that the clock calls over is
taken only when it was not moved on under the eyes of the one who takes it, and one that ends later
than any lease can, because the clock was set back, is watched for its whole length. What passes
meanwhile is told by the monotonic clock of the process that watches.
"""

import os
import socket
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import monotonic
from typing import Any

from django.db import connection

LEASE = timedelta(seconds=30)
BEAT = 5.0  # seconds between two renewals
SLACK = timedelta(seconds=5)
OWNER_LENGTH = 255


def database_now() -> datetime:
    """The time of the database's clock: the server's, or with SQLite that of the one host."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]
    return datetime.now(UTC)


def end_of_lease(now: datetime) -> datetime:
    """Until when one lasts that begins, or is renewed, now."""
    return now + LEASE


def is_impossible(ends: datetime, now: datetime) -> bool:
    """Whether no lease can end so late: the clock was set back since it was taken."""
    return ends > now + LEASE + SLACK


def is_held(ends: datetime, now: datetime) -> bool:
    """Whether the owner lives, by the clock alone; for those who do not watch."""
    return now < ends and not is_impossible(ends, now)


@lru_cache(maxsize=1)
def owner_name() -> str:
    """This process, for people: host and process id."""
    return f"{socket.gethostname()} {os.getpid()}"[:OWNER_LENGTH]


os.register_at_fork(after_in_child=owner_name.cache_clear)


class Watch:
    """What this process has seen of the leases of others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[Any, tuple[datetime, float]] = {}

    def is_lapsed(self, key: Any, ends: datetime, now: datetime) -> bool:
        """Whether what the row with this key says of its end lets another one take it."""
        with self._lock:
            known = self._seen.get(key)
            if known is None or known[0] != ends:
                known = self._seen[key] = ends, monotonic()
        stood_still = monotonic() - known[1]
        if is_impossible(ends, now):
            return stood_still >= LEASE.total_seconds()
        return ends <= now and stood_still >= 2 * BEAT

    def forget_all_but(self, keys: Iterable[Any]) -> None:
        """Forget leases that are no more."""
        with self._lock:
            kept = set(keys)
            self._seen = {key: seen for key, seen in self._seen.items() if key in kept}
