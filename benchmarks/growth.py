"""How reads grow with the memories of a hub: the pages that each looks at, on SQLite its steps.

script/bench growth
script/bench growth --database postgresql --sizes 1000 100000 300000

The caller is in 500 teams, one of which has a quarter of the memories; a guest has an eighth of
them by grants (testing/filled.py).
"""

import argparse
import os
import tempfile
from collections.abc import Callable
from typing import Any

from benchmarks.held import DATABASES, set_up
from testing.filled import fill, make_people, settle
from testing.looked_at import milliseconds_of, pages_of, steps_of

TEAMS, LISTED = 500, 20
# Of pages at the largest size to those at the smallest.
FLAT = 1.5
# Milliseconds of PostgreSQL, at any size measured.
MOST_MS = {"statistics": 5, "a common word": 30, "a phrase": 30}


def main() -> None:
    options = parse()
    os.environ |= {"HUB_PREPARED_STATEMENTS": "0", "HUB_STATEMENT_TIMEOUT": "0"}
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
        set_up(options.database, directory)
        people = make_people(TEAMS)
        found, have = [], 0
        for size in sorted(set(options.sizes)):
            fill(have, size)
            have = size
            settle()
            found.append(_measured(people, options.database))
    report(options.database, sorted(set(options.sizes)), found)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000])
    return parser.parse_args()


def report(database: str, sizes: list[int], found: list[dict[str, tuple[int, float]]]) -> None:
    """A line for each read: its pages at each size, their ratio, milliseconds at the largest."""
    what = "pages looked at" if database == "postgresql" else "steps of the machine, in hundreds"
    print(f"{database}: {what}; a list is of {LISTED}, the target is {FLAT} x")
    print(f"{'':28}" + "".join(f"{size:>11,}" for size in sizes) + "    ratio        ms")
    for name in found[0]:
        pages = [one[name][0] for one in found]
        ratio, spent = pages[-1] / pages[0], found[-1][name][1]
        bound = MOST_MS.get(name)
        is_met = spent <= bound if bound and database == "postgresql" else ratio <= FLAT
        target = f" of {bound}" if bound else ""
        told = f"{spent:>10.1f}{target}" if database == "postgresql" else ""
        line = f"{name:28}" + "".join(f"{one:>11,}" for one in pages)
        print(f"{line}{ratio:>9.2f}{told}{'' if is_met else '   missed'}")


def _measured(people: list[Any], database: str) -> dict[str, tuple[int, float]]:
    found = {}
    for name, act in _reads(*people).items():
        if database == "postgresql":
            found[name] = pages_of(act), milliseconds_of(act)
        else:
            act()  # once for its plans
            found[name] = steps_of(act), 0.0
    return found


def _reads(by: Any, guest: Any) -> dict[str, Callable[[], Any]]:
    from datetime import timedelta

    from django.utils.dateparse import parse_datetime

    from superthread.models import Memory
    from superthread.reads import listing, memories
    from superthread.reads.filters import Condition, Filters
    from superthread.reads.statistics import statistics
    from superthread.search.service import search

    latest = Memory.objects.order_by("-pk")[0]
    early = parse_datetime("2026-01-01T00:02:00Z")
    mine = Memory.objects.filter(owner=by.user_id).order_by("pk")[0].doc_id

    def page(by: Any = by, **how: Any) -> Callable[[], Any]:
        return lambda: memories.page(by=by, limit=LISTED, show=lambda row: row["title"], **how)

    def filtered(scope: str = "all", team_key: str | None = None, **how: Any) -> Callable[[], Any]:
        place = {"scope": scope, "team_key": team_key, "category": None}
        rest = {"sort": "updated", "limit": LISTED, "cursor": None, "shape": memories.WHOLE}
        return lambda: listing.page(
            by=by, filters=Filters(**how), place=place, show=lambda row: row["title"], **rest
        )

    def found(query: str) -> Callable[[], Any]:
        return lambda: search(query=query, by=by, limit=LISTED, show=lambda one: one.score)

    return {
        "detail": lambda: memories.row_of(doc_id=mine, by=by),
        "personal list": page(),
        "list of a team": page(scope="team", team_key="team-0"),
        "all, 500 teams": page(scope="all"),
        "all, granted an eighth": page(guest, scope="all"),
        "all by creation": page(scope="all", sort="created"),
        "a frequent category": page(scope="all", category="c3"),
        "a category of few": page(scope="all", category="seldom"),
        "a category of none": page(scope="all", category="none"),
        "two categories": filtered(categories=("seldom", "c3")),
        "an owner of few": filtered("team", "team-0", owner="seldom@example.com"),
        "changed early": filtered("team", "team-0", updated_before=early),
        "made late": filtered(created_from=latest.created_at - timedelta(seconds=9)),
        "made early": filtered("team", "team-0", created_before=early),
        "a tag": filtered(conditions=(Condition(("tags",), "contains", "x"),)),
        "statistics": lambda: statistics(by=by),
        "a common word": found("common"),
        "a phrase": found('"meeting notes"'),
    }


if __name__ == "__main__":
    main()
