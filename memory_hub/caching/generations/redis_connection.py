"""Connections to Redis as generations use them: short limits, no retries, the server's run id."""

import asyncio
import logging
import os
from collections.abc import Sequence
from typing import Any

import redis
import redis.asyncio
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

logger = logging.getLogger(__name__)

TIMEOUT = 0.1
# Longer than any answer is kept: a number must outlive those who compare with it.
_LIFE_SECONDS = 2 * 86_400
FAULTS = (RedisError, OSError, asyncio.TimeoutError)
PENDING = b"pending"

Numbers = tuple[bytes, ...]


class Line:
    """One connection for one event loop. What is asked while a batch is under way goes together
    in the next, so that under load a round trip serves many requests."""

    def __init__(self, url: str) -> None:
        pool = redis.asyncio.ConnectionPool.from_url(
            url, redis_connect_func=_aintroduce, **options(redis.asyncio.retry.Retry)
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
                if not isinstance(fault, FAULTS):
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
                except ResponseError as refused:
                    # Out of memory: what is missing stays unknown.
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
            answer.set_result(numbers_of(run_id, values[start : start + len(names)]))
        start += len(names)


def _refuse(
    batch: list[tuple[list[str], asyncio.Future[Numbers | None]]], fault: BaseException
) -> None:
    reason = fault if isinstance(fault, Exception) else ConnectionError("interrupted")
    for _, answer in batch:
        if not answer.done():
            answer.set_exception(reason)


def numbers_of(run_id: bytes, values: Sequence[bytes | None]) -> Numbers | None:
    """What stands under the keys, with the run of the server; None where one is missing or
    announced."""
    known = [value for value in values if value is not None and not value.startswith(PENDING)]
    return (run_id, *known) if len(known) == len(values) else None


def _founding(missing: Sequence[str], names: Sequence[str]) -> list[tuple[Any, ...]]:
    fresh = [("SET", name, os.urandom(12).hex(), "NX", "EX", _LIFE_SECONDS) for name in missing]
    return [*fresh, ("MGET", *names)]


def read(connection: Any, names: list[str]) -> Numbers | None:
    """The numbers under the names; those that are missing are made. None while one is announced."""
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
    return numbers_of(connection.run_id, values)


def execute(connection: Any, command: Sequence[Any]) -> bool:
    """Sends one command. Raises what the client raises where it is refused or not answered."""
    connection.send_command(*command)
    connection.read_response()
    return True


def options(retry: type) -> dict[str, Any]:
    """Of a connection: short timeouts, no retries, bytes as they are."""
    # No retries: the client's own waiting would add up to seconds in front of the breaker.
    return {
        "socket_timeout": TIMEOUT,
        "socket_connect_timeout": TIMEOUT,
        "retry": retry(NoBackoff(), 0),
        "decode_responses": False,
    }


def introduce(connection: Any) -> None:
    """What is done once for a connection: its greeting, and which run of the server this is."""
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
