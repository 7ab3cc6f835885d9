"""Waiting until something is bumped: who is woken, when, and what stays behind."""

import asyncio
from contextlib import closing

import pytest

from memory_hub.caching import generations
from memory_hub.caching.generations import Generations
from memory_hub.caching.generations.mapped import MappedGenerations
from memory_hub.caching.generations.watching import BEAT, BEAT_OF_HOSTS, until_bumped


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose time passes at once, and only while it waits."""

    def __init__(self):
        super().__init__()
        self.now, self.timers = 1000.0, []
        select = self._selector.select

        def at_once(timeout):
            self.now += timeout or 0.0
            return select(0)

        self._selector.select = at_once

    def time(self):
        return self.now

    def call_at(self, when, *arguments, **context):
        timer = super().call_at(when, *arguments, **context)
        self.timers.append(timer)
        return timer

    def due(self):
        """The timers that have yet to go off: what is due now may have gone off already."""
        ahead = [each for each in self.timers if each.when() > self.now + 0.001]
        return [each for each in ahead if not each.cancelled()]


class Redis:
    """What all hosts share: numbers by key, and how often they were asked for."""

    def __init__(self):
        self.numbers, self.asked = {}, 0

    async def aread(self, keys):
        self.asked += 1
        return tuple(self.numbers.get(key, b"0") for key in keys)

    def bump(self, keys):
        for key in keys:
            self.numbers[key] = self.numbers.get(key, b"0") + b"1"
        return True


@pytest.fixture
def loop():
    with closing(Loop()) as made:
        yield made


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The generations of this process, which knows no other host."""
    made = Generations(MappedGenerations(tmp_path / "generations.map"))
    monkeypatch.setattr(generations, "current", lambda: made)
    return made


@pytest.fixture
def redis(here):
    here.shared = Redis()
    return here.shared


async def waited(stamp, seconds):
    """What waiting came to, and how long it took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    return await until_bumped(stamp, seconds), round(loop.time() - began, 3)


async def later(seconds, act, *keys):
    await asyncio.sleep(seconds)
    act(*keys)


def test_who_waits_is_woken_by_a_key_of_theirs_and_by_no_other(here, loop):
    async def scenario():
        one, other = here.stamp(["one"]), here.stamp(["other"])
        return await asyncio.gather(
            waited(one, 60.0),
            waited(other, 5.0),
            later(2.01, here.bump, "third"),
            later(3.01, here.bump, "one"),
        )

    (woken, after), (told, until), *_ = loop.run_until_complete(scenario())
    assert (woken, told, until) == (True, False, 5.0)
    assert 3.0 < after <= 3.01 + BEAT


def test_others_go_on_waiting_when_one_has_gone(here, loop):
    async def scenario():
        stamps = [here.stamp(["one"]) for _ in range(2)]
        return await asyncio.gather(
            waited(stamps[0], 1.0), waited(stamps[1], 60.0), later(3.01, here.bump, "one")
        )

    (first, _), (second, after), _ = loop.run_until_complete(scenario())
    assert (first, second) == (False, True)
    assert after < 4.0


def test_nobody_waiting_leaves_no_timer(here, loop):
    async def scenario():
        stamp = here.stamp(["one"])
        await asyncio.gather(waited(stamp, 60.0), later(1.01, here.bump, "one"))
        again = await waited(here.stamp(["one"]), 2.0)
        return again, loop.due()

    assert loop.run_until_complete(scenario()) == ((False, 2.0), [])


@pytest.mark.parametrize(("seconds", "after"), [(60.0, BEAT), (0.05, 0.05)])
def test_what_was_bumped_before_is_told_after_a_beat(here, loop, redis, seconds, after):
    async def scenario():
        stamp = await here.astamp(["one"])
        here.bump("one")
        return await waited(stamp, seconds)

    assert loop.run_until_complete(scenario()) == (True, after)


@pytest.mark.parametrize("several", [False, True])
def test_without_a_stamp_it_is_told_after_a_beat_of_who_could_not_give_one(here, loop, several):
    here.shared = Redis() if several else None
    told = loop.run_until_complete(waited(None, 60.0))
    assert told == (True, BEAT_OF_HOSTS if several else BEAT)


def test_what_another_host_bumps_wakes_those_who_wait_for_it(here, loop, redis):
    async def scenario():
        one, other = await here.astamp(["one"]), await here.astamp(["other"])
        before = redis.asked
        waiting = await asyncio.gather(
            waited(one, 60.0),
            waited(other, 10.05),
            later(5.01, redis.bump, ["third", generations.ANYTHING]),
            later(7.01, redis.bump, ["one", generations.ANYTHING]),
        )
        return waiting, redis.asked - before

    ((woken, after), other, *_), asked = loop.run_until_complete(scenario())
    assert (woken, other) == (True, (False, 10.05))
    assert 7.0 < after <= 7.01 + BEAT_OF_HOSTS + BEAT
    # One number a second, and those of the two at first and where something was bumped.
    assert asked <= 11 + 2 + 2 + 2


def test_who_comes_later_is_held_against_the_numbers_of_redis_as_well(here, loop, redis):
    async def scenario():
        first, second = await here.astamp(["one"]), await here.astamp(["two"])
        redis.bump(["two", generations.ANYTHING])

        async def late():
            await asyncio.sleep(4.0)
            return await waited(second, 60.0)

        return await asyncio.gather(waited(first, 8.0), late())

    first, (woken, after) = loop.run_until_complete(scenario())
    assert (first, woken) == ((False, 8.0), True)
    assert after <= BEAT_OF_HOSTS + BEAT


def test_waiting_begins_anew_in_each_loop(here):
    for _ in range(2):
        with closing(Loop()) as loop:
            stamp = here.stamp(["one"])

            async def scenario(stamp=stamp):
                return await asyncio.gather(waited(stamp, 60.0), later(1.01, here.bump, "one"))

            (woken, _), _ = loop.run_until_complete(scenario())
            assert woken
