"""What several requests of one caller want read at the same moment: in one crossing into a thread.

The crossing, the look at the caller and each statement cost as much for one as for twenty. What
comes while a group of the same caller is read waits, and is the next group. Alone, nobody waits for
company: a group begins in the turn of the event loop in which its first item has come.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from contextvars import Context
from functools import partial
from typing import Any, Generic, TypeVar

from memory_hub.core import request_stats
from memory_hub.core.callers import calling
from memory_hub.threads.fair_queue import SHORT
from memory_hub.threads.worker_pool import worker_threads

T = TypeVar("T")
R = TypeVar("R")


class _Line(Generic[T]):
    """What one caller waits for, and how many groups of theirs are being read."""

    __slots__ = ("begun", "call", "caller", "reading", "waiting")

    def __init__(self, caller: Hashable) -> None:
        self.caller = caller
        self.waiting: deque[tuple[T, asyncio.Future[Any]]] = deque()
        self.reading = 0
        # When the last group began, by the loop's clock.
        self.begun = 0.0
        # By which the loop will look at it by itself; always where nothing is being read.
        self.call: asyncio.Handle | None = None


class Groups(Generic[T, R]):
    """``read(items)``, a plain function, gives an outcome for each of up to ``most`` items in their
    order; what it raises is raised to all of them.

    A group is of one ``key``, and a unit of work of the present caller like any other. A further
    one of the same key begins when the one before it has ended, or has turned out not to be short.
    For the event loop alone.
    """

    def __init__(self, read: Callable[[Sequence[T]], Sequence[R]], *, most: int) -> None:
        self._read, self._most = read, most
        self._lines: dict[Hashable, _Line[T]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0

    def has_room(self, key: Hashable) -> bool:
        """Whether one more may wait: as many as there may be units of work, half of them of one
        key."""
        threads = worker_threads()
        line = self._lines.get(key)
        if line is not None and len(line.waiting) >= threads.queue // 2:
            return False
        return self._waiting + threads.waiting < threads.size + threads.queue

    async def read(self, key: Hashable, item: T, *, at_once: bool = False) -> R:
        """The outcome of one item. Raises what reading its group has raised, and Unavailable.

        ``at_once``: where none of the key is being read it begins alone, which costs less; for keys
        that seldom come twice.
        """
        loop = asyncio.get_running_loop()
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line(calling.get())
            if at_once:
                return await self._read_first(loop, key, line, item)
        place = loop.create_future()
        line.waiting.append((item, place))
        if line.reading:
            self._look_later(loop, key, line)
        elif line.call is None:
            # Who comes in the same turn of the loop comes along.
            line.call = loop.call_soon(self._look, loop, key, line)
        self._waiting += 1
        try:
            return await place
        finally:
            self._waiting -= 1

    async def _read_first(
        self, loop: asyncio.AbstractEventLoop, key: Hashable, line: _Line[T], item: T
    ) -> R:
        line.reading, line.begun = 1, loop.time()
        # How long it has waited ``read`` notes itself.
        noting = request_stats.current.set(None)
        try:
            (outcome,) = await worker_threads().run(partial(self._read, [item]))
        finally:
            request_stats.current.reset(noting)
            line.reading -= 1
            self._begin(loop, key, line)
        return outcome

    def _look(self, loop: asyncio.AbstractEventLoop, key: Hashable, line: _Line[T]) -> None:
        """Begins the next group of the line, unless one has begun since this was called for."""
        line.call = None
        if line.reading and loop.time() < line.begun + SHORT:
            self._look_later(loop, key, line)
        else:
            self._begin(loop, key, line)

    def _look_later(self, loop: asyncio.AbstractEventLoop, key: Hashable, line: _Line[T]) -> None:
        """Has the loop see to what waits once the last group has turned out not to be short."""
        if line.waiting and line.call is None:
            line.call = loop.call_at(line.begun + SHORT, self._look, loop, key, line)

    def _begin(self, loop: asyncio.AbstractEventLoop, key: Hashable, line: _Line[T]) -> None:
        group = []
        while line.waiting and len(group) < self._most:
            one = line.waiting.popleft()
            if not one[1].done():  # given up while it waited
                group.append(one)
        if not group:
            if not line.reading:
                self._end(key, line)
            return
        line.reading += 1
        line.begun = loop.time()
        # Of no request's context: whoever came first is not the one that it is done for.
        context = Context()
        context.run(calling.set, line.caller)
        task = loop.create_task(self._carry_out(key, line, group), context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._look_later(loop, key, line)

    def _end(self, key: Hashable, line: _Line[T]) -> None:
        """Forgets the line: who comes next begins one, and is not to wait for what was called."""
        if line.call is not None:
            line.call.cancel()
        self._lines.pop(key, None)

    async def _carry_out(
        self, key: Hashable, line: _Line[T], group: list[tuple[T, asyncio.Future[Any]]]
    ) -> None:
        outcomes: Sequence[R] = ()
        error: BaseException | None = None
        try:
            items = [item for item, _ in group]
            outcomes = await worker_threads().run(partial(self._read, items))
        except BaseException as caught:
            # Whatever it is, those who wait must not wait for ever.
            error = caught
        line.reading -= 1
        self._begin(asyncio.get_running_loop(), key, line)
        for number, (_, place) in enumerate(group):
            if place.done():
                continue
            if error is None:
                place.set_result(outcomes[number])
            elif isinstance(error, Exception):
                place.set_exception(error)
            else:
                place.cancel()
        # An exception holds this frame, which must not hold the exception.
        del error
