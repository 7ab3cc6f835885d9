"""The door for AI clients beside REST: CPU of the hub's worker a call, get and search.

script/bench mcp [--memories N] [--calls N] [--database sqlite|postgresql]

Rounds of the four calls in turn, in one run; medians of CPU milliseconds a call, and the ratios.
"""

import argparse
import itertools
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.http.dataset import memories, queries
from benchmarks.hubs import DATABASES
from testing.postgres import start_postgres
from testing.races import Caller
from testing.server import HubServer, new_database

AT_ONCE = 500  # memories a request
ROUNDS = 7
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
Ask = Callable[[], None]


@contextmanager
def hub(database: str) -> Iterator[tuple[HubServer, Caller]]:
    """A hub of one worker on an empty database, and a user of it."""
    url = new_database(start_postgres()) if database == "postgresql" else None
    with (
        tempfile.TemporaryDirectory(prefix="hub-bench-") as directory,
        HubServer(Path(directory), url, 1, HUB_RATE_LIMIT="off", HUB_LOG_LEVEL="WARNING") as server,
        Caller(server.url, server.token("bench@example.com")) as caller,
    ):
        yield server, caller


def fill(caller: Caller, count: int) -> list[str]:
    """Saves so many memories; their ids."""
    ids: list[str] = []
    drafts = list(memories(count))
    for start in range(0, count, AT_ONCE):
        batch = {"memories": drafts[start : start + AT_ONCE]}
        answer = caller.http.post("/superthread/batch/save", json=batch)
        ids += [one["doc_id"] for one in answer.raise_for_status().json()["results"]]
    return ids


def tool(caller: Caller, name: str, arguments: dict[str, Any]) -> None:
    """Calls a tool as a client of 2026-07-28 does."""
    params = {"name": name, "arguments": arguments, "_meta": META}
    answer = caller.http.post(
        "/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params},
        headers={
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": "2026-07-28",
            "Mcp-Method": "tools/call",
            "Mcp-Name": name,
        },
    )
    assert not answer.raise_for_status().json()["result"]["isError"], answer.text


def asking(caller: Caller, ids: list[str]) -> dict[str, Ask]:
    """The calls by name; each goes round its own memories or words."""

    def turn(values: list[str], ask: Callable[[str], Any]) -> Ask:
        following = itertools.cycle(values)
        return lambda: ask(next(following))

    words, http = queries(200), caller.http
    searched = "/superthread/search"
    return {
        "REST get": turn(ids, lambda one: http.get(f"/superthread/memories/{one}")),
        "get_memory": turn(ids, lambda one: tool(caller, "get_memory", {"id": one})),
        "REST search": turn(
            words, lambda one: http.post(searched, json={"query": one, "limit": 10, "scope": "all"})
        ),
        "search_memories": turn(words, lambda one: tool(caller, "search_memories", {"query": one})),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench mcp", description=__doc__)
    parser.add_argument("--memories", type=int, default=10_000)
    parser.add_argument("--calls", type=int, default=200, help="of each kind a round")
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    options = parser.parse_args()
    with hub(options.database) as (server, caller):
        (worker,) = server.all_workers()
        calls = asking(caller, fill(caller, options.memories))
        spent: dict[str, list[float]] = {name: [] for name in calls}
        for ask in calls.values():
            cpu_of(worker, ask, options.calls)
        for _ in range(ROUNDS):
            for name, ask in calls.items():
                spent[name].append(cpu_of(worker, ask, options.calls))
    report({name: statistics.median(values) for name, values in spent.items()})


def cpu_of(worker: int, ask: Ask, times: int) -> float:
    """Milliseconds of CPU that a call takes of the worker."""
    before = _cpu_seconds(worker)
    for _ in range(times):
        ask()
    return (_cpu_seconds(worker) - before) * 1000 / times


def _cpu_seconds(process: int) -> float:
    user, system = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def report(medians: dict[str, float]) -> None:
    """Prints the medians, and what the door takes of its twin's."""
    for name, spent in medians.items():
        print(f"{name:16} {spent:6.2f} ms")
    for name, twin in (("get_memory", "REST get"), ("search_memories", "REST search")):
        print(f"{name} / {twin}: {medians[name] / medians[twin]:.2f}")


if __name__ == "__main__":
    main()
