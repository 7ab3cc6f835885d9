"""Single flight: of simultaneous calls with one key, one works and the others take its result."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
_ABANDONED: Any = object()


class SingleFlight:
    """For plain functions, called from threads. An exception reaches everyone who waited."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, Future[Any]] = {}

    def is_under_way(self, key: Hashable) -> bool:
        return key in self._under_way

    def run(self, key: Hashable, work: Callable[[], T]) -> T:
        """The result of `work()`, of this call or of one with the same key already under way."""
        while True:
            with self._lock:
                flight = self._under_way.get(key)
                if flight is None:
                    mine = self._under_way[key] = Future()
                    break
            outcome = flight.result()
            if outcome is not _ABANDONED:
                return outcome
        return self._lead(key, mine, work)

    def _lead(self, key: Hashable, flight: "Future[Any]", work: Callable[[], T]) -> T:
        # Also what an interrupted thread leaves: the next one leads.
        outcome: Any = _ABANDONED
        try:
            outcome = work()
        except Exception as failure:
            self._land(key)
            flight.set_exception(failure)
            raise
        finally:
            self._land(key)
            if not flight.done():
                flight.set_result(outcome)
        return outcome

    def _land(self, key: Hashable) -> None:
        with self._lock:
            self._under_way.pop(key, None)


class AsyncFlights:
    """For coroutine functions, on any number of event loops. A cancelled leader is replaced."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Future[Any]] = {}

    def is_under_way(self, key: Hashable) -> bool:
        return (asyncio.get_running_loop(), key) in self._under_way

    async def run(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """The result of `await work()`, of this call or of one already under way on this loop."""
        loop = asyncio.get_running_loop()
        place = (loop, key)
        while (flight := self._under_way.get(place)) is not None:
            # Shielded: a follower that gives up must not cancel what the others wait for.
            outcome = await asyncio.shield(flight)
            if outcome is not _ABANDONED:
                return outcome
        mine = self._under_way[place] = loop.create_future()
        outcome = _ABANDONED
        try:
            outcome = await work()
        except Exception as failure:
            mine.set_exception(failure)
            # Looked at, so that nobody is told it was not.
            mine.exception()
            raise
        finally:
            del self._under_way[place]
            if not mine.done():
                mine.set_result(outcome)
        return outcome
