"""Following the changes of a caller for as long as a stream goes on, whichever door it is of."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any, TypeVar

from memory_hub.accounts.principal import Principal
from memory_hub.caching.generations import Stamp
from memory_hub.caching.generations.watching import until_bumped
from memory_hub.core.errors import Unavailable
from memory_hub.http.streaming import SECONDS
from memory_hub.rate_limits import bill
from memory_hub.rate_limits.prices import READ
from memory_hub.threads.worker_pool import run_in_worker
from superthread.feed import changes, waiting
from superthread.feed.branches import EVERYWHERE, FollowedList
from superthread.feed.changes import FeedPage

T = TypeVar("T")


class Follower:
    """``by`` is who follows, as they are now; ``who_now`` authenticates them anew, in a worker
    thread, and raises where the credential is good no longer: then the stream is ended."""

    def __init__(
        self,
        by: Principal,
        *,
        who_now: Callable[[], Principal],
        limit: int,
        place: FollowedList = EVERYWHERE,
    ) -> None:
        self.by = by
        self._who_now, self._limit, self._place = who_now, limit, place

    def read(self, cursor: str | None) -> FeedPage:
        """A page. In a worker thread. Raises BadInput, CursorGone."""
        return changes.page(by=self.by, cursor=cursor, limit=self._limit, place=self._place)

    async def first(self, cursor: str | None) -> FeedPage:
        """The page to begin with. Raises what ``read`` raises."""
        await run_in_worker(self.by.load)
        return await run_in_worker(self.read, cursor)

    async def pages(self, page: FeedPage) -> AsyncGenerator[FeedPage, None]:
        """The page and all after it that lead further, with changes or without. Each is charged.
        Raises RateLimited and CursorGone: the stream ends, and whoever comes again is told so."""
        stamp, sent = None, ""
        while True:
            if page.next_cursor != sent:
                sent = page.next_cursor
                yield page
            if not page.more:
                await until_bumped(stamp, SECONDS)
            # Before anything is read: what changes meanwhile is seen.
            stamp = await self._stamp(stamp)
            async with waiting.turn():
                page = await when_there_is_room(self._charged, sent)

    async def _stamp(self, before: Stamp | None) -> Stamp | None:
        """The numbers of what whoever follows now can see, where these are the numbers of before;
        None where they are being changed."""
        while True:
            stamp = await waiting.stamp_for(self.by)
            if stamp and before and stamp.first(1) == before.first(1):
                return stamp
            await when_there_is_room(self._ask_who_it_is)
            if stamp is None:
                return None
            before = stamp

    def _ask_who_it_is(self) -> None:
        # The same person with the same scopes, or the stream is ended (`EventStream`).
        self.by = self._who_now()
        self.by.load()

    def _charged(self, cursor: str) -> FeedPage:
        bill.charge(READ)
        return self.read(cursor)


async def when_there_is_room(unit: Callable[..., T], *arguments: Any) -> T:
    """What the unit returns, once a worker thread is free for it."""
    while True:
        try:
            return await run_in_worker(unit, *arguments)
        except Unavailable:
            await asyncio.sleep(1)
