"""The named caches of this process, and what concerns those of all processes together."""

import os
import threading
import time
import weakref
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from memory_hub.caching import generations
from memory_hub.caching.generations.mapped import random_generation
from memory_hub.caching.shared_stats import Command, Row, SharedStats
from memory_hub.caching.statistics import CacheStatistics, Counters, total
from memory_hub.caching.stores import LRUCache
from memory_hub.jobs.loops import Loop

# How long a command waits for the processes to acknowledge; they look ten times a second.
ACKNOWLEDGE_SECONDS = 3.0
_LOOK_SECONDS = 0.1


class Housekeeper:
    """Shows the caches of one process in the shared statistics and carries out what is posted.

    In a loop of its own, for a worker's event loop may be busy and a clear must not wait for it.
    """

    def __init__(self, stats: SharedStats) -> None:
        self._stats = stats
        # Never one of the reserved owners 0 and 1.
        self._owner = random_generation() | 2
        self._lock = threading.RLock()
        self._members: list[tuple[weakref.ref[LRUCache], Row | None]] = []
        self._seen = stats.posted_word
        self._beats_at = 0.0
        self.loop = Loop("caches", self._turn)

    def add(self, cache: LRUCache) -> None:
        """Count `cache` there from now on, and start the loop when it is the first."""
        row = self._stats.join(self._owner, cache.name, cache.backend, cache.maxsize)
        with self._lock:
            if row is not None:
                cache.counters.move_to(row.cells)
            self._members.append((weakref.ref(cache), row))
        self.loop.start()

    def look(self) -> None:
        """Carry out what was posted since the last look."""
        word = self._stats.posted_word
        if word == self._seen:
            return
        self._seen = word
        posted = self._stats.decode(word)
        with self._lock:
            for reference, row in self._members:
                cache = reference()
                removed = 0 if cache is None else _carry_out(posted.command, cache)
                if row is not None:
                    row.acknowledge(posted.sequence, removed)

    def weight(self) -> int:
        """Bytes that the caches of this process hold, as far as they weigh what they hold."""
        with self._lock:
            caches = [reference() for reference, _ in self._members]
        return sum(cache.weight for cache in caches if cache is not None)

    def _turn(self) -> float:
        self.look()
        if time.monotonic() >= self._beats_at:
            self._beats_at = time.monotonic() + 1
            generations.current().local.follow_file()
            self._beat()
        return _LOOK_SECONDS

    def _beat(self) -> None:
        with self._lock:
            # The row of a cache that is no more stops beating and so joins those of the dead.
            self._members = [
                (reference, self._beating(cache, row))
                for reference, row in self._members
                if (cache := reference()) is not None
            ]

    def _beating(self, cache: LRUCache, row: Row | None) -> Row | None:
        """The row of the cache, which beats; another one where this process stood still for so
        long that others took it for dead, and its counts for what is left of it."""
        if row is not None and row.owner != self._owner:
            row = self._stats.join(self._owner, cache.name, cache.backend, cache.maxsize)
            cells = row.cells if row else Counters().cells
            cache.counters.begin_in(cells, entries=len(cache))
        if row is not None:
            row.beat()
        return row


def _carry_out(command: Command, cache: LRUCache) -> int:
    if command is Command.CLEAR:
        return cache.clear()
    return cache.cleanup(_is_outdated)


def _is_outdated(value: Any) -> bool:
    stamp = getattr(value, "stamp", None)
    return stamp is not None and not generations.current().is_locally_current(stamp)


@lru_cache(maxsize=1)
def shared_stats() -> SharedStats:
    """Those of this host, from the settings."""
    from django.conf import settings

    # The file is called as ever: the counts of a host go on over an upgrade.
    return SharedStats(settings.DATA_DIR / "cache" / "board.map")


@lru_cache(maxsize=1)
def housekeeper() -> Housekeeper:
    """This process's, made at its first cache."""
    return Housekeeper(shared_stats())


# A fork has neither the thread nor a claim on the rows: it makes its own at its first cache.
os.register_at_fork(after_in_child=housekeeper.cache_clear)


def register(cache: LRUCache) -> None:
    """Show a named cache in the statistics and let clear and cleanup reach it."""
    housekeeper().add(cache)


def statistics() -> dict[str, CacheStatistics]:
    """The numbers of every cache, summed over the processes of this host."""
    return total(shared_stats().statistics())


def describe() -> list[dict[str, Any]]:
    """`statistics` as plain rows with the hit rate, ordered by name."""
    return [
        asdict(row) | {"hit_rate": round(row.hit_rate, 4)}
        for _, row in sorted(statistics().items())
    ]


def clear() -> dict[str, int]:
    """Forget everything in every process; how many entries went, by cache."""
    # First and on its own enough for validity: what is not removed yet is no longer used.
    generations.current().bump_all()
    return _ask(Command.CLEAR)


def cleanup() -> dict[str, int]:
    """Let every process drop what has expired or is outdated; how many entries went, by cache."""
    return _ask(Command.CLEANUP)


def _ask(command: Command) -> dict[str, int]:
    posted = shared_stats().post(command)
    deadline = time.monotonic() + ACKNOWLEDGE_SECONDS
    while True:
        answers = [(row.name, row.removed_for(posted.sequence)) for row in shared_stats().rows()]
        if all(removed is not None for _, removed in answers) or time.monotonic() > deadline:
            break
        time.sleep(_LOOK_SECONDS / 4)
    removed_by_name: dict[str, int] = {}
    for name, removed in answers:
        removed_by_name[name] = removed_by_name.get(name, 0) + (removed or 0)
    return removed_by_name
