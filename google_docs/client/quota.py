"""Token buckets per Google identity, so that Google's own limits are rarely met."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from google_docs.config import QuotaLimits
from google_docs.errors import GoogleRateLimited
from memory_hub.caching import LRUCache


@dataclass(frozen=True)
class Cost:
    """What one call costs: Drive units, Docs reads, Docs writes."""

    drive: int = 0
    docs_reads: int = 0
    docs_writes: int = 0


# Drive's units per call since 2026-05-01; an export is taken for a download.
GET, LIST, DOWNLOAD, EDIT, OTHER = (Cost(drive=n) for n in (5, 100, 200, 50, 5))
DOCS_READ, DOCS_WRITE = Cost(docs_reads=1), Cost(docs_writes=1)


class Bucket:
    """As much as a minute allows at once, refilled evenly."""

    def __init__(self, per_minute: float, now: float) -> None:
        self.size, self.level, self.at = per_minute, per_minute, now

    def reserve(self, amount: float, now: float) -> float:
        """Take the amount, on credit if need be; answers the seconds until it is covered."""
        self.level = min(self.size, self.level + (now - self.at) * self.size / 60)
        self.at = now
        self.level -= amount
        return max(0.0, -self.level * 60 / self.size)

    def give_back(self, amount: float) -> None:
        self.level += amount


class Buckets:
    """The buckets of every identity; used on the event loop only, hence without a lock."""

    MAX_IDENTITIES = 10_000

    def __init__(
        self,
        limits: QuotaLimits,
        *,
        patience: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.limits, self.patience, self.clock, self.sleep = limits, patience, clock, sleep
        self._of = LRUCache(self.MAX_IDENTITIES)

    async def take(
        self, identity: str, cost: Cost, left: float, patience: float | None = None
    ) -> None:
        """Wait for room for a call, at most `patience` seconds; RateLimited if that is too short.

        A call that is refused takes nothing.
        """
        now = self.clock()
        buckets, wait, taken = self._buckets(identity, now), 0.0, []
        for name, bucket in buckets.items():
            if amount := getattr(cost, name):
                wait = max(wait, bucket.reserve(amount, now))
                taken.append((bucket, amount))
        if wait > min(self.patience if patience is None else patience, left):
            for bucket, amount in taken:
                bucket.give_back(amount)
            error = GoogleRateLimited("This account's calls to Google are used up for the moment.")
            error.transient = False
            raise error.after(wait)
        if wait:
            await self.sleep(wait)

    def _buckets(self, identity: str, now: float) -> dict[str, Bucket]:
        buckets: dict[str, Bucket] | None = self._of.get(identity)
        if buckets is None:
            names = ("drive", "docs_reads", "docs_writes")
            buckets = {name: Bucket(getattr(self.limits, name), now) for name in names}
            self._of.set(identity, buckets)
        return buckets
