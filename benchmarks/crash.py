"""Crashes: processes killed under writers; is what was acknowledged there, and nothing half?

script/bench crash --kills 100                     SQLite: SIGKILL to worker processes
script/bench crash --kills 100 --database postgresql
                                                   and immediate-mode restarts of PostgreSQL
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

from benchmarks.hubs import DATABASES
from testing.consistency.crash import crash, kill_a_worker
from testing.consistency.races import Caller
from testing.postgres import PostgresServer
from testing.servers.hub import HubServer, new_database


def main() -> None:
    options = parse()
    with ExitStack() as stack:
        url = None
        postgres = None
        if options.database == "postgresql":
            postgres = stack.enter_context(PostgresServer(durable=True))
            url = new_database(postgres.url())
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-bench-"))
        variables = {"HUB_RATE_LIMIT": "off", "HUB_LOG_LEVEL": "ERROR"}
        hub = HubServer(Path(directory), url, options.workers, **variables)
        with hub, Caller(hub.url, hub.token("bench@example.com")) as caller:
            began = time.monotonic()
            acknowledged, judge = crash(
                hub, caller, killer(hub, postgres), kills=options.kills, writers=options.writers
            )
            seconds = time.monotonic() - began
        wrong = judge()
    print(f"{options.kills} kills, {acknowledged} calls acknowledged, {seconds:.1f} s")
    print("\n".join(wrong) or "Nothing acknowledged is lost, nothing is half.")
    sys.exit(bool(wrong))


def killer(hub: HubServer, postgres: PostgresServer | None) -> Callable[[], None]:
    """What is killed next: a worker, with PostgreSQL in turn with the database server."""
    if postgres is None:
        return lambda: kill_a_worker(hub)
    ways = cycle([lambda: kill_a_worker(hub), lambda: postgres.restart("immediate")])
    return lambda: next(ways)()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench crash",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--kills", type=int, default=20, help="how many (20)")
    parser.add_argument("--writers", type=int, default=8, help="clients at once (8)")
    parser.add_argument("--workers", type=int, default=4, help="processes of the hub (4)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
