"""cache_result and cache_invalidate on coroutine functions."""

import asyncio
import inspect

import pytest

from memory_hub.caching import cache_invalidate, cache_result, generations
from memory_hub.caching.generations.mapped import expected_generation

pytestmark = pytest.mark.usefixtures("data_directory")


def test_an_async_function_stays_one_and_runs_once_for_concurrent_callers():
    calls = []

    @cache_result(ttl=60)
    async def slow(value):
        calls.append(value)
        await asyncio.sleep(0)
        return value

    async def run():
        together = await asyncio.gather(*(slow(1) for _ in range(10)))
        return together, await slow(1)

    assert inspect.iscoroutinefunction(slow)
    assert asyncio.run(run()) == ([1] * 10, 1)
    assert calls == [1]


def test_a_cancelled_leader_does_not_take_its_followers_along():
    calls = []

    async def run():
        never = asyncio.Event()

        @cache_result(ttl=60)
        async def slow():
            calls.append(1)
            if len(calls) == 1:
                await never.wait()
            return "done"

        leader = asyncio.create_task(slow())
        await asyncio.sleep(0)
        follower = asyncio.create_task(slow())
        await asyncio.sleep(0)
        leader.cancel()
        return await follower

    assert asyncio.run(run()) == "done"
    assert len(calls) == 2


def test_an_async_writer_invalidates_async_results():
    calls = []

    @cache_result(ttl=60, key_prefix="read")
    async def read():
        calls.append(1)

    @cache_invalidate("read")
    async def write():
        return "written"

    async def run():
        await read()
        await read()
        assert await write() == "written"
        await read()

    asyncio.run(run())
    assert len(calls) == 2


def test_while_a_change_is_under_way_each_call_is_made_and_counts_as_a_miss():
    calls = []

    @cache_result(ttl=60, key_prefix="read")
    async def read():
        calls.append(1)
        return len(calls)

    generations.current().expect(["results:read"], expected_generation())
    assert [asyncio.run(read()) for _ in range(2)] == [1, 2]
    assert read.cache.statistics().misses == 2
