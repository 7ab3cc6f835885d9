"""A pytest plugin: runs the collected tests once for each mutant, in a fork of this process.

Collecting tests and making a database cost seconds; a fork has both at once. One run before the
first tells which tests reach which line, and how long they take: a mutant meets only the tests that
reach it, the fastest first, until one fails. It is noticed when the same tests pass without it.
"""

import ast
import importlib
import json
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from testing.mutation.forks import DatabaseFiles, in_fork
from testing.mutation.mutants import Mutant
from testing.mutation.reaching import Lines
from testing.mutation.swapping import Swapped, caches_of, changed_functions, functions_of, swap

# In the copy: nothing but a database is needed for it.
PREPARE = "test_makes_the_database.py"
# A mutant may take this long, beside three times what its tests took before.
SECONDS = 30.0
_SIGNS = {"killed": ".", "lived": "S", "unreached": "U", "import": "i"}


@dataclass(frozen=True)
class Module:
    """A module by its path in the checkout, its mutants to be tried and what pytest shall run."""

    path: str
    source: str
    mutants: list[Mutant]
    tests: list[str]

    @property
    def file(self) -> str:
        """Its path as functions name it."""
        return str(Path(self.path).resolve())

    def is_tested_by(self, name: str) -> bool:
        """Whether a test, by its name, is one that stands for the module."""
        return any(
            name == test or name.startswith((f"{test}::", f"{test}[", f"{test}/"))
            for test in self.tests
        )


@dataclass(frozen=True)
class _Reach:
    """How long a test takes, and the lines it runs, by file."""

    seconds: float
    lines: dict[str, set[int]]


class ForkedRuns:
    """The plugin. Writes for each module, by mutant's place in the list, one of "killed", "lived",
    "unreached" and "import" (must be tried in a new process) with the tests that reach it.
    ``within``: the tests of a mutant take so many seconds together at most. ``cases``: how many of
    the cases of one test are run."""

    def __init__(self, modules: list[Module], within: float, cases: int) -> None:
        self.modules, self.within, self.cases = modules, within, cases
        self.kept = Path(os.environ["MUTATION_RESULTS"])
        self.told = self.kept.with_name("of-a-fork.json")
        self.prepare: Any = None
        self.items: dict[str, Any] = {}
        self.reached: dict[str, _Reach] = {}
        # Tests that pass without a change, in their order.
        self.passing: list[list[str]] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed or not session.items:
            raise session.Failed("the tests could not be collected")
        # Makes the database, which the forks then find. By its name, for tests are put into another
        # order: what another module had set up would fail the first test of a fork.
        self.prepare = next(item for item in session.items if item.nodeid.startswith(PREPARE))
        # A real hub runs the files as they are.
        inside = [item for item in session.items if "nursery" not in item.fixturenames]
        inside.remove(self.prepare)
        self.items = {item.nodeid: item for item in some_cases(inside, self.cases)}
        first = next(iter(self.items.values()))
        self.prepare.config.hook.pytest_runtest_protocol(item=self.prepare, nextitem=first)
        _import_all(self.modules)
        self.caches = caches_of({module.file for module in self.modules})
        self.files = DatabaseFiles()
        self.files.keep()
        _tell(f"{len(self.items)} tests for {len(self.modules)} modules: which lines they reach")
        self._find_reached()
        results = {}
        for module in self.modules:
            results[module.path] = list(self._outcomes(module))
            self.kept.write_text(json.dumps(results))
        # Past pytest's own end, which would look for the database that the forks used.
        shutil.rmtree(self.files.directory, ignore_errors=True)
        os._exit(0)

    def _find_reached(self) -> None:
        items = list(self.items.values())
        found = in_fork(lambda: self._run_traced(items), 3600.0, self.told)
        if found is None:
            raise RuntimeError("The run before the first mutant failed.")
        for name in self.items.keys() - found.keys():
            _tell(f"left out, it fails without a change: {name}")
        self.reached = {
            name: _Reach(seconds, {file: set(lines) for file, lines in seen.items()})
            for name, (seconds, seen) in found.items()
        }

    def _run_traced(self, items: list) -> dict[str, tuple[float, dict[str, list[int]]]]:
        """By test that passes, its seconds and the lines it ran. One that fails without a change
        would kill every mutant."""
        found = {}
        lines = Lines({module.file for module in self.modules})
        for item, following in zip(items, [*items[1:], self.prepare], strict=True):
            # What the test before has made is otherwise reached by that one alone.
            self._forget()
            started = time.monotonic()
            failed = _first_failed([item], following)
            seen = {file: sorted(run) for file, run in lines.since().items()}
            if not failed:
                found[item.nodeid] = (time.monotonic() - started, seen)
        return found

    def _forget(self) -> None:
        for cache in self.caches:
            cache.cache_clear()

    def _outcomes(self, module: Module) -> Iterator[tuple[str, list[str]]]:
        started = time.monotonic()
        _tell(f"{module.path}: {len(module.mutants)} mutants ", end="")
        counted: Counter[str] = Counter()
        # Found once, for what a fork looks at it has to copy.
        functions = functions_of(module.file)
        for mutant in module.mutants:
            tests = self._reaching(module, mutant)
            changed = changed_functions(module.file, ast.parse(module.source), mutant.tree)
            outcome = self._outcome(tests, functions, changed)
            counted[outcome] += 1
            # Told at once: a run may be ended before it is through.
            name = f"\n{mutant.line} {mutant.name}" if outcome in ("lived", "unreached") else ""
            _tell(_SIGNS[outcome] + name, end="\n" if name else "")
            yield outcome, tests
        _tell(f" {dict(counted)} in {time.monotonic() - started:.0f} s")

    def _reaching(self, module: Module, mutant: Mutant) -> list[str]:
        """The tests that run one of its lines, the fastest first, as many as there is time for."""
        lines = range(mutant.line, mutant.end_line + 1)
        reaching = [
            (reach.seconds, name)
            for name, reach in self.reached.items()
            if module.is_tested_by(name)
            and not reach.lines.get(module.file, set()).isdisjoint(lines)
        ]
        tests: list[str] = []
        left = self.within
        for seconds, name in sorted(reaching):
            if tests and seconds > left:
                break
            left -= seconds
            tests.append(name)
        return tests

    def _outcome(self, tests: list[str], functions: list, changed: Swapped | None) -> str:
        if changed is None:
            return "import"
        left = list(tests)
        while left:
            said = self._first_failed_in_fork(left, lambda: swap(functions, changed))
            if said in ("lived", "import"):
                return said
            failed = self._first_failed_unchanged(left[: left.index(said) + 1])
            if not failed:
                return "killed"
            _tell(f"\nleft out, it fails without a change: {failed}")
            left.remove(failed)
        return "unreached"

    def _first_failed_unchanged(self, tests: list[str]) -> str:
        """The test that fails without a change; "" for none."""
        if any(passing[: len(tests)] == tests for passing in self.passing):
            return ""
        said = self._first_failed_in_fork(tests, lambda: True)
        if said != "lived":
            return said
        self.passing.append(tests)
        return ""

    def _first_failed_in_fork(self, tests: list[str], change: Callable[[], bool]) -> str:
        """The test that fails first; "lived" for none, "import" where a change needs a new process,
        the last one where the fork broke or took too long."""
        self.files.put_back()
        items = [self.items[name] for name in tests]

        def run() -> str:
            self._forget()
            return (_first_failed(items, self.prepare) or "lived") if change() else "import"

        allowed = SECONDS + 3 * sum(self.reached[name].seconds for name in tests)
        return in_fork(run, allowed, self.told) or tests[-1]


def some_cases(items: list, most: int) -> list:
    """The tests, and of each that has more cases than told as many of them, evenly spread."""
    tests: dict[str, list] = {}
    for item in items:
        tests.setdefault(item.nodeid.partition("[")[0], []).append(item)
    chosen = [
        cases[place * len(cases) // min(most, len(cases))]
        for cases in tests.values()
        for place in range(min(most, len(cases)))
    ]
    return [item for item in items if item in chosen]


def _tell(text: str, end: str = "\n") -> None:
    print(text, end=end, flush=True, file=sys.__stderr__)


def _import_all(modules: list[Module]) -> None:
    """The modules and the whole application, for what a fork imports is imported unchanged."""
    from django.urls import get_resolver

    for module in modules:
        name = module.path.removesuffix(".py").removesuffix("/__init__")
        importlib.import_module(name.replace("/", "."))
    importlib.import_module("memory_hub.asgi")
    # Read for the views that this imports.
    assert get_resolver().url_patterns


def _first_failed(items: list, following: Any) -> str:
    """Runs tests until one fails; its name, "" when all pass."""
    config = items[0].config
    failed: list[str] = []

    class Outcomes:
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed:
                failed.append(report.nodeid)

    listener = Outcomes()
    config.pluginmanager.register(listener)
    try:
        for item, following_ in zip(items, [*items[1:], following], strict=True):
            config.hook.pytest_runtest_protocol(item=item, nextitem=following_)
            if failed:
                return failed[0]
    finally:
        config.pluginmanager.unregister(listener)
    return ""
