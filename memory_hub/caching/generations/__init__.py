"""Generations: numbers that change whenever what they stand for changes.

Whoever keeps an answer takes a `Stamp` of all it depends on *before* reading the database; the
answer may be used while the stamp is current. Whoever changes something bumps its keys after the
commit. So a slow reader cannot put an old answer back, and nothing has to be found and deleted.

With Redis, both stores are kept: the mapped file makes processes of one host right among themselves
whatever happens to Redis, and Redis carries the news to other hosts. A bump that Redis did not
confirm is owed: until some process of this host has told Redis to forget everything, none of its
processes uses a stored answer. Meanwhile other hosts that do reach Redis keep theirs until they
expire; that is the one bound by time and not by a number.
"""

import asyncio
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from memory_hub.caching.generations.mapped import MappedGenerations, is_expected
from memory_hub.caching.generations.redis import RedisGenerations

# Changes with every bump of whatever key: for those who learn only later what they depend on.
ANYTHING = "anything"


class Stamp(NamedTuple):
    """What was read for `keys`: the numbers of this host and, with Redis, those of all hosts.

    `local` begins with the epoch, `shared` with the run id of the server and the epoch.
    """

    keys: tuple[str, ...]
    local: tuple[int, ...]
    shared: tuple[bytes, ...] | None

    def first(self, count: int) -> "Stamp":
        """The stamp of the first `count` keys alone."""
        shared = None if self.shared is None else self.shared[: 2 + count]
        return Stamp(self.keys[:count], self.local[: 1 + count], shared)

    def without_first(self) -> "Stamp":
        """The stamp of all keys but the first."""
        shared = None if self.shared is None else self.shared[:2] + self.shared[3:]
        return Stamp(self.keys[1:], self.local[:1] + self.local[2:], shared)


class Generations:
    """The two stores as one. `shared` is None on a single host."""

    def __init__(self, local: MappedGenerations, shared: RedisGenerations | None = None) -> None:
        self.local = local
        self.shared = shared

    def stamp(self, keys: Sequence[str]) -> Stamp | None:
        """A stamp to keep an answer with; None when none may be kept now."""
        local = self.local.read(keys)
        if any(map(is_expected, local)):
            return None
        if self.shared is None:
            return Stamp(tuple(keys), local, None)
        if not self._settled():
            return None
        shared = self.shared.read(keys)
        return None if shared is None else Stamp(tuple(keys), local, shared)

    async def astamp(self, keys: Sequence[str]) -> Stamp | None:
        """`stamp` on the event loop."""
        local = self.local.read(keys)
        if any(map(is_expected, local)):
            return None
        if self.shared is None:
            return Stamp(tuple(keys), local, None)
        if self.local.owed and not await asyncio.to_thread(self._settled):
            return None
        shared = await self.shared.aread(keys)
        return None if shared is None else Stamp(tuple(keys), local, shared)

    def is_locally_current(self, stamp: Stamp) -> bool:
        """Whether no process of this host has bumped a key of the stamp: without Redis, all."""
        return self.local.are(stamp.keys, stamp.local)

    def is_current(self, stamp: Stamp) -> bool:
        """Whether an answer with this stamp may be used now."""
        if not self.is_locally_current(stamp):
            return False
        return self.shared is None or self.stamp(stamp.keys) == stamp

    async def ais_current(self, stamp: Stamp) -> bool:
        """`is_current` on the event loop."""
        if not self.is_locally_current(stamp):
            return False
        return self.shared is None or await self.astamp(stamp.keys) == stamp

    def expect(self, keys: Iterable[str], number: int) -> None:
        """Say, before a commit, that it will change the keys: on this host nothing is kept under
        them until `bump` with that number. Other hosts learn of the change after the commit."""
        self.local.expect(keys, number)

    def bump(self, *keys: str, expected: int | None = None) -> None:
        """Make every answer that depended on one of the keys invalid. Never raises for Redis."""
        if not keys:
            return
        keys = (*keys, ANYTHING)
        # This host first: it cannot fail, and it is where the writer reads next.
        self.local.bump(keys, expected)
        if self.shared is not None and not self.shared.bump(keys):
            self.local.owe()

    async def abump(self, *keys: str) -> None:
        """`bump` on the event loop."""
        if self.shared is None:
            self.bump(*keys)
        else:
            await asyncio.to_thread(self.bump, *keys)

    def bump_all(self) -> None:
        """Make every answer invalid: after a clear, or a death between a commit and its bump."""
        self.local.bump_all()
        if self.shared is not None and not self.shared.bump_all():
            self.local.owe()

    def _settled(self) -> bool:
        owed = self.local.owed
        if not owed:
            return True
        if self.shared is None or not self.shared.bump_all():
            return False
        self.local.settle(owed)
        return True


@lru_cache(maxsize=1)
def current() -> Generations:
    """The generations of this process, from the settings; made at the first call."""
    from django.conf import settings

    local = MappedGenerations(settings.DATA_DIR / "cache" / "generations.map")
    url = settings.REDIS_URL
    return Generations(local, RedisGenerations(url) if url else None)
