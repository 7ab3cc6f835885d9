"""How many units of work run at once when the event loop comes late."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from memory_hub.threads import concurrency_limit
from memory_hub.threads.concurrency_limit import ConcurrencyLimit


def most_at_once(turns: ConcurrencyLimit, units: int) -> int:
    """How many of so many short units ran at the same time."""
    under_way, seen = set(), []

    def unit(number: int) -> None:
        with turns.turn():
            under_way.add(number)
            seen.append(len(under_way))
            time.sleep(0.005)
            under_way.remove(number)

    with ThreadPoolExecutor(units) as threads:
        list(threads.map(unit, range(units)))
    return max(seen)


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


def test_nobody_waits_for_long_behind_a_unit_that_is_stuck():
    turns, release = ConcurrencyLimit(3), threading.Event()
    turns.heard(late=1.0, crowded=True)

    def stuck() -> None:
        with turns.turn():
            release.wait(30)

    with ThreadPoolExecutor(1) as threads:
        threads.submit(stuck)
        began = time.monotonic()
        try:
            assert most_at_once(turns, units=1) == 1
            assert time.monotonic() - began < 10
        finally:
            release.set()
    # Its end gives back one turn, as every other's does.
    assert most_at_once(turns, units=4) == 1
