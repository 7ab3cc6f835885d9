"""Saves: CPU of the hub and of its database for a memory saved alone, in batches and from a file.

script/bench saves
script/bench saves --before ../checkout-of-before --rounds 9
script/bench saves --only "new words of 200" --rounds 3

In one process, without HTTP: validation, services, index and journal. With another checkout both
save the same texts in turn, and what is told is their ratio, the median of all rounds.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from string import ascii_lowercase
from typing import NamedTuple

from benchmarks.http.contenders import postgres
from benchmarks.http.filling import settle
from testing.servers.hub import ROOT, HubServer, new_database

USER = "saves@example.com"
INSIDE = Path(__file__).with_name("inside.py")
# Memories that are there before anything is measured.
FILLED, AT_ONCE = 2_000, 500
# Characters of a text, and words of its language.
LENGTH, WORDS = 290, 30_000
LETTERS = "aeiourstnlmdkbpg회의결정서버배포"


class Way(NamedTuple):
    """How memories are saved: in parts of ``size`` texts, ``times`` of them a round."""

    how: str
    size: int
    times: int
    length: int  # characters of a text
    new: bool = False  # words that nobody has used

    @property
    def name(self) -> str:
        how = "new words" if self.new else self.how
        return f"{how} of {self.size}" if self.size > 1 else how


WAYS = (
    Way("alone", 1, 100, 150),
    Way("batch", 20, 10, LENGTH),
    Way("batch", 1_000, 1, LENGTH),
    Way("import", 5_000, 1, LENGTH),
    Way("batch", 200, 1, 8_000, new=True),
)


class Side:
    """A checkout on a database of its own, in a process that is asked by lines."""

    def __init__(self, root: Path, directory: Path, url: str | None) -> None:
        server = HubServer(directory, url, root=root, HUB_LOG_LEVEL="ERROR")
        server.manage("migrate", "--verbosity", "0")
        settings = {"DJANGO_SETTINGS_MODULE": "memory_hub.settings", "PYTHONPATH": str(root)}
        self._process = subprocess.Popen(
            [sys.executable, str(INSIDE), USER],
            cwd=root,
            env=server.environment | settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def save(self, way: Way, parts: list[list[str]]) -> list[float]:
        """Microseconds of CPU for each memory: the hub's and the database's."""
        self._process.stdin.write(json.dumps([way.how, parts]) + "\n")
        self._process.stdin.flush()
        return [spent / sum(map(len, parts)) for spent in self._answer()]

    def end(self) -> None:
        self._process.stdin.close()
        self._process.wait()

    def _answer(self) -> list[float]:
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The process of one side ended.")
        return json.loads(line)


def main() -> None:
    options = parse()
    roots = {"hub": ROOT} | ({"before": options.before.resolve()} if options.before else {})
    for database in options.databases:
        with sides(database, roots) as both:
            measure(database, both, options.rounds, [w for w in WAYS if w.name in options.only])


@contextmanager
def sides(database: str, roots: Mapping[str, Path]) -> Iterator[dict[str, Side]]:
    with tempfile.TemporaryDirectory(prefix="hub-saves-") as scratch, postgres() as server:
        made = {}
        for name, root in roots.items():
            directory = Path(scratch, name)
            directory.mkdir()
            url = new_database(server.url()) if database == "postgresql" else None
            made[name] = Side(root, directory, url)
            fill(made[name])
            if url:
                settle(url)
        try:
            yield made
        finally:
            for side in made.values():
                side.end()


def fill(side: Side) -> None:
    texts = texts_of(FILLED, seed=1)
    parts = [[next(texts) for _ in range(AT_ONCE)] for _ in range(FILLED // AT_ONCE)]
    side.save(Way("batch", AT_ONCE, len(parts), LENGTH), parts)


def measure(database: str, both: Mapping[str, Side], rounds: int, ways: Sequence[Way]) -> None:
    usual = texts_of(rounds * sum(way.size * way.times for way in WAYS), seed=2)
    new = texts_of_new_words(8_000)
    for way in ways:
        texts = new if way.new else usual
        spent: dict[str, list[list[float]]] = {name: [] for name in both}
        for number in range(rounds):
            parts = [[next(texts)[: way.length] for _ in range(way.size)] for _ in range(way.times)]
            order = list(both.items())
            for name, side in order[number % len(order) :] + order[: number % len(order)]:
                spent[name].append(side.save(way, parts))
        print(told(f"{database}, {way.name}", spent), flush=True)


def texts_of(count: int, *, seed: int) -> Iterator[str]:
    """Texts with words as often as a language has them (Zipf)."""
    dice = random.Random(seed)
    vocabulary = random.Random(0)
    words = ["".join(vocabulary.choices(LETTERS, k=vocabulary.randint(3, 9))) for _ in range(WORDS)]
    sums = list(accumulate(1 / (number + 1) for number in range(WORDS)))
    for _ in range(count):
        yield " ".join(dice.choices(words, cum_weights=sums, k=LENGTH // 4))[:LENGTH]


def texts_of_new_words(length: int) -> Iterator[str]:
    dice = random.Random(3)
    while True:
        yield " ".join("".join(dice.choices(ascii_lowercase, k=7)) for _ in range(length // 8))


def told(what: str, spent: Mapping[str, list[list[float]]]) -> str:
    """One line: microseconds a memory of hub and database, and the ratio to before."""
    line = f"{what:26}"
    for name, rounds in spent.items():
        here, there = (statistics.median(column) for column in zip(*rounds, strict=True))
        line += f"  {name} {here:6.0f} + {there:5.0f} µs"
    if "before" in spent:
        ratios = sorted(sum(a) / sum(b) for a, b in zip(spent["hub"], spent["before"], strict=True))
        middle = statistics.median(ratios)
        line += f"  ratio {middle:.2f} ({ratios[0]:.2f}..{ratios[-1]:.2f})"
    return line


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench saves",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--before", metavar="CHECKOUT", type=Path, help="also another checkout")
    parser.add_argument("--rounds", type=int, default=7)
    names = [way.name for way in WAYS]
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="WAY")
    parser.add_argument(
        "--databases", nargs="+", choices=("sqlite", "postgresql"), default=("sqlite", "postgresql")
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
