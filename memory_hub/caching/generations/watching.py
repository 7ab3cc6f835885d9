"""Waiting until something is bumped, without a thread, a connection or a question of each waiter.

One timer of an event loop looks for all who wait. Every bump also bumps `ANYTHING`: while that
stays the same, one number is looked at, however many wait.
"""

import asyncio
import contextvars
from weakref import WeakKeyDictionary

from memory_hub.caching import generations
from memory_hub.caching.generations import ANYTHING, Generations, Stamp

# Seconds between two looks at this host's numbers.
BEAT = 0.1
BEAT_OF_HOSTS = 1.0  # seconds between two questions to Redis

_watches: "WeakKeyDictionary[asyncio.AbstractEventLoop, _Watch]" = WeakKeyDictionary()


async def until_bumped(stamp: Stamp | None, seconds: float) -> bool:
    """True once a key of the stamp was bumped, or may have been; False after so many seconds.

    Bumped before already, it returns after a beat. So it does where there is no stamp, because
    the keys are being changed or Redis does not answer.
    """
    now = generations.current()
    if stamp is None or not now.is_locally_current(stamp):
        is_local = stamp is not None or now.shared is None
        await asyncio.sleep(min(BEAT if is_local else BEAT_OF_HOSTS, seconds))
        return True
    loop = asyncio.get_running_loop()
    watch = _watches.get(loop)
    if watch is None:
        watch = _watches[loop] = _Watch(loop)
    return await watch.until_bumped(stamp, seconds)


class _Watch:
    """All who wait in one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: dict[asyncio.Future[bool], Stamp] = {}
        # Those whose numbers were not compared with Redis' yet.
        self._fresh: set[asyncio.Future[bool]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._asking: asyncio.Task[None] | None = None
        self._seen: tuple[int, ...] | None = None
        self._seen_of_hosts: Stamp | None = None
        self._asked = 0.0
        # What the request that happens to be first has in its context is its own.
        self._context = contextvars.Context()

    async def until_bumped(self, stamp: Stamp, seconds: float) -> bool:
        """As the function."""
        future: asyncio.Future[bool] = self._loop.create_future()
        self._waiting[future] = stamp
        self._fresh.add(future)
        end = self._loop.call_later(seconds, _settle, future, False)
        if self._timer is None:
            self._again()
        try:
            return await future
        finally:
            end.cancel()
            del self._waiting[future]
            self._fresh.discard(future)
            if not self._waiting and self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _again(self) -> None:
        self._timer = self._loop.call_later(BEAT, self._look, context=self._context)

    def _look(self) -> None:
        now = generations.current()
        seen = now.local.read([ANYTHING])
        if seen != self._seen:
            self._seen = seen
            for future, stamp in self._waiting.items():
                if not now.is_locally_current(stamp):
                    _settle(future, True)
        clock = self._loop.time()
        is_due = now.shared is not None and clock - self._asked >= BEAT_OF_HOSTS
        if is_due and (self._asking is None or self._asking.done()):
            self._asked = clock
            self._asking = self._loop.create_task(self._ask_redis(now))
        self._again()

    async def _ask_redis(self, now: Generations) -> None:
        """Wakes those whose keys were bumped on another host, and all where Redis says nothing."""
        seen = await now.astamp([ANYTHING])
        is_same = seen is not None and seen == self._seen_of_hosts
        self._seen_of_hosts = seen
        asked = {
            future: stamp
            for future, stamp in self._waiting.items()
            if not is_same or future in self._fresh
        }
        self._fresh.difference_update(asked)
        # All in one round trip.
        current = await asyncio.gather(*map(now.ais_current, asked.values()))
        for future, is_current in zip(asked, current, strict=True):
            if not is_current:
                _settle(future, True)


def _settle(future: "asyncio.Future[bool]", value: bool) -> None:
    if not future.done():
        future.set_result(value)
