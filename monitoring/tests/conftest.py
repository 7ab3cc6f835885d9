"""What tests of statistics need: a recorder with nothing in it and staff to ask."""

from collections.abc import Callable
from typing import Any

import pytest

from monitoring.record.flusher import flusher
from monitoring.scopes import MONITORING_READ, MONITORING_WRITE
from superthread.reads.statistics import memories_by_scope


@pytest.fixture(autouse=True)
def _as_a_new_worker() -> None:
    """Every test is a worker that has just started."""
    flusher.restart()
    memories_by_scope.cache.clear()


@pytest.fixture
def staff(api: Callable[..., Any]) -> Any:
    """A client with both monitoring scopes."""
    return api("ops@example.com", scopes=[MONITORING_READ, MONITORING_WRITE])
