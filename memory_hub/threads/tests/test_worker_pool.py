"""Who gets the worker threads."""

import asyncio
import threading
import time

import pytest

from memory_hub.core import budget
from memory_hub.core.callers import calling
from memory_hub.core.errors import Unavailable
from memory_hub.threads import fair_queue
from memory_hub.threads.worker_pool import WorkerThreads


class Units:
    """Units of work that hold their thread until they are let go, by caller."""

    def __init__(self, threads: WorkerThreads, release: threading.Event) -> None:
        self.threads, self.release = threads, release
        self.begun: list[str] = []
        self.tasks: list[asyncio.Task] = []
        self._loop, self._one_more = asyncio.get_running_loop(), asyncio.Event()

    def send(self, caller: str, count: int = 1, *, large: bool = False) -> None:
        for _ in range(count):
            self.tasks.append(asyncio.create_task(self._run(caller, large)))

    async def _run(self, caller: str, large: bool) -> None:
        calling.set(caller)
        await self.threads.run(lambda: self._hold(caller), large=large)

    def _hold(self, caller: str) -> None:
        self.begun.append(caller)
        self._loop.call_soon_threadsafe(self._one_more.set)
        self.release.wait(30)

    async def have_begun(self, count: int) -> None:
        while len(self.begun) < count:
            self._one_more.clear()
            await self._one_more.wait()

    async def end(self) -> None:
        self.release.set()
        await asyncio.gather(*self.tasks)


def told(story, size: int, queue: int, release: threading.Event) -> None:
    """Runs the story with units for so many threads, which have ended afterwards."""

    async def whole() -> None:
        threads = WorkerThreads(size, queue)
        await story(threads, Units(threads, release))

    asyncio.run(whole())


def test_a_caller_has_half_of_the_threads_however_much_they_send(release):
    async def story(threads, units):
        units.send("flood", 20)
        await units.have_begun(4)
        units.send("mina", 4)
        await units.have_begun(8)
        assert sorted(units.begun) == ["flood"] * 4 + ["mina"] * 4
        await units.end()
        assert (len(units.begun), threads.waiting) == (24, 0)

    told(story, 8, 40, release)


def test_while_others_are_about_a_caller_has_one_short_unit_at_a_time(release, monkeypatch):
    monkeypatch.setattr(fair_queue, "SHORT", 30)

    async def story(threads, units):
        units.send("mina")
        units.send("flood", 3)
        await units.have_begun(2)
        calling.set("suji")
        assert await threads.run(lambda: "a turn") == "a turn"
        assert sorted(units.begun) == ["flood", "mina"]
        await units.end()
        assert (len(units.begun), threads.waiting) == (4, 0)

    told(story, 8, 40, release)


def test_what_turns_out_to_wait_is_not_waited_for(release, monkeypatch):
    monkeypatch.setattr(fair_queue, "ABOUT", 300)
    monkeypatch.setattr(fair_queue, "LONG", 300)

    async def story(threads, units):
        units.send("mina")
        units.send("flood", 3)
        await units.have_begun(4)
        await units.end()

    told(story, 8, 40, release)


def test_while_others_are_about_a_caller_computes_in_one_thread(release, monkeypatch):
    monkeypatch.setattr(fair_queue, "ABOUT", 300)
    monkeypatch.setattr(fair_queue, "LONG", 300)
    told_of: list[str] = []

    def compute() -> None:
        told_of.append("begun")
        until = time.thread_time() + 3 * fair_queue.SHORT
        while time.thread_time() < until:
            pass
        told_of.append("ended")

    async def story(threads, units):
        units.send("mina")
        await units.have_begun(1)
        calling.set("flood")
        await asyncio.gather(*(threads.run(compute) for _ in range(2)))
        assert told_of == ["begun", "ended"] * 2
        await units.end()

    told(story, 8, 40, release)


def test_one_who_computes_for_long_is_not_waited_for(release, monkeypatch):
    monkeypatch.setattr(fair_queue, "ABOUT", 300)
    monkeypatch.setattr(fair_queue, "LONG", fair_queue.SHORT)

    async def story(threads, units):
        units.send("mina")
        await units.have_begun(1)
        calling.set("flood")
        computing = asyncio.create_task(threads.run(lambda: _compute_until(release)))
        assert await threads.run(lambda: "a turn") == "a turn"
        assert not computing.done()
        await units.end()
        await computing

    told(story, 8, 40, release)


def _compute_until(event: threading.Event) -> None:
    while not event.is_set():
        pass


def test_one_who_is_alone_again_need_not_wait_for_their_own(release, monkeypatch):
    monkeypatch.setattr(fair_queue, "SHORT", 30)
    monkeypatch.setattr(fair_queue, "ABOUT", 0)

    async def story(threads, units):
        calling.set("mina")
        await threads.run(lambda: "gone")
        units.send("flood", 4)
        await units.have_begun(4)
        await units.end()

    told(story, 8, 40, release)


def test_one_who_asks_once_has_a_turn_soon_however_many_units_of_another_wait():
    order, step = [], threading.Semaphore(0)

    async def story() -> None:
        threads = WorkerThreads(size=1, queue=40)

        async def run(caller: str) -> None:
            calling.set(caller)
            await threads.run(lambda: (step.acquire(), order.append(caller)))

        tasks = [asyncio.create_task(run("flood")) for _ in range(5)]
        await asyncio.sleep(0)
        tasks += [asyncio.create_task(run(caller)) for caller in ("mina", "jun", "flood")]
        await asyncio.sleep(0)
        step.release(len(tasks))
        await asyncio.gather(*tasks)

    asyncio.run(story())
    # The first had begun, and it was the turn of the next before the others came.
    assert order == ["flood", "flood", "mina", "jun", *["flood"] * 4]


def test_large_units_leave_threads_to_others(release):
    async def story(threads, units):
        for number in range(6):
            units.send(f"large {number}", large=True)
        await units.have_begun(2)
        calling.set("mina")
        assert await threads.run(lambda: "small") == "small"
        assert (len(units.begun), threads.waiting) == (2, 6)
        await units.end()
        assert (len(units.begun), threads.waiting) == (6, 0)

    told(story, 8, 10, release)


def test_of_large_units_a_caller_has_one_at_a_time_and_small_ones_beside_it(release):
    async def story(threads, units):
        units.send("mina", 3, large=True)
        units.send("jun", 3, large=True)
        units.send("mina")
        await units.have_begun(3)
        calling.set("suji")
        assert await threads.run(lambda: "nobody waits") == "nobody waits"
        assert sorted(units.begun) == ["jun", "mina", "mina"]
        await units.end()
        assert len(units.begun) == 7

    told(story, 16, 10, release)


def test_half_of_the_queue_is_for_those_who_do_not_have_the_other_half(release):
    async def story(threads, units):
        units.send("flood", 6)
        await units.have_begun(1)
        calling.set("flood")
        with pytest.raises(Unavailable):
            await threads.run(lambda: None)
        assert not threads.is_full
        units.send("mina", 4)
        await units.have_begun(2)
        assert threads.is_full
        await units.end()

    told(story, 2, 8, release)


def test_a_unit_that_was_given_up_counts_while_it_has_its_thread(release):
    async def story(threads, units):
        has_begun = threading.Event()

        def unit():
            has_begun.set()
            release.wait(30)

        under_way = asyncio.create_task(threads.run(unit, large=True))
        behind = asyncio.create_task(threads.run(lambda: None, large=True))
        assert await asyncio.to_thread(has_begun.wait, 30)
        for task in (under_way, behind):
            task.cancel()
        await asyncio.gather(under_way, behind, return_exceptions=True)
        assert threads.waiting == 1
        release.set()
        # In the one thread: what is before it has ended by then.
        await threads.run(lambda: None, large=True)
        assert threads.waiting == 0

    told(story, 1, 4, release)


def test_what_a_unit_raises_is_its_callers_and_the_threads_go_on(release):
    async def story(threads, units):
        for _ in range(5):
            with pytest.raises(ZeroDivisionError):
                await threads.run(lambda: 1 // 0)
        assert await threads.run(lambda: "well") == "well"
        assert threads.waiting == 0

    told(story, 2, 2, release)


def test_what_may_compute_for_long_is_large_before_it_begins(mina, threads, monkeypatch):
    memories = "/superthread/memories"
    doc_id = mina.save("one")["doc_id"]
    mina.patch(f"{memories}/{doc_id}", json={"content": "two"})
    versions = mina.get(f"/superthread/versions/{doc_id}").json()["versions"]
    seen, run = [], threads.run

    async def noted(unit, *, large=False):
        seen.append(large)
        return await run(unit, large=large)

    monkeypatch.setattr(threads, "run", noted)
    assert mina.post(memories, json={"content": "short"}).status_code == 201
    assert mina.post(memories, json={"content": "x" * 200_000}).status_code == 201
    restored = f"/superthread/versions/{doc_id}/restore/{versions[-1]['version_id']}"
    assert mina.post(restored).status_code == 200
    assert seen == [False, True, True]


def test_what_a_large_unit_took_of_memory_is_given_back_after_it(release, monkeypatch):
    wanted = []
    monkeypatch.setattr(budget.trimmer, "soon", lambda: wanted.append(True))

    async def story(threads, units):
        await threads.run(lambda: None)
        assert not wanted
        await threads.run(lambda: None, large=True)
        assert wanted

    told(story, 1, 2, release)
