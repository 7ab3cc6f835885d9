"""Groups: what of one key comes at the same moment is read in one unit of work."""

import asyncio
import threading

import pytest

from memory_hub.threads import groups as module
from memory_hub.threads.groups import Groups
from memory_hub.threads.worker_pool import WorkerThreads, use_worker_threads

PATIENCE = 60.0  # seconds


class Reader:
    """Notes what is read together; holds items called "held", and fails those called "bad"."""

    def __init__(self):
        self.groups = []
        self.reached, self.gate = threading.Event(), threading.Event()

    def __call__(self, items):
        self.groups.append(list(items))
        if "held" in items:
            self.reached.set()
            assert self.gate.wait(PATIENCE)
        if "bad" in items:
            raise ValueError("bad")
        return [item.upper() for item in items]

    async def is_reached(self):
        assert await asyncio.to_thread(self.reached.wait, PATIENCE)


@pytest.fixture
def reader():
    threads = WorkerThreads(4, 20)
    use_worker_threads(threads)
    reader = Reader()
    yield reader
    reader.gate.set()
    threads.shutdown()
    use_worker_threads(None)


def run(scenario):
    return asyncio.run(asyncio.wait_for(scenario, PATIENCE))


def test_what_comes_in_the_same_turn_is_one_group_of_each_key(reader):
    groups = Groups(reader, most=3)

    async def scenario():
        asked = [("a", "one"), ("b", "two"), ("a", "three"), ("a", "four"), ("a", "five")]
        return await asyncio.gather(*(groups.read(key, item) for key, item in asked))

    assert run(scenario()) == ["ONE", "TWO", "THREE", "FOUR", "FIVE"]
    assert sorted(reader.groups) == [["five"], ["one", "three", "four"], ["two"]]
    assert not groups._waiting
    assert not groups._lines


def test_what_begins_at_once_is_alone_and_the_others_of_its_key_are_the_next_group(reader):
    groups = Groups(reader, most=8)

    async def scenario():
        asked = [("a", "one"), ("b", "two"), ("a", "three"), ("a", "four"), ("b", "bad")]
        reads = [groups.read(key, item, at_once=True) for key, item in asked]
        answers = await asyncio.gather(*reads, return_exceptions=True)
        assert not groups._lines
        with pytest.raises(ValueError, match="bad"):
            await groups.read("a", "bad", at_once=True)
        return answers

    *answers, bad = run(scenario())
    assert answers == ["ONE", "TWO", "THREE", "FOUR"]
    assert isinstance(bad, ValueError)
    assert sorted(reader.groups) == [["bad"], ["bad"], ["one"], ["three", "four"], ["two"]]
    assert not groups._lines


def test_who_is_given_up_while_read_at_once_leaves_nobody_behind(reader):
    groups = Groups(reader, most=8)

    async def scenario():
        first = asyncio.ensure_future(groups.read("a", "held", at_once=True))
        await reader.is_reached()
        second = asyncio.ensure_future(groups.read("a", "waits", at_once=True))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert run(scenario()) == "WAITS"
    assert not groups._lines


def test_what_comes_meanwhile_waits_no_longer_than_for_a_short_one(reader):
    groups = Groups(reader, most=8)

    async def scenario():
        first = asyncio.ensure_future(groups.read("a", "held"))
        await reader.is_reached()
        later = await asyncio.gather(groups.read("a", "one"), groups.read("a", "two"))
        assert not first.done()
        reader.gate.set()
        return [*later, await first]

    assert run(scenario()) == ["ONE", "TWO", "HELD"]
    assert reader.groups == [["held"], ["one", "two"]]


def test_who_comes_when_nothing_is_read_any_more_waits_for_nothing(reader, monkeypatch):
    """Also where somebody has waited for a group that turned out to be short."""
    monkeypatch.setattr(module, "SHORT", 2 * PATIENCE)
    groups = Groups(reader, most=8)

    async def scenario():
        first = asyncio.ensure_future(groups.read("a", "held"))
        await reader.is_reached()
        second = asyncio.ensure_future(groups.read("a", "waits"))
        await asyncio.sleep(0)
        reader.gate.set()
        await asyncio.gather(first, second)
        return await asyncio.wait_for(groups.read("a", "last"), PATIENCE / 4)

    assert run(scenario()) == "LAST"
    assert reader.groups == [["held"], ["waits"], ["last"]]


def test_what_has_no_room_in_a_long_group_does_not_wait_for_its_end(reader):
    groups = Groups(reader, most=2)

    async def scenario():
        asked = [asyncio.ensure_future(groups.read("a", item)) for item in ("held", "a", "b", "c")]
        await asyncio.gather(*asked[2:])
        assert not asked[0].done()
        reader.gate.set()
        return await asyncio.gather(*asked)

    assert run(scenario()) == ["HELD", "A", "B", "C"]
    assert reader.groups == [["held", "a"], ["b", "c"]]


def test_an_error_is_that_of_its_group_alone(reader):
    groups = Groups(reader, most=2)

    async def scenario():
        items = ("bad", "with it", "apart")
        asked = [groups.read("a", item) for item in items]
        return await asyncio.gather(*asked, return_exceptions=True)

    first, second, third = run(scenario())
    assert isinstance(first, ValueError)
    assert isinstance(second, ValueError)
    assert third == "APART"


def test_who_gives_up_takes_nobody_along(reader):
    groups = Groups(reader, most=8)

    async def scenario():
        held = asyncio.ensure_future(groups.read("a", "held"))
        beside = asyncio.ensure_future(groups.read("a", "beside"))
        await reader.is_reached()
        waits = asyncio.ensure_future(groups.read("a", "waits"))
        gone = asyncio.ensure_future(groups.read("a", "gone"))
        await asyncio.sleep(0)
        held.cancel()
        gone.cancel()
        reader.gate.set()
        return await asyncio.gather(beside, waits)

    assert run(scenario()) == ["BESIDE", "WAITS"]
    assert reader.groups == [["held", "beside"], ["waits"]]


def test_there_is_room_for_as_many_as_may_wait_for_a_thread(reader):
    groups = Groups(reader, most=8)

    async def scenario():
        held = asyncio.ensure_future(groups.read("a", "held"))
        await reader.is_reached()
        waiting = []
        while groups.has_room("a"):
            waiting.append(asyncio.ensure_future(groups.read("a", "more")))
            await asyncio.sleep(0)
        assert groups.has_room("b")
        reader.gate.set()
        await asyncio.gather(held, *waiting)
        return len(waiting)

    assert run(scenario()) == 10
    assert max(map(len, reader.groups)) == 8
