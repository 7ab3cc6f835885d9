"""What paths and spaces cost: pages that reads look at, saves, the migration beside a serving hub.

script/bench paths pages
script/bench paths saves --before CHECKOUT
script/bench paths migration --before CHECKOUT --database postgresql

CHECKOUT is a directory with the release before. `pages` compares lists and reads by path with those
by time and by id, among 1,000 and 100,000 memories. `saves` takes turns with the other checkout, in
processes that save memories without a path; `migration` puts this release's tables under a hub of
the other while it answers requests; a fifth of the memories have a link.
"""

import argparse
from pathlib import Path

from benchmarks.held import DATABASES
from benchmarks.paths.migration import migration
from benchmarks.paths.pages import pages
from benchmarks.paths.saves import saves


def main() -> None:
    options = parse()
    {"pages": pages, "saves": saves, "migration": migration}[options.what](options)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("pages", "saves", "migration"))
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--before", type=Path, help="a checkout of the release before")
    parser.add_argument("--memories", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--rate", type=float, default=20.0, help="requests a second")
    return parser.parse_args()


if __name__ == "__main__":
    main()
