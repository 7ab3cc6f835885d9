"""The door for AI clients beside REST and beside others' servers of the protocol.

script/bench mcp
script/bench mcp --database both --basic-memory DIRECTORY/bin/python
script/bench mcp --only cost --memories 1000

All in one run, in turns: CPU of a worker a call, beside the REST request that does the same (cost);
calls a second beside the official SDK's server and basic-memory's (rate); megabytes of a worker for
100 clients (idle); the p95 of REST beside 50 callers (beside).
"""

import argparse
from contextlib import ExitStack

from benchmarks.http.contenders import Contender, Field, postgres
from benchmarks.http.peers import basic_memory
from benchmarks.mcp import beside, cost, idle, peers, rate
from benchmarks.mcp.calls import of_tools

DATABASES = ("sqlite", "postgresql")
# Whose clients there are: nobody may have many streams open.
USERS = 7


def main() -> None:
    options = _options()
    chosen = DATABASES if options.database == "both" else (options.database,)
    parts = {"cost": _cost, "rate": _rate, "idle": _idle, "beside": _beside}
    with ExitStack() as stack:
        server = stack.enter_context(postgres()) if "postgresql" in chosen else None
        field = stack.enter_context(Field(server, options.memories))
        hubs = {
            database: field.hub(database, workers=1, cache=True, sqlite=_is_file(database))
            for database in chosen
        }
        print(f"{options.memories:,} memories of 1 KB; one worker each", flush=True)
        for name, part in parts.items():
            if options.only in (None, name):
                part(field, hubs, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench mcp",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--memories", type=int, default=10_000)
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="sqlite")
    parser.add_argument("--only", choices=["cost", "rate", "idle", "beside"])
    parser.add_argument("--calls", type=int, default=100, help="of each kind a round (cost)")
    parser.add_argument("--seconds", type=float, default=4, help="of each kind a round (rate)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--basic-memory", metavar="PYTHON", help=basic_memory.HELP)
    return parser.parse_args()


Hubs = dict[str, Contender]


def _is_file(database: str) -> bool:
    return database == "sqlite"


def _cost(field: Field, hubs: Hubs, options: argparse.Namespace) -> None:
    print("CPU of a worker a call, ms: REST, the door, ratio")
    for database, hub in hubs.items():
        for name, (rest, door) in cost.measure(hub, options.calls, options.rounds).items():
            told = f"{rest:7.2f} {door:7.2f} {door / rest:6.2f}"
            print(f"  {database:12} {name:20} {told}", flush=True)


def _rate(field: Field, hubs: Hubs, options: argparse.Namespace) -> None:
    contenders = {name: (hub, of_tools(hub.token, hub.doc_ids)) for name, hub in hubs.items()}
    contenders[peers.OFFICIAL] = peers.official(field, options.memories)
    if options.basic_memory:
        made = peers.basic(field, options.basic_memory, options.memories)
        contenders[peers.BASIC_MEMORY] = made
    print(f"calls a second, {rate.CONNECTIONS} connections")
    for (tool, name), found in sorted(
        rate.measure(contenders, options.seconds, options.rounds).items()
    ):
        print(f"  {tool:20} {name:14} {found:9.1f}", flush=True)


def _idle(field: Field, hubs: Hubs, options: argparse.Namespace) -> None:
    print(f"MB of a worker for {idle.CLIENTS} clients")
    for database, hub in hubs.items():
        tokens = hub.tokens(USERS)
        told = ", ".join(f"{k} {mb:.1f}" for k, mb in idle.measure(hub, tokens).items())
        print(f"  {database:12} {told}", flush=True)


def _beside(field: Field, hubs: Hubs, options: argparse.Namespace) -> None:
    print(f"p95 of REST, ms, two workers, beside {beside.CALLERS} callers")
    for database in hubs:
        hub = field.hub(
            f"{database}, two workers", workers=2, cache=True, sqlite=_is_file(database)
        )
        tokens = hub.tokens(USERS)
        found = beside.measure(hub, tokens, options.seconds * 2, options.rounds)
        told = ", ".join(f"{name} {ms:.1f}" for name, ms in found.items())
        print(f"  {database:12} {told}", flush=True)


if __name__ == "__main__":
    main()
