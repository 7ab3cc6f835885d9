"""A service that fails is left alone for a while."""

import pytest

from memory_hub.breaker import Breaker


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
