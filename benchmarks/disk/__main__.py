"""Bytes that saves write, and bytes of the search index for a memory, on either database.

script/bench disk
script/bench disk --database postgresql --before CHECKOUT
script/bench disk --pages 20

One hub of one worker, with memories of real text in it, and another checkout's beside it, in turn.
SQLite: its log, emptied before each write. PostgreSQL: how far its log has grown once it rests,
right after a checkpoint, when pages go in whole, and later. Medians; all that a write leads to
(journal, totals) is in them. The index is what its tables take, after a VACUUM.

With --pages: which tables and indexes a save of so many memories writes right after a checkpoint.
SQLite: the pages in its log (Python's own SQLite has to have dbstat). PostgreSQL: the pages that
go into its log whole, and the bytes of records without their headers. Means, with batches between.
"""

import argparse
import statistics
from collections.abc import Callable
from pathlib import Path

from benchmarks.disk.hub import Hub, hubs
from benchmarks.disk.pages import print_pages
from benchmarks.hubs import DATABASES


def main() -> None:
    options = parse()
    with hubs(options) as running:
        if options.pages:
            print_pages(running["this"], options.pages, options.rounds)
            return
        in_turn(options.rounds, list(running.values()), Hub.round)
        if options.database == "postgresql":
            in_turn(1, list(running.values()), Hub.move_on)
            in_turn(options.rounds, list(running.values()), Hub.later)
    print(f"{options.database}, {options.memories} memories; bytes, medians of {options.rounds}")
    for name, values in running["this"].figures.items():
        line = f"{name:36} {statistics.median(values):12,.0f}"
        if "before" in running:
            before = statistics.median(running["before"].figures[name])
            line += f"   before {before:12,.0f}   ratio {statistics.median(values) / before:.2f}"
        print(line)


def in_turn(rounds: int, running: list[Hub], step: Callable[[Hub], None]) -> None:
    """Each in every round, the other one first in the next."""
    for number in range(rounds):
        for hub in running[:: 1 if number % 2 else -1]:
            step(hub)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench disk",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--before", metavar="CHECKOUT", type=Path, help="another hub beside it")
    parser.add_argument("--memories", type=int, default=3000, help="that are there before (3000)")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--pages", metavar="MEMORIES", type=int, help="of one save: what it writes")
    return parser.parse_args()


if __name__ == "__main__":
    main()
