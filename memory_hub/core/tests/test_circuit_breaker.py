"""A service that fails is left alone for a while."""

import pytest

from memory_hub.core.circuit_breaker import Breaker


class Clock:
    """Time for the breaker, moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_it_lets_one_probe_through_at_a_time(clock):
    breaker = Breaker(5, clock=clock)
    breaker.failed()
    assert not breaker.allows()
    clock.now += 5
    assert breaker.allows()
    assert not breaker.allows()
    breaker.succeeded()
    assert breaker.allows()
    assert breaker.allows()


def test_it_opens_only_after_as_many_failures_in_a_row_as_it_was_told(clock):
    breaker = Breaker(5, failures=3, clock=clock)
    breaker.failed()
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    breaker.failed()
    assert breaker.closed
    breaker.failed()
    assert breaker.is_open


def test_the_failure_of_a_probe_opens_it_again_at_once(clock):
    breaker = Breaker(5, failures=3, clock=clock)
    for _ in range(3):
        breaker.failed()
    clock.now += 5
    assert not breaker.is_open
    assert breaker.allows()
    assert not breaker.is_open  # until the probe has ended
    breaker.failed()
    assert breaker.is_open
