"""Of calls with one key at one time one works; what it raises is raised to all who waited."""

import asyncio
import gc

import pytest

from memory_hub.caching.single_flight import AsyncFlights, SingleFlight


class Failed(Exception):
    """What the work of these tests raises."""


def fail():
    raise Failed


def test_a_call_is_under_way_while_it_works():
    flights = SingleFlight()
    assert flights.run("a", lambda: (flights.is_under_way("a"), flights.is_under_way("b"))) == (
        True,
        False,
    )
    assert not flights.is_under_way("a")


def test_who_is_told_of_a_failure_may_call_anew():
    flights, found = SingleFlight(), []

    def work():
        flights._under_way["a"].add_done_callback(lambda _: found.append(flights.is_under_way("a")))
        fail()

    with pytest.raises(Failed):
        flights.run("a", work)
    assert found == [False]


def test_a_coroutine_is_under_way_while_it_works():
    flights = AsyncFlights()

    async def work():
        return flights.is_under_way("a"), flights.is_under_way("b")

    async def call():
        return await flights.run("a", work), flights.is_under_way("a")

    assert asyncio.run(call()) == ((True, False), False)


def test_what_a_coroutine_raises_is_raised_to_all_who_waited():
    flights, calls = AsyncFlights(), []

    async def work():
        calls.append("a")
        await asyncio.sleep(0)
        fail()

    async def call():
        both = (flights.run("a", work), flights.run("a", work))
        return await asyncio.gather(*both, return_exceptions=True)

    assert [type(one) for one in asyncio.run(call())] == [Failed, Failed]
    assert calls == ["a"]


def test_of_a_failure_that_nobody_waited_for_the_loop_does_not_complain():
    told = []

    async def work():
        fail()

    async def call():
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        with pytest.raises(Failed):
            await AsyncFlights().run("a", work)
        gc.collect()

    asyncio.run(call())
    assert told == []
