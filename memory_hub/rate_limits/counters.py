"""Where points are counted: a file that all processes of a host share, with Redis all hosts."""

import time
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from limits import RateLimitItem

from memory_hub.core.circuit_breaker import Breaker
from memory_hub.rate_limits.mapped_storage import MappedStorage

if TYPE_CHECKING:
    from memory_hub.rate_limits.redis_counts import RedisCounts

# While Redis is away each host counts for itself and allows this part of the limit: several hosts
# together then stay below it, or at least near it. A fault makes a limit stricter, never absent.
ALONE = 4


class Used(NamedTuple):
    """Points counted for a key in the present window, and the part of the limit that holds."""

    points: int
    part: int


class Counters:
    """Counts of one limit, such as 6000/minute, in fixed windows. Points may be negative: what was
    counted and not used is given back."""

    def __init__(
        self,
        item: RateLimitItem,
        local: MappedStorage,
        *,
        url: str | None,
        breaker: Breaker | None,
    ) -> None:
        self.item, self.local = item, local
        self.length = item.get_expiry()  # seconds of a window
        self._shared = _in_redis(url, self.length, breaker) if url else None

    async def aadd(self, name: str, points: int) -> Used:
        """Count on the event loop."""
        key = self.key(name)
        if self._shared is None:
            return Used(self._add_locally(key, points), 1)
        return self._told(key, points, await self._shared.aadd(key, points))

    def add(self, name: str, points: int) -> Used:
        """Count in a worker thread."""
        key = self.key(name)
        if self._shared is None:
            return Used(self._add_locally(key, points), 1)
        return self._told(key, points, self._shared.add(key, points))

    def _told(self, key: str, points: int, shared: int | None) -> Used:
        """What all hosts have counted, or, while Redis is away, this one."""
        return Used(self._add_locally(key, points), ALONE) if shared is None else Used(shared, 1)

    def place(self, name: str) -> int | None:
        """Where in ``local.words`` the count of the key stands for the present window; None where
        it is not this host that counts."""
        return self.local.place(self.key(name)) if self._shared is None else None

    def key(self, name: str) -> str:
        return self.item.key_for(name, str(int(time.time() // self.length)))

    def reset(self) -> int:
        """Seconds that the present window still lasts."""
        now = time.time()
        return int((now // self.length + 1) * self.length - now) + 1

    def _add_locally(self, key: str, points: int) -> int:
        return self.local.incr(key, self.length, amount=points)


def _in_redis(url: str, length: int, breaker: Breaker | None) -> "RedisCounts":
    # Its client takes 6 MB of memory, and most hubs have no Redis.
    from memory_hub.rate_limits.redis_counts import RedisCounts

    return RedisCounts(url, length, breaker)


@lru_cache(maxsize=1)
def counts_of_this_host() -> MappedStorage:
    """One file for all limits, opened once in a process."""
    return MappedStorage(settings.DATA_DIR / "cache" / "limits.map")
