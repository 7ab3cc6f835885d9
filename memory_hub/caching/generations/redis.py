"""Generations in Redis, shared by all hosts: one round trip to read, one to bump.

A bump deletes the key: that works when Redis is out of memory, twice is as good as once, and
nothing piles up. A reader that finds a key missing gives it a fresh random number, so a number that
was flushed, evicted or deleted never comes back. One way it could is a restart that restores an old
snapshot; therefore the run id of the server, asked for on every connection, is part of an answer.

A change is announced before its commit: its keys then hold the numbers of the changes under way, in
place of their own, and readers keep and use nothing under them. What a host announced that died
lapses, and the key is missing.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from redis.retry import Retry

from memory_hub.caching.generations.redis_connection import (
    FAULTS,
    Line,
    Numbers,
    execute,
    introduce,
    options,
    read,
)
from memory_hub.core.circuit_breaker import Breaker

logger = logging.getLogger(__name__)

# How long an announcement lasts: longer than any commit takes, PostgreSQL's limits being shorter.
ANNOUNCED_SECONDS = 40

# Each change with the second, of Redis, until which it counts.
_ANNOUNCE = """
local now = tonumber(redis.call('TIME')[1])
for _, key in ipairs(KEYS) do
  local value = 'pending ' .. ARGV[1] .. '@' .. (now + ARGV[2])
  local old = redis.call('GET', key) or ''
  if string.sub(old, 1, 7) == 'pending' then
    for change, due in string.gmatch(old, '(%x+)@(%d+)') do
      if tonumber(due) > now then value = value .. ' ' .. change .. '@' .. due end
    end
  end
  redis.call('SET', key, value, 'EX', ARGV[2])
end
"""
_FINISH = """
local now = tonumber(redis.call('TIME')[1])
for _, key in ipairs(KEYS) do
  local value = 'pending'
  local old = redis.call('GET', key) or ''
  if string.sub(old, 1, 7) == 'pending' then
    for change, due in string.gmatch(old, '(%x+)@(%d+)') do
      if change ~= ARGV[1] and tonumber(due) > now then
        value = value .. ' ' .. change .. '@' .. due
      end
    end
  end
  if value == 'pending' then
    redis.call('DEL', key)
  else
    redis.call('SET', key, value, 'EX', ARGV[2])
  end
end
"""

T = TypeVar("T")


class RedisGenerations:
    """Numbers by key in the Redis at `url`; every fault is None or False and opens the breaker."""

    def __init__(self, url: str, *, prefix: str = "hub", breaker: Breaker | None = None) -> None:
        self._url = url
        self._prefix = f"{prefix}:generation:"
        self._epoch = f"{prefix}:epoch"
        self.breaker = breaker or Breaker()
        self._pool = redis.ConnectionPool.from_url(
            url, redis_connect_func=introduce, **options(Retry)
        )
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, Line] = WeakKeyDictionary()

    def read(self, keys: Sequence[str]) -> Numbers | None:
        """The run id, the epoch and the number of every key; None when they cannot be known."""
        return self._call(lambda connection: read(connection, self.names(keys)))

    async def aread(self, keys: Sequence[str]) -> Numbers | None:
        """`read` on the event loop; simultaneous calls share one round trip."""
        if not self.breaker.allows():
            return None
        loop = asyncio.get_running_loop()
        line = self._lines.get(loop)
        if line is None:
            line = self._lines[loop] = Line(self._url)
        try:
            numbers = await line.read(self.names(keys))
        except FAULTS as fault:
            self._failed(fault)
            return None
        self.breaker.succeeded()
        return numbers

    def announce(self, names: Sequence[str], change: int) -> bool:
        """Say that a commit is about to change what `names` stand for; whether Redis has heard."""
        return self._run(_ANNOUNCE, names, change)

    def finish(self, names: Sequence[str], change: int) -> bool:
        """End the announcement: the names are free for fresh numbers, unless others announced a
        change too. Whether Redis has heard."""
        return self._run(_FINISH, names, change)

    def _run(self, script: str, names: Sequence[str], change: int) -> bool:
        command = ("EVAL", script, len(names), *names, f"{change:x}", ANNOUNCED_SECONDS)
        return self._call(lambda connection: execute(connection, command)) is not None

    def look(self) -> bool:
        """Whether Redis is away; asks it again when it may be asked."""
        if not self.breaker.closed:
            self._call(lambda connection: execute(connection, ("PING",)))
        return not self.breaker.closed

    def bump(self, keys: Sequence[str]) -> bool:
        """Make what depended on the keys invalid on all hosts; whether Redis has confirmed it."""
        command = ("DEL", *self.names(keys)[1:])
        return self._call(lambda connection: execute(connection, command)) is not None

    def bump_all(self) -> bool:
        """Make everything invalid on all hosts; whether Redis has confirmed it."""
        command = ("DEL", self._epoch)
        return self._call(lambda connection: execute(connection, command)) is not None

    def close(self) -> None:
        """Close what threads used. Left to the collector, its sockets may be found unclosed: the
        client's pool is part of a ring."""
        self._pool.disconnect()

    async def aclose(self) -> None:
        """Close what coroutines used, on the loop they used it on."""
        line = self._lines.pop(asyncio.get_running_loop(), None)
        if line is not None:
            await line.close()

    def names(self, keys: Sequence[str]) -> list[str]:
        return [self._epoch, *[self._prefix + key for key in keys]]

    def _call(self, work: Callable[[Any], T]) -> T | None:
        if not self.breaker.allows():
            return None
        connection = None
        try:
            connection = self._pool.get_connection()
            result = work(connection)
        except FAULTS as fault:
            if connection is not None:
                # Half an answer may be in it.
                connection.disconnect()
            self._failed(fault)
            return None
        finally:
            if connection is not None:
                self._pool.release(connection)
        self.breaker.succeeded()
        return result

    def _failed(self, fault: Exception) -> None:
        if self.breaker.closed:
            logger.warning("Redis does not answer (%s): going on without", type(fault).__name__)
        self.breaker.failed()
