"""One user beside another who takes all that the limits allow: what the one feels of it.

The victim asks 20 times a second (70 % details, 15 lists, 10 searches, 5 saves), alone and beside
each attacker; its latencies count from the moment a request was meant to go. Hubs of their own with
two workers and the default limits, started anew for each attack. Exit status 1 when a goal is
missed: p95 beside at most 3 x alone (of all rounds), no 5xx and no lost answer of the victim, no
worker above 400 MB, and 1.2 x as much as before at most when the attack is over.
"""

import argparse
import contextlib
import sys
import tempfile
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from benchmarks.neighbours import ground, hubs
from benchmarks.neighbours.attack import attacking
from benchmarks.neighbours.attackers import ATTACKERS
from benchmarks.neighbours.hubs import Build
from benchmarks.neighbours.victim import Asked, failures, percentile
from testing.servers.hub import HubServer

RATIO, MOST_MB, GROWTH = 3.0, 400.0, 1.2


@dataclass
class Row:
    """What came of one attacker on one build, over all rounds."""

    alone: list[Asked] = field(default_factory=list)
    beside: list[Asked] = field(default_factory=list)
    before_mb: float = 0.0
    most_mb: float = 0.0
    after_mb: float = 0.0
    growth: float = 0.0
    attack: Counter = field(default_factory=Counter)


Table = dict[tuple[str, str, str], Row]  # by database, attacker, build


class Case(NamedTuple):
    """A row's hub with the victim, and the one that is attacked where that is another."""

    name: str
    build: Build
    other: Build | None = None


def one_round(case: Case, attacker: str, options: argparse.Namespace, row: Row) -> None:
    build, attacked = case.build, case.other or case.build
    with build.running() as server, _running_too(case.other) as other:
        build.victim.asks(server, 1, seed=0)  # to warm up
        row.alone += build.victim.asks(server, options.seconds / 2, seed=1)
        before = hubs.resident_mb(server)
        theirs, port = attacked.grounds[attacker], (other or server).port
        with hubs.watched(server) as sizes:
            with attacking(attacker, theirs, port, options.seconds) as outcome:
                row.beside += build.victim.asks(server, options.seconds, seed=2)
                row.attack += outcome.result()
            after = hubs.resident_afterwards(server, GROWTH * before, options.settle)
    row.before_mb, row.most_mb = max(row.before_mb, before), max(row.most_mb, *sizes)
    row.after_mb, row.growth = max(row.after_mb, after), max(row.growth, after / before)


def _running_too(other: Build | None) -> AbstractContextManager[HubServer | None]:
    return contextlib.nullcontext() if other is None else other.running()


class Alone(NamedTuple):
    """The victim's p95 without an attacker: ms that passed, and ms that the hub computed."""

    took: float
    computed: float

    @classmethod
    def of(cls, told: list[Asked]) -> "Alone":
        return cls(percentile(told, 95), percentile(told, 95, computed=True))


def missed(row: Row, alone: Alone) -> list[str]:
    """Which goals."""
    lost = [status for status in failures(row.beside) if status[0] in "5n"]
    found = {
        "p95": percentile(row.beside, 95) > RATIO * alone.took,
        "5xx": bool(lost),
        "most": row.most_mb > MOST_MB,
        "after": row.growth > GROWTH,
    }
    return [goal for goal, is_missed in found.items() if is_missed]


def shown(key: tuple[str, str, str], row: Row, alone: Alone) -> str:
    database, attacker, build = key
    beside = Alone.of(row.beside)
    refused = ", ".join(f"{n} x {status}" for status, n in sorted(failures(row.beside).items()))
    attack = ", ".join(f"{n} x {status}" for status, n in row.attack.most_common(4) if n)
    return (
        f"| {attacker} | {database} | {build} | {alone.took:.0f} | {beside.took:.0f} "
        f"| {beside.took / alone.took:.1f} "
        f"| {beside.computed:.1f} / {alone.computed:.1f} = {beside.computed / alone.computed:.1f} "
        f"| {percentile(row.beside, 100, 'save'):.0f} | {refused or '-'} "
        f"| {row.before_mb:.0f} / {row.most_mb:.0f} / {row.after_mb:.0f} "
        f"| {', '.join(missed(row, alone)) or 'none'} | {attack} |"
    )


HEAD = (
    "| attacker | database | build | alone p95 ms | beside p95 ms | ratio "
    "| computed beside / alone | slowest save ms | victim's failures "
    "| RSS MB before / most / after | missed | answers to the attacker |\n"
    "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | --- | ---: | --- | --- |"
)


def run(options: argparse.Namespace, database: str, table: Table) -> None:
    roots = {"base": options.base} if options.base else {}
    roots["here"] = hubs.HERE
    if options.elsewhere:
        roots["elsewhere"] = hubs.HERE
    scale = ground.FULL if options.full else ground.SHORT
    with contextlib.ExitStack() as stack:
        builds = {}
        for name, root in roots.items():
            place = stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-neighbours-"))
            given = (name, root, database, options.attackers, scale, Path(place))
            builds[name] = hubs.prepared(*given)
        cases = [Case(name, build) for name, build in builds.items()]
        if options.elsewhere:
            cases[-1] = Case("elsewhere", builds["here"], builds["elsewhere"])
        for number in range(options.rounds):
            for attacker in options.attackers:
                # In turn: none is always the first.
                for case in cases if number % 2 == 0 else reversed(cases):
                    row = table.setdefault((database, attacker, case.name), Row())
                    one_round(case, attacker, options, row)
                    print(f"{database} {attacker} {case.name}: {dict(row.attack)}", flush=True,
                          file=sys.stderr)  # fmt: skip


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "script/bench neighbours",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "attackers", nargs="*", help=f"of {', '.join(ATTACKERS)}; default: all of them"
    )
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument(
        "--base", metavar="DIR", type=Path, help="another checkout, attacked in turn with this one"
    )
    parser.add_argument(
        "--elsewhere", action="store_true",
        help="besides, attack another hub: what the machine itself makes of it",
    )  # fmt: skip
    parser.add_argument("--seconds", type=float, help="of an attack (8, with --full 30)")
    parser.add_argument(
        "--settle", type=float, help="seconds to give memory back (10, with --full 60)"
    )
    parser.add_argument("--rounds", type=int, help="attacks by each (1, with --full 3)")
    parser.add_argument("--full", action="store_true", help="more memories, longer, more often")
    options = parser.parse_args(arguments)
    options.attackers = options.attackers or list(ATTACKERS)
    if unknown := set(options.attackers) - set(ATTACKERS):
        parser.error(f"no such attacker: {', '.join(sorted(unknown))}")
    options.seconds = options.seconds or (30 if options.full else 8)
    options.rounds = options.rounds or (3 if options.full else 1)
    options.settle = options.settle or (60 if options.full else 10)
    return options


def main(arguments: list[str]) -> int:
    options = parsed(arguments)
    table: Table = {}
    for database in ["sqlite", "postgresql"] if options.database == "both" else [options.database]:
        run(options, database, table)
    print(HEAD)
    good = True
    for key, row in table.items():
        # All that this build did alone: one short round has few of the slow ones.
        same = [other.alone for (one, _, build), other in table.items()
                if (one, build) == (key[0], key[2])]  # fmt: skip
        alone = Alone.of([asked for told in same for asked in told])
        print(shown(key, row, alone))
        good = good and (key[2] != "here" or not missed(row, alone))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
