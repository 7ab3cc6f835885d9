"""Limits of a test's own."""

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from memory_hub.rate_limits import counters, limiter


def forget_limits() -> None:
    """Have limits and counts made anew, by the settings of now."""
    limiter.per_payer.cache_clear()
    limiter.per_login.cache_clear()
    limiter.per_import.cache_clear()
    counters.counts_of_this_host.cache_clear()


def begin(settings: Any, directory: Path, rate: str) -> None:
    """A limit of which nothing is used up yet."""
    settings.HUB_RATE_LIMIT, settings.DATA_DIR = rate, directory
    forget_limits()


def stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The minute in which points are counted does not end."""
    now = time.time() // 60 * 60 + 30
    for module in (limiter, counters):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: now))
