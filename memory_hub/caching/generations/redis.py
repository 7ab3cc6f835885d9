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
import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from memory_hub.core.circuit_breaker import Breaker

logger = logging.getLogger(__name__)

TIMEOUT = 0.1
# How long an announcement lasts: longer than any commit takes, PostgreSQL's limits being shorter.
ANNOUNCED_SECONDS = 40
# Longer than any answer is kept: a number must outlive those who compare with it.
_LIFE_SECONDS = 2 * 86_400
_FAULTS = (RedisError, OSError, asyncio.TimeoutError)

_PENDING = b"pending"
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

Numbers = tuple[bytes, ...]
T = TypeVar("T")


class RedisGenerations:
    """Numbers by key in the Redis at `url`; every fault is None or False and opens the breaker."""

    def __init__(self, url: str, *, prefix: str = "hub", breaker: Breaker | None = None) -> None:
        self._url = url
        self._prefix = f"{prefix}:generation:"
        self._epoch = f"{prefix}:epoch"
        self.breaker = breaker or Breaker()
        self._pool = redis.ConnectionPool.from_url(
            url, redis_connect_func=_introduce, **_options(Retry)
        )
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = WeakKeyDictionary()

    def read(self, keys: Sequence[str]) -> Numbers | None:
        """The run id, the epoch and the number of every key; None when they cannot be known."""
        return self._call(lambda connection: _read(connection, self.names(keys)))

    async def aread(self, keys: Sequence[str]) -> Numbers | None:
        """`read` on the event loop; simultaneous calls share one round trip."""
        if not self.breaker.allows():
            return None
        loop = asyncio.get_running_loop()
        line = self._lines.get(loop)
        if line is None:
            line = self._lines[loop] = _Line(self._url)
        try:
            numbers = await line.read(self.names(keys))
        except _FAULTS as fault:
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
        return self._call(lambda connection: _execute(connection, command)) is not None

    def look(self) -> bool:
        """Whether Redis is away; asks it again when it may be asked."""
        if not self.breaker.closed:
            self._call(lambda connection: _execute(connection, ("PING",)))
        return not self.breaker.closed

    def bump(self, keys: Sequence[str]) -> bool:
        """Make what depended on the keys invalid on all hosts; whether Redis has confirmed it."""
        command = ("DEL", *self.names(keys)[1:])
        return self._call(lambda connection: _execute(connection, command)) is not None

    def bump_all(self) -> bool:
        """Make everything invalid on all hosts; whether Redis has confirmed it."""
        command = ("DEL", self._epoch)
        return self._call(lambda connection: _execute(connection, command)) is not None

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
        except _FAULTS as fault:
            if connection is not None:
                connection.disconnect()  # half an answer may be in it
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


class _Line:
    """One connection for one event loop. What is asked while a batch is under way goes together
    in the next, so that under load a round trip serves many requests."""

    def __init__(self, url: str) -> None:
        pool = redis.asyncio.ConnectionPool.from_url(
            url, redis_connect_func=_aintroduce, **_options(redis.asyncio.retry.Retry)
        )
        self._connection = pool.make_connection()
        self._waiting: list[tuple[list[str], asyncio.Future[Numbers | None]]] = []
        self._sender: asyncio.Task[None] | None = None

    async def read(self, names: list[str]) -> Numbers | None:
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((names, answer))
        if self._sender is None:
            self._sender = asyncio.create_task(self._send())
        return await answer

    async def close(self) -> None:
        await self._connection.disconnect(nowait=True)

    async def _send(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                async with asyncio.timeout(TIMEOUT):
                    run_id, values = await self._exchange([n for names, _ in batch for n in names])
            except BaseException as fault:
                await self._connection.disconnect(nowait=True)
                # Those who came meanwhile would only wait for the same fault.
                batch += self._waiting
                self._waiting = []
                _refuse(batch, fault)
                if not isinstance(fault, _FAULTS):
                    self._sender = None
                    raise
            else:
                _hand_out(batch, run_id, values)
        self._sender = None

    async def _exchange(self, names: list[str]) -> tuple[bytes, list[bytes | None]]:
        connection = self._connection
        if not connection.is_connected:
            await connection.connect()
        await connection.send_command("MGET", *names)
        values = await connection.read_response()
        missing = [name for name, value in zip(names, values, strict=True) if value is None]
        if missing:
            # Before the database is read, or a bump in between would go unseen.
            await connection.send_packed_command(
                connection.pack_commands(_founding(missing, names))
            )
            for _ in missing:
                try:
                    await connection.read_response()
                except ResponseError as refused:  # out of memory: what is missing stays unknown
                    logger.debug("no new generation: %s", refused)
            values = await connection.read_response()
        return connection.run_id, values


def _hand_out(
    batch: list[tuple[list[str], asyncio.Future[Numbers | None]]],
    run_id: bytes,
    values: list[bytes | None],
) -> None:
    start = 0
    for names, answer in batch:
        if not answer.done():
            answer.set_result(_numbers(run_id, values[start : start + len(names)]))
        start += len(names)


def _refuse(
    batch: list[tuple[list[str], asyncio.Future[Numbers | None]]], fault: BaseException
) -> None:
    reason = fault if isinstance(fault, Exception) else ConnectionError("interrupted")
    for _, answer in batch:
        if not answer.done():
            answer.set_exception(reason)


def _numbers(run_id: bytes, values: Sequence[bytes | None]) -> Numbers | None:
    known = [value for value in values if value is not None and not value.startswith(_PENDING)]
    return (run_id, *known) if len(known) == len(values) else None


def _founding(missing: Sequence[str], names: Sequence[str]) -> list[tuple[Any, ...]]:
    fresh = [("SET", name, os.urandom(12).hex(), "NX", "EX", _LIFE_SECONDS) for name in missing]
    return [*fresh, ("MGET", *names)]


def _read(connection: Any, names: list[str]) -> Numbers | None:
    connection.send_command("MGET", *names)
    values = connection.read_response()
    missing = [name for name, value in zip(names, values, strict=True) if value is None]
    if missing:
        connection.send_packed_command(connection.pack_commands(_founding(missing, names)))
        for _ in missing:
            try:
                connection.read_response()
            except ResponseError as refused:
                logger.debug("no new generation: %s", refused)
        values = connection.read_response()
    return _numbers(connection.run_id, values)


def _execute(connection: Any, command: Sequence[Any]) -> bool:
    connection.send_command(*command)
    connection.read_response()
    return True


def _options(retry: type) -> dict[str, Any]:
    # No retries: the client's own waiting would add up to seconds in front of the breaker.
    return {
        "socket_timeout": TIMEOUT,
        "socket_connect_timeout": TIMEOUT,
        "retry": retry(NoBackoff(), 0),
        "decode_responses": False,
    }


def _introduce(connection: Any) -> None:
    connection.on_connect()
    connection.send_command("INFO", "server")
    connection.run_id = _run_id(connection.read_response())


async def _aintroduce(connection: Any) -> None:
    await connection.on_connect()
    await connection.send_command("INFO", "server")
    connection.run_id = _run_id(await connection.read_response())


def _run_id(info: bytes | str) -> bytes:
    """The server's run id; where the server does not tell, a number that fits this line alone."""
    text = info if isinstance(info, bytes) else info.encode()
    for line in text.splitlines():
        if line.startswith(b"run_id:"):
            return line.removeprefix(b"run_id:").strip()
    return os.urandom(20).hex().encode()
