"""Races: contended updates and duplicate keys on a hub of several processes.

script/bench races                                 SQLite: 16 clients, 20 memories, 20 000 updates
script/bench races --database postgresql --updates 2000
"""

import argparse
import sys
import time

from benchmarks.hubs import DATABASES, running_hub
from testing.consistency.races import Caller, check_updates, contend, duplicate


def main() -> None:
    options = parse()
    with running_hub(options.database, options.workers) as caller:
        wrong = [*race_updates(caller, options), *race_keys(caller, options)]
    print("\n".join(wrong) or "Nothing is lost, twice there, or out of order.")
    sys.exit(bool(wrong))


def race_updates(caller: Caller, options: argparse.Namespace) -> list[str]:
    """Half of the updates with If-Match, half without."""
    wrong = []
    for guarded in (True, False):
        began = time.monotonic()
        told = contend(
            caller,
            clients=options.clients,
            memories=options.memories,
            updates=options.updates // 2,
            guarded=guarded,
        )
        seconds = time.monotonic() - began
        done = sum(map(len, told.acknowledged.values()))
        how = "with If-Match" if guarded else "without If-Match"
        print(f"{done} updates {how} in {seconds:.1f} s, {told.refused[412]} times stale")
        wrong += check_updates(caller, told, guarded=guarded)
    return wrong


def race_keys(caller: Caller, options: argparse.Namespace) -> list[str]:
    began = time.monotonic()
    wrong = duplicate(caller, keys=options.keys, twins=options.twins)
    seconds = time.monotonic() - began
    print(f"{options.keys} keys, each sent {options.twins} times at once, in {seconds:.1f} s")
    return wrong


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench races",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--workers", type=int, default=4, help="processes of the hub (4)")
    parser.add_argument("--clients", type=int, default=16, help="at once (16)")
    parser.add_argument("--memories", type=int, default=20, help="that are contended (20)")
    parser.add_argument("--updates", type=int, default=20_000, help="in all (20 000)")
    parser.add_argument("--keys", type=int, default=1000, help="idempotency keys (1000)")
    parser.add_argument("--twins", type=int, default=5, help="requests per key (5)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
