"""Points that all hosts count together, in Redis. Imported where there is one."""

from collections.abc import Iterator
from contextlib import contextmanager

from limits.aio.storage import RedisStorage as AsyncRedisStorage
from limits.storage import RedisStorage
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from memory_hub.caching.generations.redis_connection import TIMEOUT
from memory_hub.core.circuit_breaker import Breaker

_FAULTS = (RedisError, OSError, TimeoutError)
_PREFIX = "hub:limits"


class RedisCounts:
    """Counts for windows of ``length`` seconds. Timeouts are as short as the cache's, and there are
    no retries in front of the breaker."""

    def __init__(self, url: str, length: int, breaker: Breaker | None) -> None:
        self.length, self._breaker = length, breaker or Breaker()
        options = {
            "key_prefix": _PREFIX,
            "socket_timeout": TIMEOUT,
            "socket_connect_timeout": TIMEOUT,
        }
        self._counts = RedisStorage(url, retry=Retry(NoBackoff(), 0), **options)
        self.acounts = AsyncRedisStorage(
            f"async+{url}", implementation="redispy", retry=AsyncRetry(NoBackoff(), 0), **options
        )

    async def aadd(self, key: str, points: int) -> int | None:
        """The new count, on the event loop; None while Redis is away."""
        if self._breaker.allows():
            with self._watched():
                return await self.acounts.incr(key, self.length, amount=points)
        return None

    def add(self, key: str, points: int) -> int | None:
        """The same in a worker thread."""
        if self._breaker.allows():
            with self._watched():
                return self._counts.incr(key, self.length, amount=points)
        return None

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Tells the breaker what comes of a call; a fault goes no further."""
        try:
            yield
        except _FAULTS:
            self._breaker.failed()
        else:
            self._breaker.succeeded()
