"""What people who use REST notice of 50 clients that call tools."""

import asyncio
import itertools
import statistics
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Any

from benchmarks.http.connection import Connection
from benchmarks.http.contenders import Contender
from benchmarks.http.load import Requests, open_loop
from benchmarks.http.scenarios import mix
from benchmarks.mcp.calls import READ, SEARCH, of_rest, of_tools

CALLERS = 50
# Seconds that a caller thinks between two calls.
PAUSE = 1.0
READS = 9  # for each search
# Each so manieth memory is everybody's (`benchmarks.http.dataset`).
PUBLIC = 5
# Requests a second of the day-to-day mix of REST.
RATE = 50.0
ALONE, BY_REST, BY_TOOLS = "alone", "the same by REST", "tools"


Calls = list[dict[str, Requests]]


def measure(hub: Contender, tokens: list[str], seconds: float, rounds: int) -> dict[str, float]:
    """The p95 of REST in ms: alone, beside 50 callers of tools, and beside 50 that do the same by
    REST; in turns, medians over the rounds. The callers are others: they have these tokens."""
    public = hub.doc_ids[::PUBLIC]
    beside: dict[str, Calls | None] = {
        ALONE: None,
        BY_REST: [of_rest(token, public) for token in tokens],
        BY_TOOLS: [of_tools(token, public) for token in tokens],
    }
    found: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds):
        order = list(beside.items())
        for name, calls in order if number % 2 else reversed(order):
            callers = _callers(hub.port, calls) if calls else None
            outcome = open_loop(hub.port, mix(hub), rate=RATE, seconds=seconds, beside=callers)
            found[name].append(outcome.percentile(95))
    return {name: statistics.median(values) for name, values in found.items()}


def _callers(port: int, calls: Calls) -> Callable[[], Coroutine[Any, Any, None]]:
    kinds = itertools.cycle([READ] * READS + [SEARCH])

    async def one(number: int) -> None:
        await asyncio.sleep(PAUSE * number / CALLERS)
        connection, own = await Connection.open(port), calls[number % len(calls)]
        try:
            while True:
                status, _ = await connection.ask(own[next(kinds)]())
                if status != 200:
                    raise RuntimeError(f"A caller was told {status}.")
                await asyncio.sleep(PAUSE)
        finally:
            connection.close()

    async def all_of_them() -> None:
        await asyncio.gather(*map(one, range(CALLERS)))

    return all_of_them
