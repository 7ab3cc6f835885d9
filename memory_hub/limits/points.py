"""Points per caller and minute: counted for all workers of a host, with Redis for all hosts."""

import time
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from limits import RateLimitItem
from limits import parse as parse_limit
from limits.aio.storage import RedisStorage as AsyncRedisStorage
from limits.storage import RedisStorage, Storage
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from memory_hub.breaker import Breaker
from memory_hub.caching import generations
from memory_hub.errors import HubError
from memory_hub.header_lines import Headers, headers_of
from memory_hub.limits.mapped import MappedStorage, redis_options

READ, SEARCH, WRITE = 1, 3, 5
# While Redis is away each host counts for itself and allows this part of the limit: several hosts
# together then stay below it, or at least near it. A fault makes a limit stricter, never absent.
ALONE = 4
MOST_LEASES = 10_000
_FAULTS = (RedisError, OSError, TimeoutError)
_TELLING = b"ratelimit-limit: %d\r\nratelimit-remaining: %d\r\nratelimit-reset: %d\r\n"


class RateLimited(HubError):
    status, code, title = 429, "rate-limited", "Too many requests"


class Count(NamedTuple):
    """Where a caller stands after a charge: points allowed and left, seconds to the next start."""

    limit: int
    left: int
    reset: int
    allowed: bool
    used: int

    @property
    def lines(self) -> bytes:
        """The headers that tell it, as they are sent."""
        return _TELLING % (self.limit, self.left, self.reset)

    @property
    def headers(self) -> Headers:
        return headers_of(self.lines)

    def refusal(self) -> RateLimited:
        return RateLimited(
            f"The limit is {self.limit} points; it starts anew in {self.reset} s.",
            headers={"Retry-After": str(self.reset)},
        )


class Lease:
    """Points that this process has drawn for a caller and may give out without asking again."""

    __slots__ = ("left", "limit", "used")

    def __init__(self, limit: int, used: int, left: int) -> None:
        self.limit, self.used, self.left = limit, used, left


class Limiter:
    """Charges points against one limit, such as 6000/minute, in fixed windows.

    On the event loop, points are drawn a hundredth of the limit at a time: a draw costs a lock or a
    round trip. What a process has drawn and does not give out is lost for the window, which makes
    the limit stricter by at most that much a process.
    """

    def __init__(
        self, item: RateLimitItem, local: Storage, *, url: str | None, breaker: Breaker | None
    ) -> None:
        self._item = item
        self._draw = max(1, item.amount // 100)
        self._length = item.get_expiry()
        self._leases: dict[str, Lease] = {}
        self._begun = self._ends = 0.0  # the window of the leases
        self._local = local
        self._shared = self._ashared = None
        self._breaker = breaker or Breaker()
        if url:
            options = redis_options()
            self._shared = RedisStorage(url, key_prefix="hub:limits", **options)
            options["retry"] = AsyncRetry(NoBackoff(), 0)
            self._ashared = AsyncRedisStorage(
                f"async+{url}", implementation="redispy", key_prefix="hub:limits", **options
            )

    async def acharge(self, caller: str, points: int) -> Count:
        """Charge on the event loop."""
        count = self.charge_leased(caller, points)
        while count is None:
            drawn = max(points, self._draw)
            draw = await self._adraw(caller, drawn)
            # Of the last draw, only what the limit still has room for.
            granted = min(drawn, draw.limit - (draw.used - drawn))
            if granted < points:
                return draw._replace(left=max(0, granted), allowed=False)
            if len(self._leases) >= MOST_LEASES:
                self._leases.clear()  # callers may be made up; what was drawn for them is lost
            self._leases[caller] = Lease(draw.limit, draw.used - drawn, granted)
            count = self.charge_leased(caller, points)  # None if the window ended meanwhile
        return count

    def charge_leased(self, caller: str, points: int) -> Count | None:
        """Charge on the event loop what this process has drawn; None where that is too little."""
        now = time.time()
        if not self._begun <= now < self._ends:
            self._leases = {}
            self._begun = now // self._length * self._length
            self._ends = self._begun + self._length
        lease = self._leases.get(caller)
        if lease is None or lease.left < points:
            return None
        lease.left -= points
        lease.used += points
        reset = int(self._ends - now) + 1
        return Count(lease.limit, lease.limit - lease.used, reset, True, lease.used)

    async def _adraw(self, caller: str, points: int) -> Count:
        key, reset = self._window(caller)
        if self._ashared is None:
            return self._count(self._add_locally(key, points), reset)
        if self._breaker.allows():
            try:
                used = await self._ashared.incr(key, self._length, amount=points)
            except _FAULTS:
                self._breaker.failed()
            else:
                self._breaker.succeeded()
                return self._count(used, reset)
        return self._alone(key, points, reset)

    def charge(self, caller: str, points: int) -> Count:
        """Charge in a worker thread."""
        key, reset = self._window(caller)
        if self._shared is None:
            return self._count(self._add_locally(key, points), reset)
        if self._breaker.allows():
            try:
                used = self._shared.incr(key, self._item.get_expiry(), amount=points)
            except _FAULTS:
                self._breaker.failed()
            else:
                self._breaker.succeeded()
                return self._count(used, reset)
        return self._alone(key, points, reset)

    def _alone(self, key: str, points: int, reset: int) -> Count:
        used = self._add_locally(key, points)
        return self._count(used, reset, max(1, self._item.amount // ALONE))

    def _add_locally(self, key: str, points: int) -> int:
        return self._local.incr(key, self._item.get_expiry(), amount=points)

    def _window(self, caller: str) -> tuple[str, int]:
        """The key of the present window, and the seconds it still lasts."""
        now, length = time.time(), self._item.get_expiry()
        number = int(now // length)
        return self._item.key_for(caller, str(number)), int((number + 1) * length - now) + 1

    def _count(self, used: int, reset: int, limit: int | None = None) -> Count:
        limit = self._item.amount if limit is None else limit
        return Count(limit, max(0, limit - used), reset, used <= limit, used)


def _limiter(text: str) -> Limiter | None:
    if text == "off":
        return None
    shared = generations.current().shared
    # The breaker of the cache: one fault of Redis must not be waited for twice.
    breaker = shared.breaker if shared else None
    return Limiter(parse_limit(text), counters(), url=settings.REDIS_URL, breaker=breaker)


@lru_cache(maxsize=1)
def counters() -> MappedStorage:
    """The counters of this host, opened once: whoever closes or unlocks a file that a process has
    opened twice gives up the locks of both."""
    return MappedStorage(settings.DATA_DIR / "cache" / "limits.map")


@lru_cache(maxsize=1)
def per_token() -> Limiter | None:
    """The limit of each token; None when the operator turned it off."""
    return _limiter(settings.HUB_RATE_LIMIT)


@lru_cache(maxsize=1)
def per_login() -> Limiter | None:
    """The limit of log-in attempts from one address; django-axes has that of one account."""
    return _limiter(settings.HUB_LOGIN_LIMIT)


def price(method: str, path: str) -> int:
    """Points of a request; a batch is charged for its further items when they are known."""
    if path.rstrip("/").endswith("/search"):
        return SEARCH
    return READ if method in ("GET", "HEAD", "OPTIONS") else WRITE
