from datetime import UTC, datetime, timedelta

import pytest

from memory_hub.jobs import claims, declared, leases, queue, report, schedule
from memory_hub.jobs.declared import Job

START = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


class Clock:
    """The database's clock and the monotonic one of this process; `passes` moves both."""

    def __init__(self):
        self.now, self.ticks = START, 1000.0

    def passes(self, **time):
        self.set(**time)
        self.ticks += timedelta(**time).total_seconds()

    def set(self, **time):
        self.now += timedelta(**time)


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    for module in (claims, queue, report, schedule):
        monkeypatch.setattr(module, "database_now", lambda: made.now)
    monkeypatch.setattr(leases, "monotonic", lambda: made.ticks)
    return made


class Work:
    """What a job does: counts how often it did, or fails."""

    def __init__(self):
        self.times, self.error = 0, None

    def __call__(self):
        self.times += 1
        if self.error is not None:
            raise self.error
        return 5


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def job(monkeypatch, work):
    """The only job there is: every hour."""
    made = Job(name="count", help="Counts.", run=work, every=timedelta(hours=1))
    monkeypatch.setattr(declared, "declared", lambda: {"count": made})
    return made
