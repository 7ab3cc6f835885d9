"""Decorators that cache the results of functions, plain or async, and make them outdated."""

import asyncio
import inspect
import math
import random
import time
from collections.abc import Callable, Hashable
from functools import partial, wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from memory_hub.caching import generations, registry
from memory_hub.caching.call_keys import call_key
from memory_hub.caching.generations import Stamp
from memory_hub.caching.invalidation import bump_after_commit, in_transaction
from memory_hub.caching.single_flight import AsyncFlights, SingleFlight
from memory_hub.caching.statistics import Counter
from memory_hub.caching.stores import TTLCache

P = ParamSpec("P")
R = TypeVar("R")

# What is stored together must not expire together.
_JITTER = 0.1


def generation_of(name: str) -> str:
    """The generation key of the results that are cached under `name`."""
    return f"results:{name}"


class Result(NamedTuple):
    """A stored result, what it depends on, and how many seconds it took to work out."""

    value: Any
    stamp: Stamp
    cost: float


def cache_result(
    ttl: float = 300, maxsize: int = 1024, key_prefix: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the results of a function for up to `ttl` seconds, at most `maxsize` of them.

    They are valid in this process only while nobody, in any process, has called
    `cache_invalidate` or `invalidate` with the function's name (`key_prefix`, else `__name__`).
    Arguments must be values or have a `__cache_key__()`. Results are shared: do not change them.
    Inside a transaction the function is always called: what it reads there may be rolled back.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = key_prefix or function.__name__
        if inspect.iscoroutinefunction(function):
            waiting = _AsyncCached(function, name, ttl, maxsize)

            @wraps(function)
            async def awaited(*args: P.args, **kwargs: P.kwargs) -> Any:
                return await waiting(args, kwargs)

            awaited.cache = waiting.cache
            return awaited
        cached = _Cached(function, name, ttl, maxsize)

        @wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            return cached(args, kwargs)

        called.cache = cached.cache
        return called

    return decorate


def cache_invalidate(*names: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """After each call of the function, make the results cached under `names` outdated everywhere.

    After the commit, when the call was part of a transaction, and also when the function raised:
    it may have written something first.
    """
    if not names:
        raise ValueError("cache_invalidate needs the name of at least one cached function")

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def awaited(*args: P.args, **kwargs: P.kwargs) -> Any:
                try:
                    return await function(*args, **kwargs)
                finally:
                    keys = [generation_of(name) for name in names]
                    # Shielded: a client that hangs up must not keep others at the old result.
                    await asyncio.shield(generations.current().abump(*keys))

            return awaited

        @wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            finally:
                invalidate(*names)

        return called

    return decorate


def invalidate(*names: str) -> None:
    """Make the results cached under `names` outdated in every process, after the commit if any."""
    bump_after_commit(*[generation_of(name) for name in names])


class _Base:
    """What plain and async functions have in common: the store, the keys, the early refresh."""

    def __init__(self, function: Callable[..., Any], name: str, ttl: float, maxsize: int) -> None:
        self.function = function
        self.cache = TTLCache(ttl, maxsize, name=name)
        self._ttl = ttl
        self._generation = (generation_of(name),)
        self._registered_in: Any = None

    def find(self, key: Hashable, stamp: Stamp, *, refreshing: bool) -> Result | None:
        """The stored result while it is current; None also for the one call that is to renew it."""
        entry = self.cache.peek(key)
        if entry is not None and entry.value.stamp != stamp:
            self.cache.delete(key)
            entry = None
        if entry is None or (not refreshing and self._is_due(entry.value, entry.deadline)):
            self.cache.counters.add(Counter.MISSES)
            return None
        self.cache.counters.add(Counter.HITS)
        return entry.value

    def keep(self, key: Hashable, value: Any, stamp: Stamp, cost: float) -> None:
        keeper = registry.housekeeper()
        if self._registered_in is not keeper:
            self._registered_in = keeper
            keeper.add(self.cache)
        seconds = self._ttl * random.uniform(1 - _JITTER, 1)  # noqa: S311 - spreads, not guards
        self.cache.set(key, Result(value, stamp, cost), ttl=seconds)

    @staticmethod
    def _is_due(result: Result, deadline: float) -> bool:
        # XFetch (Vattani, Chierichetti, Lowenstein, VLDB 2015): the nearer the end and the dearer
        # the result, the likelier one of many callers renews it before all of them would miss.
        left = deadline - time.monotonic()
        if left > 20 * result.cost:
            return False
        draw = 1.0 - random.random()  # noqa: S311 - whose turn it is, no secret
        return -math.log(draw) * result.cost >= left


class _Cached(_Base):
    """A plain function with its stored results."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._flights = SingleFlight()

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        key = call_key(args, kwargs)
        if in_transaction():
            return self.function(*args, **kwargs)
        stamp = generations.current().stamp(self._generation)
        if stamp is None:
            self.cache.counters.add(Counter.MISSES)
            return self.function(*args, **kwargs)
        # The stamp is part of the flight: who comes after a bump must not join one from before.
        flight = (key, stamp)
        found = self.find(key, stamp, refreshing=self._flights.is_under_way(flight))
        if found is not None:
            return found.value
        return self._flights.run(flight, partial(self._work, key, stamp, args, kwargs))

    def _work(self, key: Hashable, stamp: Stamp, args: Any, kwargs: Any) -> Any:
        began = time.perf_counter()
        value = self.function(*args, **kwargs)
        self.keep(key, value, stamp, time.perf_counter() - began)
        return value


class _AsyncCached(_Base):
    """A coroutine function with its stored results."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._flights = AsyncFlights()

    async def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        key = call_key(args, kwargs)
        stamp = await generations.current().astamp(self._generation)
        if stamp is None:
            self.cache.counters.add(Counter.MISSES)
            return await self.function(*args, **kwargs)
        flight = (key, stamp)
        found = self.find(key, stamp, refreshing=self._flights.is_under_way(flight))
        if found is not None:
            return found.value
        return await self._flights.run(flight, partial(self._work, key, stamp, args, kwargs))

    async def _work(self, key: Hashable, stamp: Stamp, args: Any, kwargs: Any) -> Any:
        began = time.perf_counter()
        value = await self.function(*args, **kwargs)
        self.keep(key, value, stamp, time.perf_counter() - began)
        return value
