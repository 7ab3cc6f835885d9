"""Points that all hosts count together, in a Redis that may be away."""

import asyncio
import socket

import pytest
from limits import parse

from memory_hub.core.circuit_breaker import Breaker
from memory_hub.rate_limits.limiter import Limiter, Payer
from memory_hub.rate_limits.mapped_storage import MappedStorage
from memory_hub.rate_limits.redis_counts import RedisCounts
from testing.limits import stop_the_clock


@pytest.fixture(autouse=True)
def one_window(monkeypatch):
    """The clock stands still for counting: no test begins in one minute and ends in the next."""
    stop_the_clock(monkeypatch)


MINA = Payer("mina")


def make(tmp_path, url, name="host"):
    storage = MappedStorage(tmp_path / name / "limits.map")
    return Limiter(parse("8/minute"), storage, url=url, breaker=Breaker())


def test_hosts_with_one_redis_count_together(tmp_path, redis_server):
    here = make(tmp_path, redis_server.url, "here")
    there = make(tmp_path, redis_server.url, "there")
    here.charge(MINA, 5)
    assert there.charge(MINA, 3).left == 0
    assert not there.charge(MINA, 1).allowed


@pytest.mark.parametrize("fault", ["hang", "stop"])
def test_without_its_redis_the_limit_is_stricter_not_absent(tmp_path, redis_server, fault):
    limiter = make(tmp_path, redis_server.url)
    assert limiter.charge(MINA, 1).limit == 8
    getattr(redis_server, fault)()
    allowed = [limiter.charge(MINA, 1).allowed for _ in range(4)]
    assert allowed == [True, True, False, False]


def test_of_a_redis_that_is_away_there_is_one_try_until_the_breaker_lets_another(
    tmp_path, redis_server, monkeypatch
):
    now = [0.0]
    breaker = Breaker(5, clock=lambda: now[0])
    counts = RedisCounts(redis_server.url, 60, breaker)
    tries, look_up = [], socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *where: tries.append(where) or look_up(*where)
    )
    redis_server.stop()
    assert [counts.add("key", 1) for _ in range(3)] == [None] * 3
    assert (len(tries), breaker.closed) == (1, False)
    redis_server.start()
    now[0] += 5
    assert [counts.add("key", 1) for _ in range(2)] == [1, 2]
    assert breaker.closed


def test_coroutines_and_threads_charge_the_same_count(tmp_path, redis_server):
    limiter = make(tmp_path, redis_server.url)

    async def scenario():
        count = await limiter.acharge(MINA, 3)
        await limiter._counters._shared.acounts.bridge.storage.aclose()
        return count

    assert asyncio.run(scenario()).left == 5
    assert limiter.charge(MINA, 1).left == 4
