"""What the hub is held to beside others: each goal with the ratio that was measured."""

from collections.abc import Callable, Mapping
from statistics import median
from typing import Any, NamedTuple

from benchmarks.http.importing import IMPORTS
from benchmarks.http.peers import basic_memory, bolt
from benchmarks.http.scenarios import SCENARIOS

BEFORE = "hub before"
SQLITE = "hub, SQLite"
BEFORE_SQLITE = "hub before, SQLite"
# Of one outcome, by what a goal calls it.
FIGURES: Mapping[str, Callable[[Any], float]] = {
    "answers/s": lambda outcome: outcome.rate,
    "processor": lambda outcome: sum(outcome.processor),
    "worker": lambda outcome: outcome.processor[0],
    "PostgreSQL": lambda outcome: outcome.processor[1],
}
# Numbers of memories.
ANY, FEW, MANY = range(10**9), range(100_000), range(100_000, 10**9)
# Load → contender → an outcome per round.
Results = Mapping[str, Mapping[str, list[Any]]]


class Goal(NamedTuple):
    """Of a load: what the ratio of a figure is to be, one contender's by another's; ``at`` so many
    connections (None: any), with so many memories. Answers are to be as many at least, of the
    processor as much at most."""

    load: str
    one: str
    other: str
    figure: str
    bound: float
    at: int | None = None
    memories: range = ANY

    def is_met(self, ratio: float) -> bool:
        return ratio >= self.bound if self.figure == "answers/s" else ratio <= self.bound

    def told(self) -> str:
        return f"{'≥' if self.figure == 'answers/s' else '≤'} {self.bound}"


def _beside(one: str, other: str, save: float) -> list[Goal]:
    """Of a build and the one before it, on the same kind of database."""
    figures = [
        ("detail, cached", "answers/s", 0.97),
        ("list of 20, cached", "answers/s", 0.97),
        ("detail", "processor", 0.20, 16),
        ("detail", "answers/s", 4, 16),
        ("detail", "answers/s", 6, 64),
        ("detail", "processor", 0.80, 1),
        ("list of 20", "worker", 0.45, 16),
        ("list of 20", "answers/s", 2, 16),
        ("lists of 11 to 30", "worker", 0.45, 16),
        ("lists of 11 to 30", "answers/s", 2, 16),
        ("save of 150", "processor", save, 1),
        ("batch of 1,000", "processor", 0.6, 1),
        (IMPORTS.name, "processor", 0.6, 1),
        ("search", "worker", 0.6, None, FEW),
        ("search", "PostgreSQL", 0.6, None, FEW),
        ("search", "processor", 0.4, None, MANY),
        ("search by a guest", "processor", 0.3, None, MANY),
        ("search", "answers/s", 0.97),
        ("save", "answers/s", 0.97),
        ("batch of 20", "answers/s", 0.97),
    ]
    return [Goal(load, one, other, *rest) for load, *rest in figures]


GOALS = [
    *_beside("hub", BEFORE, 0.40),
    *_beside(SQLITE, BEFORE_SQLITE, 0.50),
    Goal("detail, cached", "hub", "bare", "answers/s", 0.6),
    Goal("detail, cached", "hub", "FastAPI", "answers/s", 2.5),
    Goal("list of 20, cached", "hub", "FastAPI", "answers/s", 2.5),
    Goal("detail", "hub", "FastAPI", "answers/s", 10, 16),
    Goal("list of 20", "hub", "FastAPI", "answers/s", 5, 16),
    Goal("lists of 11 to 30", "hub", "FastAPI", "answers/s", 5, 16),
    Goal("save", "hub", "FastAPI", "answers/s", 2.5, 16),
    Goal("search", "hub", "FastAPI", "answers/s", 3, 16),
    Goal("batch of 20", "hub", "FastAPI", "processor", 1.0, 16),
    Goal("detail, cached", "hub, 2 workers", "hub", "answers/s", 1.6, 16),
    Goal("detail", "hub, 2 workers", "hub", "answers/s", 1.6, 16),
]
# Compared without a goal.
PAIRS = [
    ("hub", BEFORE),
    (SQLITE, BEFORE_SQLITE),
    *(("hub", one) for one in ("FastAPI", "FastAPI, granian", bolt.NAME, basic_memory.NAME)),
    (SQLITE, "FastAPI"),
    ("hub, 2 workers", "hub"),
]


def ratios(results: Results, load: str, one: str, other: str, figure: str) -> list[float]:
    """Of the rounds, from the lowest; none where one of both did not run, or has no such figure."""
    ran, of = results.get(load, {}), FIGURES[figure]
    pairs = zip(ran.get(one, ()), ran.get(other, ()), strict=False)
    return sorted(of(a) / of(b) for a, b in pairs if of(b))


def spread(found: list[float]) -> str:
    """The median, the lowest and the highest."""
    return f"{median(found):.2f} ({found[0]:.2f}..{found[-1]:.2f})"


def goals_table(results: Mapping[int, Results], memories: int) -> list[str]:
    """Markdown lines: a goal each, for each number of connections that it is of."""
    lines = [
        "| load | connections | ratio | of | measured | goal | |",
        "| --- | ---: | --- | --- | ---: | ---: | --- |",
    ]
    for goal in GOALS:
        for connections, ran in results.items():
            found = ratios(ran, *goal[:4])
            if not found or goal.at not in (None, connections) or memories not in goal.memories:
                continue
            is_met = "met" if goal.is_met(median(found)) else "**missed**"
            what = f"{goal.load} | {connections} | {goal.one} / {goal.other} | {goal.figure}"
            lines.append(f"| {what} | {spread(found)} | {goal.told()} | {is_met} |")
    return lines


def pairs_table(results: Results) -> list[str]:
    """Markdown lines: all figures of every pair."""
    lines = [
        f"| load | ratio | {' | '.join(FIGURES)} |",
        f"| --- | --- | {' | '.join(['---:'] * len(FIGURES))} |",
    ]
    for load in (one.name for one in (*SCENARIOS, IMPORTS)):
        for one, other in PAIRS:
            found = [ratios(results, load, one, other, figure) for figure in FIGURES]
            if any(found):
                cells = " | ".join(spread(each) if each else "–" for each in found)
                lines.append(f"| {load} | {one} / {other} | {cells} |")
    return lines
