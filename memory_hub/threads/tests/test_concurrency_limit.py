"""How many units of work run at once when the event loop comes late."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from unittest.mock import patch

import pytest

from memory_hub.threads import concurrency_limit
from memory_hub.threads.concurrency_limit import ConcurrencyLimit

WAIT = 60  # seconds


def most_at_once(turns: ConcurrencyLimit, units: int) -> int:
    """How many of so many units ran at the same time; none ends before all have come."""
    under_way, seen, all_there = set(), [], threading.Event()
    enter, come = turns._enter, count(1)

    def entering() -> threading.Event | None:
        gate = enter()
        if next(come) == units:
            all_there.set()
        return gate

    def unit(number: int) -> None:
        with turns.turn():
            under_way.add(number)
            seen.append(len(under_way))
            assert all_there.wait(WAIT)
            under_way.remove(number)

    with patch.object(turns, "_enter", entering), ThreadPoolExecutor(units) as threads:
        list(threads.map(unit, range(units)))
    return max(seen)


@pytest.fixture(autouse=True)
def nobody_pushes_in(monkeypatch):
    """Until all have come; a test of pushing in has a patience of its own."""
    monkeypatch.setattr(concurrency_limit, "PATIENCE", WAIT)


def test_while_the_loop_is_late_one_unit_runs_at_a_time():
    turns = ConcurrencyLimit(3)
    turns.heard(late=1.0, crowded=True)
    assert most_at_once(turns, units=6) == 1


def test_while_the_loop_is_in_time_all_may_run_again(monkeypatch):
    monkeypatch.setattr(concurrency_limit, "PAUSE", 0)
    turns = ConcurrencyLimit(3)
    turns.heard(late=1.0, crowded=True)
    turns.heard(late=0.0, crowded=True)
    assert most_at_once(turns, units=6) <= 2
    for _ in range(5):
        turns.heard(late=0.0, crowded=True)
    assert turns.limit == 3


def test_a_late_loop_is_left_late_while_few_wait():
    turns = ConcurrencyLimit(3)
    turns.heard(late=1.0, crowded=False)
    assert turns.limit == 3


def test_nobody_waits_for_long_behind_a_unit_that_is_stuck(monkeypatch):
    turns, begun, release = ConcurrencyLimit(3), threading.Event(), threading.Event()
    turns.heard(late=1.0, crowded=True)

    def stuck() -> None:
        with turns.turn():
            begun.set()
            assert release.wait(WAIT)

    with ThreadPoolExecutor(1) as threads:
        under_way = threads.submit(stuck)
        try:
            assert begun.wait(WAIT)
            with monkeypatch.context() as patience:
                patience.setattr(concurrency_limit, "PATIENCE", 0.01)
                assert most_at_once(turns, units=1) == 1
            assert not under_way.done()
        finally:
            release.set()
    # Its end gives back one turn, as every other's does.
    assert most_at_once(turns, units=4) == 1
