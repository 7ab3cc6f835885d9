"""Where the database part of requests runs: a bounded pool of threads, one crossing a request.

Django's ORM is synchronous; its async twin hops threads once per query, which costs more than the
query. Here a whole unit of work (authenticate, decide, read or write, render) crosses once.
"""

import asyncio
import contextvars
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.db import connections

from memory_hub.core import request_stats
from memory_hub.core.budget import unit_of_work
from memory_hub.core.callers import calling
from memory_hub.core.errors import Unavailable
from memory_hub.threads.concurrency_limit import ConcurrencyLimit
from memory_hub.threads.fair_queue import LONG, SHORT, FairQueue, Waiting
from memory_hub.threads.large_turns import LargeTurns

T = TypeVar("T")


# A request with a body of more bytes is large: it may compute for seconds, and take memory for
# ten times its body.
LARGE_BODY = 128 * 1024
# Of fewer threads none waits for what another process does.
FEW = 4


class _Unit(NamedTuple):
    """Work, where its result goes, and the time of its end once it has come."""

    call: Callable[[], Any]
    result: Future[Any]
    ended: list[float]


class WorkerThreads:
    """``size`` threads; ``queue`` further units may wait, one more is refused with 503.

    Callers take turns (``FairQueue``). The last half of the queue is for those who do not have
    the first already.
    """

    def __init__(self, size: int, queue: int):
        self.size, self.queue = size, queue
        # Units begun or queued; touched on the event loop only.
        self.waiting = 0
        self._units: FairQueue[_Unit] = FairQueue(size)
        self._pace = ConcurrencyLimit(size)
        self._large = LargeTurns(settings.DATA_DIR / "cache" / "large-turns")
        self._executor = ThreadPoolExecutor(size, thread_name_prefix="hub-work")

    async def run(self, unit: Callable[[], T], *, large: bool = False) -> T:
        """Runs the unit with the caller's context variables in one of the threads.

        Raises Unavailable at once when the queue is full: a pile-up helps nobody.
        """
        caller = calling.get()
        if self.is_full_for(caller):
            raise too_many()
        self.waiting += 1
        begun = partial(_noting_the_wait, unit, time.perf_counter_ns())
        call = partial(contextvars.copy_context().run, _give_back, begun, large=large)
        work = _Unit(call, Future(), [])
        leave = partial(self._leave, work.ended)
        loop = asyncio.get_running_loop()
        if self._units.put(work, caller, large=large):
            self._executor.submit(self._serve)
        else:
            loop.call_later(SHORT, self._look_again, loop, work)
        try:
            return await asyncio.wrap_future(work.result)
        finally:
            if work.result.done():
                leave()
            else:
                # Given up, as after HUB_REQUEST_SECONDS: its thread goes on all the same.
                work.result.add_done_callback(partial(_on_loop, loop, leave))

    def _look_again(self, loop: asyncio.AbstractEventLoop, work: _Unit) -> None:
        """While the work waits: what it waits for may have turned out to wait, or to be long."""
        if work.result.running() or work.result.done():
            return
        if self._units.look_again():
            # Shut down: those that have begun serve all.
            with suppress(RuntimeError):
                self._executor.submit(self._serve)
        loop.call_later(SHORT, self._look_again, loop, work)

    def _leave(self, ended: list[float]) -> None:
        self.waiting -= 1
        if ended:
            late = time.perf_counter() - ended[0]
            self._pace.heard(late, crowded=self.waiting > self.queue // 2)

    @property
    def is_full(self) -> bool:
        """Whether one more unit would be refused, whoever's it is."""
        return self.waiting >= self.size + self.queue

    @property
    def has_large(self) -> bool:
        """Whether a large unit is being carried out."""
        return self._units.has_large

    def is_full_for(self, caller: Hashable) -> bool:
        """Whether one more unit of this caller would be refused."""
        return self.is_full or self._units.held_by(caller) >= self.size + -(-self.queue // 2)

    def _serve(self) -> None:
        """In a thread: carries out units while there are any for it."""
        while self._serve_one():
            pass

    def _serve_one(self) -> bool:
        # Whose turn it is is decided when the thread has its own.
        with self._pace.turn():
            place, more = self._units.take()
            if more:
                # Shut down: those that have begun serve all.
                with suppress(RuntimeError):
                    self._executor.submit(self._serve)
            if place is None:
                return False
            is_alone = self._is_alone(place)
            _carry_out(place.unit, partial(self._done, place, is_alone=is_alone))
        return True

    def _is_alone(self, place: Waiting[_Unit]) -> bool:
        """Of a large unit: whether it has the caller's turn among the processes of the host. While
        others are about it waits for that, not for long, and where no other's waits for it."""
        if not place.large:
            return False
        if not self._units.is_shared or self.size < FEW or self._units.has_next_large:
            return self._large.take(place.caller, 0)
        with self._pace.aside():
            return self._large.take(place.caller, LONG)

    def _done(self, place: Waiting[_Unit], *, is_alone: bool) -> None:
        if is_alone:
            self._large.end(place.caller)
        self._units.done(place)

    def shutdown(self) -> None:
        """Waits for the units under way and ends the threads."""
        self._executor.shutdown(wait=True)


def _carry_out(unit: _Unit, done: Callable[[], None]) -> None:
    """Calls the unit unless it was given up while it waited; what comes of it is its result's."""
    result = error = None
    begun = unit.result.set_running_or_notify_cancel()
    try:
        if begun:
            result = unit.call()
    except BaseException as caught:
        error = caught
    unit.ended.append(time.perf_counter())
    # First: whoever hears of the result may send the next one at once.
    done()
    if error is not None:
        unit.result.set_exception(error)
    elif begun:
        unit.result.set_result(result)
    # An exception holds this frame, which must not hold the exception.
    del error, unit


def _on_loop(loop: asyncio.AbstractEventLoop, function: Callable[[], None], _: Any) -> None:
    # The loop has ended, and nobody counts any more.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(function)


def too_many() -> Unavailable:
    """The answer to one request more than may wait."""
    return Unavailable("Too many requests are waiting; try again shortly.")


def _noting_the_wait(unit: Callable[[], T], queued_ns: int) -> T:
    """Runs the unit; notes how long it waited for its thread."""
    present = request_stats.current.get()
    if present is not None:
        present.wait_ns += time.perf_counter_ns() - queued_ns
    return unit()


def _give_back(unit: Callable[[], T], *, large: bool) -> T:
    """Runs the unit; whatever happens, its connections go back or are ready for the next one, and
    so does what it has taken of budgets, and of memory where it is large."""
    work = None
    try:
        with unit_of_work() as work:
            work.is_heavy = large
            return unit()
    finally:
        for connection in connections.all(initialized_only=True):
            if connection.in_atomic_block:
                continue
            if work is not None and work.is_heavy and connection.vendor == "sqlite":
                connection.renew()
            else:
                connection.close_if_unusable_or_obsolete()


_threads: WorkerThreads | None = None


def worker_threads() -> WorkerThreads:
    """This process's pool, made on first use: threads do not survive the fork of a worker."""
    global _threads
    if _threads is None:
        _threads = WorkerThreads(settings.HUB_THREADS, settings.HUB_THREAD_QUEUE)
    return _threads


def use_worker_threads(threads: WorkerThreads | None) -> None:
    """Replaces this process's pool; None has the next use make a new one."""
    global _threads
    _threads = threads


async def run_in_worker(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Calls a plain function in a worker thread and awaits what it returns or raises."""
    return await worker_threads().run(partial(function, *args, **kwargs))
