"""Saves without a path, this checkout and one before by turns."""

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WORDS = ("deploy", "plan", "key", "team", "release", "note", "server", "review", "weekly", "design")
SAVER = """
import sys, time
from benchmarks.held import set_up
set_up(sys.argv[1], sys.argv[2])
from memory_hub.accounts.principal import principal_of
from memory_hub.accounts.services import ensure_user
from memory_hub.core.identity import OPERATOR
from superthread.services.save import save
from superthread.store_terms import Draft
by = principal_of(ensure_user("bench@example.com", by=OPERATOR), "command")
print("ready", flush=True)
for line in sys.stdin:
    drafts = [Draft(f"{line.strip()} {n} of this round") for n in range(100)]
    wall, cpu = time.perf_counter(), time.process_time()
    for draft in drafts:
        save(draft, by=by)
    print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)
"""


@contextmanager
def _saver(root: Path, database: str, directory: str) -> Any:
    command = [sys.executable, "-c", SAVER, database, directory]
    with subprocess.Popen(
        command, cwd=root, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        if "ready" not in (process.stdout.readline() or ""):
            raise SystemExit(f"{root} does not save.")

        def round_of(text: str) -> tuple[float, float]:
            process.stdin.write(f"{text}\n")
            process.stdin.flush()
            wall, cpu = process.stdout.readline().split()
            return float(wall), float(cpu)

        yield round_of
        process.stdin.close()


def saves(options: argparse.Namespace) -> None:
    """Hundreds of saves without a path, this checkout and the one before by turns."""
    chance = random.Random(1)
    with (
        tempfile.TemporaryDirectory(prefix="hub-bench-") as ours,
        tempfile.TemporaryDirectory(prefix="hub-bench-") as theirs,
        _saver(ROOT, options.database, ours) as now,
        _saver(options.before.resolve(), options.database, theirs) as before,
    ):
        ratios: list[tuple[float, float]] = []
        for number in range(options.rounds + 2):
            text = " ".join(chance.choices(WORDS, k=60))
            pair = [now, before] if number % 2 else [before, now]
            told = {one: one(text) for one in pair}
            if number >= 2:  # the first ones warm up
                ratios.append(tuple(a / b for a, b in zip(told[now], told[before], strict=True)))
    for name, values in zip(("wall", "CPU"), zip(*ratios, strict=True), strict=True):
        low, middle, high = statistics.quantiles(values, n=4)
        print(f"{options.database}: {name} {middle:.3f} of before ({low:.3f} to {high:.3f})")
