"""One attack on a hub, in a process of its own: the victim's clock must not feel its work."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context

from benchmarks.http.connection import Connection
from benchmarks.neighbours.attackers import ATTACKERS, Answer, Attacker, Client
from benchmarks.neighbours.ground import Ground

# Seconds until who was refused comes again.
BACK_AFTER = 0.1
# Seconds for the answers under way at the end.
LAST_WAIT = 1.0
# Bytes of the buffer of one who reads slowly.
_SIP = 65_536

Outcome = Counter[int | str]


@contextmanager
def attacking(name: str, ground: Ground, port: int, seconds: float) -> "Iterator[Future[Outcome]]":
    """An attack of so many seconds begins with the context.

    Its outcome: how many answers there were of each status, and requests without one ("none":
    those under way at the end are among them).
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        pool.submit(_prepare, name, ground).result()
        yield pool.submit(_attack, port, seconds)


_ready: list[tuple[Attacker, list[tuple[Client, bytes]]]] = []


def _prepare(name: str, ground: Ground) -> None:
    """Makes its requests before the time runs."""
    attacker = ATTACKERS[name]
    clients = [attacker.client(ground, place) for place in range(attacker.clients)]
    _ready.append((attacker, [(client, next(client)) for client in clients]))


def _attack(port: int, seconds: float) -> Outcome:
    return asyncio.run(_run(port, seconds))


async def _run(port: int, seconds: float) -> Outcome:
    attacker, clients = _ready.pop()
    told: Outcome = Counter()
    end = time.monotonic() + seconds
    one = _sipping if attacker.takes else _asking
    tasks = [
        asyncio.create_task(one(port, client, first, end, told, attacker.takes))
        for client, first in clients
    ]
    _, waiting = await asyncio.wait(tasks, timeout=seconds + LAST_WAIT)
    for task in waiting:
        task.cancel()
    told["none"] += len(waiting)
    await asyncio.gather(*tasks, return_exceptions=True)
    return told


async def _asking(
    port: int, client: Client, asked: bytes, end: float, told: Outcome, _: int
) -> None:
    """Sends each request when the one before it was answered."""
    connection = None
    try:
        while time.monotonic() < end:
            try:
                if connection is None or connection.ends:
                    connection = await Connection.open(port)
                status, _ = await connection.ask(asked)
            except OSError:
                told["none"] += 1
                connection = None
                await asyncio.sleep(BACK_AFTER)
                continue
            told[status] += 1
            if status in (429, 503):
                await asyncio.sleep(BACK_AFTER)
            asked = client.send(Answer(status, connection.body))
    finally:
        if connection is not None:
            connection.close()


async def _sipping(
    port: int, client: Client, asked: bytes, end: float, told: Outcome, takes: int
) -> None:
    """Sends one request after the other and takes so many bytes a second of what comes."""
    while time.monotonic() < end:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_SIP)
            writer.write(asked)
            head = await reader.read(64)
            told[int(head[9:12]) if head[9:12].isdigit() else "none"] += 1
            while head and time.monotonic() < end:
                head = await reader.read(takes // 4)
                await asyncio.sleep(0.25)
            writer.close()
        asked = client.send(Answer(0, b""))
