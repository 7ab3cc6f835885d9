"""Waiting for what tells nobody that it has come: a count in another thread, another process."""

import time
from collections.abc import Callable

from django.db import connection

PATIENCE = 60.0  # seconds


def wait_until(condition: Callable[[], object]) -> None:
    """Returns once the condition holds. Raises AssertionError where it does not within PATIENCE.

    What has an event is waited for by that.
    """
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "What was waited for did not come."
        time.sleep(0.002)


def is_waited_for() -> bool:
    """Whether somebody waits for a lock that this thread's connection to PostgreSQL holds. Waits of
    others, as of tests beside this one at the same server, are none of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return cursor.fetchone()[0]
