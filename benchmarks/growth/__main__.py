"""How reads and saves grow with the memories of a hub: pages, steps of SQLite, processor, searches.

script/bench growth
script/bench growth --database postgresql --sizes 1000 100000 300000
script/bench growth --database postgresql --sizes 10000 1000000

The caller is in 500 teams, one of which has a quarter of the memories; a guest has an eighth of
them by grants (testing/filled.py). A search is of one to five words that are as frequent as those
of memories (testing/ordinary.py). Each size has a process and a database of its own, and they take
turns; what the processor needs is that of both.
"""

import argparse
import multiprocessing
from collections.abc import Sequence
from statistics import median, quantiles
from typing import Any

from benchmarks.growth.inside import LISTED, Looked, Spent, serve
from benchmarks.held import DATABASES

ACTS = ("a detail", "personal list", "list of a team", "all, 500 teams", "a save")
ROUNDS = 7
# Of pages, of the processor for an act, at the largest size to those at the smallest.
FLAT, FLAT_PROCESSOR = 1.5, 1.3
# Milliseconds of PostgreSQL, at any size measured.
MOST_MS = {"statistics": 5, "a common word": 30, "a phrase": 30}
# Milliseconds that 95 of 100 searches take at most.
P95_MS = 100


class Hub:
    """One size."""

    def __init__(self, database: str, size: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, database, size), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, *what: Any) -> Any:
        """What the method of that name answers (``inside.Inside``)."""
        self._pipe.send(what)
        return self._pipe.recv()

    def end(self) -> None:
        self._pipe.close()
        self._process.join()


def main() -> None:
    options = parse()
    sizes = sorted(set(options.sizes))
    hubs = [Hub(options.database, size) for size in sizes]
    try:
        report(options.database, sizes, [hub.ask("looked_at") for hub in hubs])
        report_searches(sizes, [hub.ask("searches") for hub in hubs])
        report_acts(sizes, hubs)
    finally:
        for hub in hubs:
            hub.end()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000])
    return parser.parse_args()


def report(database: str, sizes: list[int], found: list[dict[str, Looked]]) -> None:
    """A line for each read: its pages at each size, their ratio, milliseconds at the largest."""
    what = "pages looked at" if database == "postgresql" else "steps of the machine, in hundreds"
    print(f"{database}: {what}; a list is of {LISTED}, the target is {FLAT} x")
    print(f"{'':28}" + "".join(f"{size:>11,}" for size in sizes) + "    ratio        ms")
    for name in found[0]:
        pages = [one[name].pages for one in found]
        ratio, spent = pages[-1] / pages[0], found[-1][name].ms
        bound = MOST_MS.get(name)
        is_met = spent <= bound if bound and database == "postgresql" else ratio <= FLAT
        target = f" of {bound}" if bound else ""
        told = f"{spent:>10.1f}{target}" if database == "postgresql" else ""
        line = f"{name:28}" + "".join(f"{one:>11,}" for one in pages)
        print(f"{line}{ratio:>9.2f}{told}{'' if is_met else '   missed'}", flush=True)


def report_searches(sizes: list[int], found: list[list[list[Spent]]]) -> None:
    """Lines for searches whose words are asked for the first time, and again: what half of them and
    95 of 100 take at most, of the clock and of the processor."""
    print(f"\nms of searches: p50, p95 by the clock (target {P95_MS}); of the processor")
    print(f"{'':28}" + "".join(f"{size:>30,}" for size in sizes))
    for when, name in enumerate(("of words for the first time", "again")):
        line, is_met = f"{name:28}", True
        for one in found:
            clock, processor = (_half_and_95(column) for column in zip(*one[when], strict=True))
            line += "".join(f"{ms:>8.1f}" for ms in clock) + "; "
            line += "".join(f"{ms:>6.1f}" for ms in processor)
            is_met = clock[1] <= P95_MS
        print(f"{line}{'' if is_met else '   missed'}", flush=True)


def _half_and_95(values: Sequence[float]) -> tuple[float, float]:
    parts = quantiles(values, n=20)
    return parts[9], parts[18]


def report_acts(sizes: list[int], hubs: list[Hub]) -> None:
    """A line for each act: what it needs of the processor at each size, the median of rounds, and
    the median of the rounds' ratios, with the lowest and the highest."""
    print(f"\nms of the processor; the target is {FLAT_PROCESSOR} x")
    print(f"{'':28}" + "".join(f"{size:>11,}" for size in sizes) + "    ratio")
    for name in ACTS:
        rounds = [[hub.ask("acts", name) for hub in hubs] for _ in range(ROUNDS)]
        line = f"{name:28}" + "".join(f"{median(one):>11.3f}" for one in zip(*rounds, strict=True))
        ratios = sorted(one[-1] / one[0] for one in rounds)
        line += f"{median(ratios):>9.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        print(f"{line}{'' if median(ratios) <= FLAT_PROCESSOR else '   missed'}", flush=True)


if __name__ == "__main__":
    main()
