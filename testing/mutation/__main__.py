"""Change the product in small ways and tell which changes no test notices.

A mutant that lives in the fork (see plugin.py) is tried again in a new process, which knows nothing
of what ran before, and only then told. What is known to change nothing stands in equivalents.toml
with its reason.
"""

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import TextIO

from testing.mutation.mutants import Mutant
from testing.mutation.one_module import OPTIONS, sample_of
from testing.mutation.plugin import PREPARE
from testing.mutation.targets import TARGETS, tests_of

ROOT = Path(__file__).resolve().parent.parent.parent
EQUIVALENTS = Path(__file__).with_name("equivalents.toml")
_PREPARES = """import pytest


@pytest.mark.django_db(databases=["default", "monitoring"])
def test_the_database_is_made():
    pass
"""


def main() -> int:
    arguments = _arguments()
    modules = arguments.modules or list(dict.fromkeys(TARGETS))
    left = 0
    with tempfile.TemporaryDirectory(prefix="memory-hub-mutants-") as scratch:
        copy = _copy(Path(scratch))
        for module in modules:
            tests = arguments.tests or tests_of(module)
            left += len(_try_module(copy, module, tests, arguments))
    return int(left > 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/mutate", description=__doc__.split("\n\n")[0])
    parser.add_argument("modules", nargs="*", help="files to change; all of targets.py unless told")
    parser.add_argument(
        "--tests", nargs="+", help="what pytest runs instead of what targets.py says"
    )
    parser.add_argument("--most", type=int, default=150, help="mutants of a module, drawn (150)")
    parser.add_argument("--seed", type=int, default=1, help="of the drawing (1)")
    parser.add_argument(
        "--forks",
        action="store_true",
        help="tell what lives in the forks without a second try: some of it is noticed there",
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


def _try_module(
    copy: Path, module: str, tests: list[str], arguments: argparse.Namespace
) -> list[Mutant]:
    """Prints and returns the mutants that no test notices."""
    source = (copy / module).read_text()
    mutants = sample_of(source, arguments.most, arguments.seed)
    _say(f"{module}: {len(mutants)} mutants ", to=sys.stderr)
    results = copy.parent / "results.json"
    results.unlink(missing_ok=True)
    call = ["-m", "testing.mutation.one_module", module, str(arguments.most), str(arguments.seed)]
    _python(copy, [*call, *tests], MUTATION_RESULTS=str(results))
    if not results.exists():
        raise SystemExit(f"The tests of {module} could not be run.")
    known = _equivalents(module)
    lived = []
    for mutant, (outcome, reaching) in zip(mutants, json.loads(results.read_text()), strict=True):
        if outcome == "killed" or mutant.name in known:
            continue
        if outcome == "import" and arguments.forks:
            continue
        is_sure = outcome == "unreached" or arguments.forks
        if not (is_sure or _lives_alone(copy, module, mutant, reaching or tests)):
            continue
        lived.append(mutant)
        word = "no test reaches" if outcome == "unreached" else "lives"
        _say(f"\n{module}:{mutant.line} {word}: {mutant.name}")
    killed = len(mutants) - len(lived)
    _say(f"\n{module}: {killed} of {len(mutants)} noticed or known to change nothing\n")
    return lived


def _say(text: str, to: TextIO | None = None) -> None:
    stream = to or sys.stdout
    stream.write(text)
    stream.flush()


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


def _python(copy: Path, call: list[str], stderr: int | None = None, **variables: str) -> int:
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
            [sys.executable, *call], cwd=copy, env=environment, timeout=3600,
            stdout=subprocess.DEVNULL, stderr=stderr,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return 1
    finally:
        shutil.rmtree(data, ignore_errors=True)
    return done.returncode


def _equivalents(module: str) -> set[str]:
    known = tomllib.loads(EQUIVALENTS.read_text()).get("equivalent", [])
    return {each["mutant"] for each in known if each["module"] == module}


if __name__ == "__main__":
    sys.exit(main())
