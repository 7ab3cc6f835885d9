"""Who gets the worker threads."""

import asyncio
import threading

import pytest

from memory_hub.work import WorkerThreads


@pytest.fixture
def release():
    event = threading.Event()
    yield event
    event.set()


def test_large_units_leave_threads_to_others(release):
    async def story() -> None:
        threads, begun = WorkerThreads(size=4, queue=10), []

        def large() -> None:
            begun.append(1)
            release.wait(30)

        tasks = [asyncio.create_task(threads.run(large, large=True)) for _ in range(6)]
        while not begun:
            await asyncio.sleep(0.001)
        assert await threads.run(lambda: "small") == "small"
        assert (len(begun), threads.waiting) == (1, 1)
        release.set()
        await asyncio.gather(*tasks)
        assert (len(begun), threads.waiting) == (6, 0)

    asyncio.run(story())


def test_a_unit_that_was_given_up_counts_while_it_has_its_thread(release):
    async def story() -> None:
        threads = WorkerThreads(size=1, queue=1)
        under_way = asyncio.create_task(threads.run(lambda: release.wait(30), large=True))
        behind = asyncio.create_task(threads.run(lambda: None, large=True))
        await asyncio.sleep(0.01)
        for task in (under_way, behind):
            task.cancel()
        await asyncio.gather(under_way, behind, return_exceptions=True)
        assert threads.waiting == 1
        release.set()
        while threads.waiting:
            await asyncio.sleep(0.001)
        await threads.run(lambda: None, large=True)

    asyncio.run(story())
