"""Load: a closed loop for the ceiling, an open loop for latencies a user would meet."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import uvloop

from benchmarks.http.connection import Connection

Requests = Callable[[], bytes]
PERCENTILES = (50.0, 90.0, 95.0, 99.0, 99.9, 100.0)


@dataclass
class Outcome:
    """What one run of load met. Every latency is kept, so that percentiles are exact."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: dict[int, float] = field(default_factory=dict)  # seconds by status
    octets: int = 0
    failures: int = 0
    # Seconds of the processor: of the server, and of PostgreSQL.
    worker: float = 0.0
    database: float = 0.0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    @property
    def processor(self) -> tuple[float, float]:
        """Microseconds of the server's and of PostgreSQL's processor for an answer."""
        answers = max(1, len(self.latencies))
        return self.worker * 1e6 / answers, self.database * 1e6 / answers

    def percentile(self, percent: float) -> float:
        """Milliseconds within which `percent` of the answers came."""
        ordered = sorted(self.latencies)
        if not ordered:
            return float("nan")
        place = min(len(ordered) - 1, int(len(ordered) * percent / 100))
        return ordered[place] * 1000

    def take(self, status: int, length: int, seconds: float) -> None:
        self.latencies.append(seconds)
        self.statuses[status] += 1
        self.slowest[status] = max(seconds, self.slowest.get(status, 0.0))
        self.octets += length


def closed(port: int, requests: Requests, *, seconds: float, connections: int) -> Outcome:
    """Each connection asks again as soon as it has its answer."""
    return uvloop.run(_closed(port, requests, seconds, connections))


async def _closed(port: int, requests: Requests, seconds: float, connections: int) -> Outcome:
    outcome = Outcome()
    opened = [await Connection.open(port) for _ in range(connections)]
    began = time.perf_counter()
    end = began + seconds

    async def client(place: int) -> None:
        connection = opened[place]
        now = time.perf_counter()
        while now < end:
            if connection.ends:
                connection = opened[place] = await Connection.open(port)
            status, length = await connection.ask(requests())
            after = time.perf_counter()
            outcome.take(status, length, after - now)
            now = after

    await asyncio.gather(*(client(place) for place in range(connections)))
    outcome.seconds = time.perf_counter() - began
    for connection in opened:
        connection.close()
    return outcome


def open_loop(
    port: int,
    requests: Requests,
    *,
    rate: float,
    seconds: float,
    connections: int = 256,
    beside: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> Outcome:
    """Requests at random moments, `rate` a second on average, whatever became of those before;
    `beside` goes on meanwhile, and is cancelled at the end.

    A latency counts from the moment the request was meant to go, so that a server which stalls is
    charged for all who would have waited (coordinated omission is not omitted).
    """
    asking = _open(port, requests, rate, seconds, connections)
    return uvloop.run(_beside(asking, beside) if beside else asking)


async def _beside(
    asking: Coroutine[Any, Any, Outcome], beside: Callable[[], Coroutine[Any, Any, None]]
) -> Outcome:
    other = asyncio.create_task(beside())
    outcome = await asking
    if other.done():
        other.result()  # raises what went wrong
    other.cancel()
    await asyncio.wait([other])
    return outcome


async def _open(
    port: int, requests: Requests, rate: float, seconds: float, connections: int
) -> Outcome:
    outcome = Outcome(seconds=seconds)
    idle: asyncio.Queue[Connection | None] = asyncio.Queue()
    for _ in range(connections):
        idle.put_nowait(None)  # opened when first needed

    async def one(meant: float) -> None:
        connection = await idle.get()
        try:
            if connection is None or connection.ends:
                connection = await Connection.open(port)
            status, length = await connection.ask(requests())
            outcome.take(status, length, time.perf_counter() - meant)
        except OSError:
            outcome.failures += 1
            connection = None
        finally:
            idle.put_nowait(connection)

    draw, tasks = random.Random(3), set()
    meant = time.perf_counter()
    end = meant + seconds
    while meant < end:
        meant += draw.expovariate(rate)
        await asyncio.sleep(max(0.0, meant - time.perf_counter()))
        task = asyncio.create_task(one(meant))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    while not idle.empty():
        connection = idle.get_nowait()
        if connection is not None:
            connection.close()
    return outcome
