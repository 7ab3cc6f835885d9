"""Change the product in small ways and tell which changes no test notices.

A mutant that lives in the fork (see plugin.py) is tried again in a new process, which knows nothing
of what ran before, and only then told. What is known to change nothing stands in equivalents.toml
with its reason.
"""

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testing.mutation.equivalents import equivalents_of, outdated
from testing.mutation.mutants import Mutant, mutants_of
from testing.mutation.one_process import OPTIONS
from testing.mutation.plugin import PREPARE
from testing.mutation.swapping import changed_functions
from testing.mutation.targets import ROOT, modules_in, tests_of

_PREPARES = """import pytest


@pytest.mark.django_db(databases=["default", "monitoring"])
def test_the_database_is_made():
    pass
"""


@dataclass(frozen=True)
class Drawn:
    """A module, the mutants that are tried, their places among all, and what pytest runs."""

    path: str
    mutants: list[Mutant]
    places: list[int]
    tests: list[str]


def main() -> int:
    arguments = _arguments()
    modules = modules_in(arguments.paths)
    with tempfile.TemporaryDirectory(prefix="memory-hub-mutants-") as scratch:
        copy = _copy(Path(scratch))
        drawn = [_draw(copy, module, arguments) for module in modules]
        results = _run_forks(copy, drawn, arguments)
        lived = {
            each.path: _lived(copy, each, results[each.path], arguments.forks) for each in drawn
        }
    _say("| module | changes | lived |\n| --- | --- | --- |")
    for each in drawn:
        _say(f"| `{each.path}` | {len(each.mutants)} | {len(lived[each.path])} |")
    return int(any(lived.values()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/mutate", description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "paths", nargs="*", help="files to change, or packages; all of targets/ unless told"
    )
    parser.add_argument("--tests", nargs="+", help="what pytest runs instead of what targets/ says")
    parser.add_argument("--most", type=int, default=150, help="mutants of a module, drawn (150)")
    parser.add_argument("--seed", type=int, default=1, help="of the drawing (1)")
    parser.add_argument(
        "--within", type=float, default=3600.0, metavar="SECONDS",
        help="what the tests of one mutant take together, the fastest first (3600)",
    )  # fmt: skip
    parser.add_argument(
        "--cases", type=int, default=1000, help="of one test that has many, evenly spread (1000)"
    )
    parser.add_argument(
        "--forks",
        action="store_true",
        help="draw what a fork can try, and tell what lives there without a second try",
    )
    return parser.parse_args()


def _copy(scratch: Path) -> Path:
    """The checkout as it is now, without what git ignores."""
    copy = scratch / "checkout"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    (copy / PREPARE).write_text(_PREPARES)
    return copy


def _draw(copy: Path, module: str, arguments: argparse.Namespace) -> Drawn:
    """All mutants of a module, or as many of them as told, in the order of their lines."""
    source = (copy / module).read_text()
    for name in sorted(outdated(module, source)):
        _say(f"{module}: is noted in equivalents.toml and no change any more: {name}")
    mutants = list(mutants_of(source))
    places: list[int] = []
    for place in random.Random(arguments.seed).sample(range(len(mutants)), len(mutants)):
        if len(places) == arguments.most:
            break
        if not arguments.forks or _is_in_function(source, mutants[place]):
            places.append(place)
    places.sort()
    tests = arguments.tests or tests_of(module)
    return Drawn(module, [mutants[place] for place in places], places, tests)


def _is_in_function(source: str, mutant: Mutant) -> bool:
    return changed_functions("", ast.parse(source), mutant.tree) is not None


def _run_forks(copy: Path, drawn: list[Drawn], arguments: argparse.Namespace) -> dict[str, Any]:
    """By module, what became of each mutant and which tests reach it."""
    plan, results = copy.parent / "plan.json", copy.parent / "results.json"
    modules = [
        {"path": each.path, "tests": each.tests, "places": each.places} for each in drawn
    ]  # fmt: skip
    bounds = {"within": arguments.within, "cases": arguments.cases}
    plan.write_text(json.dumps({"modules": modules, **bounds}))
    call = ["-m", "testing.mutation.one_process", str(plan)]
    _python(copy, call, timeout=3600 * len(drawn), MUTATION_RESULTS=str(results))
    told = json.loads(results.read_text()) if results.exists() else {}
    if len(told) < len(drawn):
        raise SystemExit("The tests could not be run.")
    return told


def _lived(copy: Path, drawn: Drawn, results: list, forks: bool) -> list[Mutant]:
    """Tells and returns the mutants that no test notices."""
    known = equivalents_of(drawn.path)
    lived = []
    for mutant, (outcome, reaching) in zip(drawn.mutants, results, strict=True):
        if outcome == "killed" or mutant.name in known or (outcome == "import" and forks):
            continue
        is_sure = outcome == "unreached" or forks
        if not (is_sure or _lives_alone(copy, drawn.path, mutant, reaching or drawn.tests)):
            continue
        lived.append(mutant)
        word = "no test reaches" if outcome == "unreached" else "lives"
        _say(f"{drawn.path}:{mutant.line} {word}: {mutant.name}")
    return lived


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _lives_alone(copy: Path, module: str, mutant: Mutant, tests: list[str]) -> bool:
    """Whether the tests pass in a new process with the changed file."""
    path = copy / module
    source = path.read_text()
    path.write_text(ast.unparse(mutant.tree))
    try:
        return (
            _python(copy, ["-m", "pytest", *OPTIONS, "-x", *tests], stderr=subprocess.DEVNULL) == 0
        )
    finally:
        path.write_text(source)


def _python(
    copy: Path, call: list[str], stderr: int | None = None, timeout: float = 3600, **variables: str
) -> int:
    data = tempfile.mkdtemp(dir=copy.parent)
    environment = {
        name: value for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "REDIS_URL", "TEST_DATABASE_URL", "PYTHONPATH")
    }  # fmt: skip
    environment |= {"HUB_ENVIRONMENT": "test", "HUB_DATA_DIR": data, **variables}
    # A changed file has the size and the second of the one before: byte code must not be kept.
    environment |= {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, *call], cwd=copy, env=environment, timeout=timeout,
            stdout=subprocess.DEVNULL, stderr=stderr,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return 1
    finally:
        shutil.rmtree(data, ignore_errors=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
