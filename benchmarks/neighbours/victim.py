"""The victim: 20 requests a second of the usual kinds, whatever became of those before."""

import asyncio
import itertools
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import uvloop

from benchmarks.http.connection import Connection, request
from benchmarks.http.dataset import memories, queries
from benchmarks.neighbours.clocks import Clocks
from benchmarks.neighbours.ground import MEMORIES, client_of, put
from testing.servers.hub import HubServer

RATE = 20.0  # requests a second
MIX = {"detail": 70, "list": 15, "search": 10, "save": 5}
OWN = 200  # memories it has
# Seconds for one answer; the hub gives up after 30.
PATIENCE = 40.0


class Asked(NamedTuple):
    """One answer: its kind, milliseconds since it was meant to be asked, its status (0: none), and
    milliseconds that the busiest worker has computed meanwhile."""

    kind: str
    took: float
    status: int
    computed: float = 0.0


@dataclass
class Victim:
    """One user with memories of its own."""

    token: str
    doc_ids: list[str] = field(default_factory=list)

    def settle_in(self, url: str) -> None:
        """Saves what it will ask for."""
        with client_of(url, self.token) as client:
            self.doc_ids = put(client, (one["content"] for one in memories(OWN, seed=5)))

    def asks(self, server: HubServer, seconds: float, seed: int) -> list[Asked]:
        """What it was answered in so many seconds."""
        clocks = Clocks(server.workers())
        return uvloop.run(self._asks(server.port, seconds, random.Random(seed), clocks))

    async def _asks(
        self, port: int, seconds: float, draw: random.Random, clocks: Clocks
    ) -> list[Asked]:
        told: list[Asked] = []
        idle: list[Connection] = []
        meant = time.perf_counter()
        end, numbers = meant + seconds, itertools.count()
        async with asyncio.TaskGroup() as group:
            while meant < end:
                await asyncio.sleep(max(0.0, meant - time.perf_counter()))
                kind = draw.choices(list(MIX), MIX.values())[0]
                asked = self._request(kind, draw, next(numbers))
                group.create_task(_one(_Open(port, clocks, idle, told), kind, asked, meant))
                meant += 1 / RATE
        for connection in idle:
            connection.close()
        return told

    def _request(self, kind: str, draw: random.Random, number: int) -> bytes:
        if kind == "detail":
            return request("GET", f"{MEMORIES}/{draw.choice(self.doc_ids)}", self.token)
        if kind == "list":
            return request("GET", f"{MEMORIES}?limit=20", self.token)
        if kind == "search":
            query = " ".join(draw.choice(queries(50)) for _ in range(3))
            body, path = {"query": query}, "/superthread/search"
        else:
            text = " ".join(queries(20, seed=draw.randrange(10**6)))
            body, path = {"content": f"Saved beside, {number}: {text}"}, MEMORIES
        return request("POST", path, self.token, json.dumps(body).encode())


class _Open(NamedTuple):
    """Where requests go: connections that nobody uses now, and what came of all."""

    port: int
    clocks: Clocks
    idle: list[Connection]
    told: list[Asked]


async def _one(to: _Open, kind: str, asked: bytes, meant: float) -> None:
    status, connection = 0, None
    before = to.clocks.read()
    try:
        async with asyncio.timeout(PATIENCE):
            connection = to.idle.pop() if to.idle else await Connection.open(to.port)
            status, _ = await connection.ask(asked)
    except OSError:  # TimeoutError is one
        pass
    if connection is not None:
        if status and not connection.ends:
            to.idle.append(connection)
        else:
            connection.close()
    took = 1000 * (time.perf_counter() - meant)
    to.told.append(Asked(kind, took, status, to.clocks.since(before)))


def percentile(
    told: list[Asked], percent: float, kind: str | None = None, *, computed: bool = False
) -> float:
    """Milliseconds within which so many percent were answered, or which were `computed`; all kinds,
    or one."""
    chosen = [one for one in told if kind in (None, one.kind)]
    ordered = sorted(one.computed if computed else one.took for one in chosen)
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def failures(told: list[Asked]) -> Counter[str]:
    """How many were refused, failed or had no answer, by status."""
    return Counter(str(one.status or "none") for one in told if not 200 <= one.status < 400)
