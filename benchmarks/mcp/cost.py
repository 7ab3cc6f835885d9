"""CPU that a call takes of the hub's worker, beside the REST request that does the same."""

import asyncio
import statistics
from collections import defaultdict
from pathlib import Path

from benchmarks.http.connection import Connection
from benchmarks.http.contenders import Contender
from benchmarks.http.load import Requests
from benchmarks.mcp.calls import of_rest, of_tools

# Memories that are read again and again.
HOT = 20


def measure(hub: Contender, calls: int, rounds: int) -> dict[str, tuple[float, float]]:
    """Milliseconds of REST and of the door, medians over the rounds, by what is done. Of each twin
    of calls the one that is first in a round is second in the next."""
    return asyncio.run(_measured(hub, calls, rounds))


async def _measured(hub: Contender, calls: int, rounds: int) -> dict[str, tuple[float, float]]:
    ids, hot = hub.doc_ids[HOT:], hub.doc_ids[:HOT]
    twins = _twins(hub.token, ids) | {
        "get_memory, again": (
            of_rest(hub.token, hot)["get_memory"],
            of_tools(hub.token, hot)["get_memory"],
        )
    }
    (process,) = hub.server.workers()
    connection = await Connection.open(hub.port)
    spent: dict[tuple[str, int], list[float]] = defaultdict(list)
    for number in range(rounds + 1):
        for name, pair in twins.items():
            for which in (0, 1) if number % 2 else (1, 0):
                cost = await _cost(connection, process, pair[which], calls)
                if number:  # the first round warms up
                    spent[name, which].append(cost)
    connection.close()
    medians = {key: statistics.median(values) for key, values in spent.items()}
    return {name: (medians[name, 0], medians[name, 1]) for name in twins}


def _twins(token: str, ids: list[str]) -> dict[str, tuple[Requests, Requests]]:
    rest, tools = of_rest(token, ids), of_tools(token, ids)
    return {name: (rest[name], tools[name]) for name in rest}


async def _cost(connection: Connection, process: int, requests: Requests, calls: int) -> float:
    before = cpu_of(process)
    for _ in range(calls):
        status, _ = await connection.ask(requests())
        if status != 200 or b'"isError":true' in connection.body:
            raise RuntimeError(f"{status}: {connection.body[:500]!r}")
    return (cpu_of(process) - before) / calls


def cpu_of(process: int) -> float:
    """Milliseconds of CPU that a process has had, all of its threads together."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(one.read_text().split()[0]) for one in threads) / 1e6
