"""Waiting for what tells nobody that it has come: a count in another thread, another process."""

import time
from collections.abc import Callable

PATIENCE = 60.0  # seconds


def wait_until(condition: Callable[[], object]) -> None:
    """Returns once the condition holds. Raises AssertionError where it does not within PATIENCE.

    What has an event is waited for by that.
    """
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "What was waited for did not come."
        time.sleep(0.002)
