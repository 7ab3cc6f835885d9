"""Generations: numbers that change whenever what they stand for changes.

Whoever keeps an answer takes a `Stamp` of all it depends on *before* reading the database; the
answer may be used while the stamp is current. Whoever changes something announces its keys before
the commit and bumps them after it (`AnnouncedChange`). So a slow reader cannot put an old answer
back, and nothing has to be found and deleted.

With Redis, both stores are kept: the mapped file makes processes of one host right among themselves
whatever happens to Redis, and Redis carries the news to other hosts. What Redis does not confirm is
told in PostgreSQL (`news`), which every process that uses kept answers looks at. Should that fail
too, the change is not committed; one that was already is owed: no process of this host uses a
stored answer until the thread of one of them has told the others to forget everything.
"""

import asyncio
import logging
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.db import DatabaseError

from memory_hub.caching.generations.mapped import MappedGenerations, is_expected
from memory_hub.caching.generations.news import News, news_connection

if TYPE_CHECKING:
    from memory_hub.caching.generations.redis import RedisGenerations

logger = logging.getLogger(__name__)

# Changes with every bump of whatever key: for those who learn only later what they depend on.
ANYTHING = "anything"


class Stamp(NamedTuple):
    """What was read for `keys`: the numbers of this host and, with Redis, those of all hosts.

    `local` begins with the epoch, `shared` with the run id of the server and the epoch; `news` is
    the epoch of PostgreSQL's row.
    """

    keys: tuple[str, ...]
    local: tuple[int, ...]
    shared: tuple[bytes, ...] | None
    news: int | None = None

    def first(self, count: int) -> "Stamp":
        """The stamp of the first `count` keys alone."""
        shared = None if self.shared is None else self.shared[: 2 + count]
        return Stamp(self.keys[:count], self.local[: 1 + count], shared, self.news)

    def without_first(self) -> "Stamp":
        """The stamp of all keys but the first."""
        shared = None if self.shared is None else self.shared[:2] + self.shared[3:]
        return Stamp(self.keys[1:], self.local[:1] + self.local[2:], shared, self.news)


class Generations:
    """The stores as one. `shared` is None on a single host; several have `news` as well."""

    def __init__(
        self,
        local: MappedGenerations,
        shared: "RedisGenerations | None" = None,
        news: News | None = None,
    ) -> None:
        self.local = local
        self.shared = shared
        self.news = news

    def stamp(self, keys: Sequence[str]) -> Stamp | None:
        """A stamp to keep an answer with; None when none may be kept now."""
        local = self.local.read(keys)
        if any(map(is_expected, local)):
            return None
        if self.shared is None:
            return Stamp(tuple(keys), local, None)
        news = self._leave()
        if news is None:
            return None
        shared = self.shared.read(keys)
        return None if shared is None else Stamp(tuple(keys), local, shared, news)

    async def astamp(self, keys: Sequence[str]) -> Stamp | None:
        """`stamp` on the event loop."""
        local = self.local.read(keys)
        if any(map(is_expected, local)):
            return None
        if self.shared is None:
            return Stamp(tuple(keys), local, None)
        news = self._leave()
        if news is None:
            return None
        shared = await self.shared.aread(keys)
        return None if shared is None else Stamp(tuple(keys), local, shared, news)

    def _leave(self) -> int | None:
        """The epoch of the news where this process may use kept answers at all; None: not now."""
        epoch = 0 if self.news is None else self.news.epoch()
        return None if self.local.owed else epoch

    def is_locally_current(self, stamp: Stamp) -> bool:
        """Whether no process of this host has bumped a key of the stamp: without Redis, all."""
        return self.local.are(stamp.keys, stamp.local)

    async def ais_current(self, stamp: Stamp) -> bool:
        """Whether an answer with this stamp may be used now."""
        if not self.is_locally_current(stamp):
            return False
        return self.shared is None or await self.astamp(stamp.keys) == stamp

    def expect(self, keys: Iterable[str], number: int) -> None:
        """Say, long before a commit, that it will change the keys: on this host nothing is kept
        under them until `bump` with that number. Other hosts hear right before the commit."""
        self.local.expect(keys, number)

    def bump(self, *keys: str, expected: int | None = None) -> None:
        """Make every answer that depended on one of the keys invalid. Never raises for Redis.

        For what is changed elsewhere than in a transaction, which `AnnouncedChange` announces.
        `expected` is the number it was expected with on this host.
        """
        if not keys:
            return
        keys = (*keys, ANYTHING)
        # This host first: it cannot fail, and it is where the writer reads next.
        self.local.bump(keys, expected)
        if self.shared is not None and not self.shared.bump(keys):
            self.outdate_elsewhere()

    async def abump(self, *keys: str) -> None:
        """`bump` on the event loop."""
        if self.shared is None:
            self.bump(*keys)
        else:
            await asyncio.to_thread(self.bump, *keys)

    def bump_all(self, *, wait: bool = True) -> None:
        """Make every answer invalid: after a clear, or a death between a commit and its bump.

        Without `wait`, other hosts may learn of it some moments later.
        """
        self.local.bump_all()
        if self.shared is not None and not self.shared.bump_all():
            if wait:
                self.outdate_elsewhere()
            else:
                self.local.owe()

    def outdate_elsewhere(self) -> None:
        """Tell the other hosts without Redis, and return when they know."""
        try:
            if self.news is None:
                raise DatabaseError("There is no row of news.")
            with self.news.silence():
                pass
        except DatabaseError as error:
            logger.error("Other hosts do not know of a change yet: %s", error)
            self.local.owe()

    def settle(self) -> None:
        """Make good what is owed, if it can be now. Of the thread that reads the news."""
        owed = self.local.owed
        if not owed or self.shared is None:
            return
        if not self.shared.bump_all():
            if self.news is None:
                return
            self.news.tell()
        self.local.settle(owed)


def _of_hosts(local: MappedGenerations, url: str) -> Generations:
    # Its client takes 6 MB of memory, and most hubs have no Redis.
    from memory_hub.caching.generations.redis import RedisGenerations

    shared = RedisGenerations(url)
    made = Generations(local, shared)

    def also() -> bool:
        made.settle()
        return shared.look()

    made.news = News(news_connection, also)
    return made


@lru_cache(maxsize=1)
def current() -> Generations:
    """The generations of this process, from the settings; made at the first call.

    Several hosts need PostgreSQL: what SQLite holds is one host's, and its mapped file knows all.
    """
    from django.conf import settings
    from django.db import connection

    local = MappedGenerations(settings.DATA_DIR / "cache" / "generations.map")
    several = settings.REDIS_URL and connection.vendor == "postgresql"
    return _of_hosts(local, settings.REDIS_URL) if several else Generations(local)


# A fork has no thread that reads the news: it makes its own.
os.register_at_fork(after_in_child=lambda: current.cache_clear())
