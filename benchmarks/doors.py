"""Doors for other people's clients beside REST: CPU of the hub's worker a call.

script/bench doors [--memories N] [--calls N] [--database sqlite|postgresql]

Memories of as many users of an application, a hundred of each, all of one token. Rounds of the
calls in turn, in one run; medians of CPU milliseconds a call, and the ratios of twins.
"""

import argparse
import itertools
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.http.dataset import memories, queries
from benchmarks.hubs import DATABASES
from benchmarks.mcp.cost import cpu_of
from testing.consistency.races import Caller
from testing.postgres import start_postgres
from testing.servers.hub import HubServer, new_database

EACH = 100  # memories of a user
AT_ONCE = 500  # memories a request
ROUNDS = 7
LIMIT = 10
SEARCH = "/superthread/search"
# A call and the one of REST that finds the same.
TWINS = (
    ("mem0 search", "REST search"),
    ("mem0 search of ann", "REST search of ann"),
)

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
    """Saves so many memories of users in turn; the users."""
    people = [f"user {number}" for number in range(max(count // EACH, 1))]
    whose = itertools.cycle(people)
    drafts = [
        {"content": one["content"], "metadata": {"user_id": next(whose)}} for one in memories(count)
    ]
    for start in range(0, count, AT_ONCE):
        batch = {"memories": drafts[start : start + AT_ONCE]}
        caller.http.post("/superthread/batch/save", json=batch).raise_for_status()
    return people


def asking(caller: Caller, people: list[str]) -> dict[str, Ask]:
    """Each call by its name, of other words and other people at each turn."""
    turn = itertools.cycle(zip(itertools.cycle(queries(200)), people, strict=False))
    http = caller.http

    def post(path: str, body: Callable[[str, str], dict[str, Any]]) -> Ask:
        return lambda: http.post(path, json=body(*next(turn))).raise_for_status()

    def ann(one: str) -> dict[str, Any]:
        return {"user_id": {"equals": one}}

    found, everybody = "/mem0/v3/memories/search/", {"created_at": {"gte": "2000-01-01"}}
    since = {"created_from": "2000-01-01T00:00:00Z", "limit": LIMIT, "syntax": "plain"}
    return {
        "REST search": post(SEARCH, lambda word, _: {"query": word, **since}),
        "mem0 search": post(
            found, lambda word, _: {"query": word, "filters": everybody, "top_k": LIMIT}
        ),
        "REST search of ann": post(
            SEARCH,
            lambda word, one: {
                "query": word,
                "metadata": ann(one),
                "limit": LIMIT,
                "syntax": "plain",
            },
        ),
        "mem0 search of ann": post(
            found, lambda word, one: {"query": word, "filters": {"user_id": one}, "top_k": LIMIT}
        ),
        "mem0 get_all of ann": post(
            f"/mem0/v3/memories/?page_size={LIMIT}", lambda _, one: {"filters": {"user_id": one}}
        ),
        "mem0 get_all by metadata": post(
            f"/mem0/v3/memories/?page_size={LIMIT}",
            lambda _, one: {"filters": {"user_id": one, "metadata": {"mood": "calm"}}},
        ),
        "mem0 users": lambda: http.get("/mem0/v1/entities/").raise_for_status(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench doors", description=__doc__)
    parser.add_argument("--memories", type=int, default=10_000)
    parser.add_argument("--calls", type=int, default=50, help="of each kind a round")
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    options = parser.parse_args()
    with hub(options.database) as (server, caller):
        (worker,) = server.all_workers()
        calls = asking(caller, fill(caller, options.memories))
        spent: dict[str, list[float]] = {name: [] for name in calls}
        for ask in calls.values():
            cost_of(worker, ask, options.calls)
        for _ in range(ROUNDS):
            for name, ask in calls.items():
                spent[name].append(cost_of(worker, ask, options.calls))
    report({name: statistics.median(values) for name, values in spent.items()})


def cost_of(worker: int, ask: Ask, times: int) -> float:
    """Milliseconds of CPU that a call takes of the worker."""
    before = cpu_of(worker)
    for _ in range(times):
        ask()
    return (cpu_of(worker) - before) / times


def report(medians: dict[str, float]) -> None:
    """Prints the medians, and what a door takes of its twin's."""
    for name, spent in medians.items():
        print(f"{name:26} {spent:6.2f} ms")
    for name, twin in TWINS:
        print(f"{name} / {twin}: {medians[name] / medians[twin]:.2f}")


if __name__ == "__main__":
    main()
