"""A limit of a test's own."""

import time
from types import SimpleNamespace

import pytest

from memory_hub.rate_limits import counters
from memory_hub.rate_limits import limiter as points
from testing.limits import forget_limits


@pytest.fixture
def limited(settings, tmp_path, monkeypatch):
    """``limited("10/minute")``: that limit, counted in a directory of the test's own, in a minute
    that does not end."""
    now = time.time() // 60 * 60 + 30
    for module in (points, counters):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: now))

    def limit(rate):
        settings.HUB_RATE_LIMIT, settings.DATA_DIR = rate, tmp_path
        forget_limits()

    yield limit
    forget_limits()
