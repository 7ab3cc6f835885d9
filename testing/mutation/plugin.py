"""A pytest plugin: runs the collected tests once for each mutant, in a fork of this process.

Collecting tests and making a database cost seconds; a fork has both at once. One run before the
first tells which tests reach which line, and how long they take: a mutant meets only the tests that
reach it, the fastest first, until one fails.
"""

import ast
import contextlib
import importlib
import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from testing.mutation.mutants import Mutant
from testing.mutation.swapping import changed_functions, swap

# In the copy: nothing but a database is needed for it.
PREPARE = "test_makes_the_database.py"
# A mutant may take this long, beside three times what its tests took before.
SECONDS = 30.0
_SIGNS = {"killed": ".", "lived": "S", "unreached": "U", "import": "i"}


class ForkedRuns:
    """The plugin for one module. ``results`` has, by mutant's place in the list, one of "killed",
    "lived", "unreached" and "import" (must be tried in a new process) with the tests that reach
    it."""

    def __init__(self, path: Path, source: str, mutants: list[Mutant]) -> None:
        self.path, self.source, self.mutants = path, source, mutants
        self.results: list[tuple[str, list[str]]] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed or not session.items:
            raise session.Failed("the tests could not be collected")
        # Makes the database, which the forks then find. By its name, for tests are put into another
        # order: what another module had set up would fail the first test of a fork.
        prepare = next(item for item in session.items if item.nodeid.startswith(PREPARE))
        items = [item for item in session.items if item is not prepare]
        prepare.config.hook.pytest_runtest_protocol(item=prepare, nextitem=items[0])
        _import_all(self.path)
        files = _Files()
        files.keep()
        reached = self._reached(prepare, items)
        by_id = {item.nodeid: item for item in items}
        for mutant in self.mutants:
            lines = range(mutant.line, mutant.end_line + 1)
            tests = [name for name, (_, seen) in reached.items() if not seen.isdisjoint(lines)]
            tests.sort(key=lambda name: reached[name][0])
            files.put_back()
            outcome = self._outcome(mutant, prepare, [by_id[name] for name in tests], reached)
            self.results.append((outcome, tests))
            # Told at once: a run may be ended before it is through.
            name = f"\n{mutant.line} {mutant.name}\n" if outcome in ("lived", "unreached") else ""
            print(_SIGNS[outcome] + name, end="", flush=True, file=sys.__stderr__)
        os._exit(self._hand_over())

    def _hand_over(self) -> int:
        """Past pytest's own end, which would look for the database that the forks used."""
        Path(os.environ["MUTATION_RESULTS"]).write_text(json.dumps(self.results))
        shutil.rmtree(os.environ["HUB_DATA_DIR"], ignore_errors=True)
        return 0

    def _outcome(self, mutant: Mutant, prepare: Any, items: list, reached: dict) -> str:
        changed = changed_functions(str(self.path), ast.parse(self.source), mutant.tree)
        if changed is None:
            return "import"
        if not items:
            return "unreached"
        allowed = SECONDS + 3 * sum(reached[item.nodeid][0] for item in items)

        def run() -> int:
            if not swap(str(self.path), changed):
                return 2
            return int(not _passes(items, prepare))

        return {0: "lived", 2: "import"}.get(_in_fork(run, allowed), "killed")

    def _reached(self, prepare: Any, items: list) -> dict[str, tuple[float, set[int]]]:
        """For each test its seconds and the lines of the module that it ran."""
        kept = Path(os.environ["MUTATION_RESULTS"])

        def run() -> int:
            found = {}
            for item, following in zip(items, [*items[1:], prepare], strict=True):
                started = time.monotonic()
                with _lines_of(str(self.path)) as seen:
                    passed = _passes([item], following)
                # A test that fails without a change would kill every mutant.
                if passed:
                    found[item.nodeid] = (time.monotonic() - started, sorted(seen))
            kept.write_text(json.dumps(found))
            return 0

        if _in_fork(run, 3600.0):
            raise RuntimeError("The run before the first mutant failed.")
        found = json.loads(kept.read_text())
        for name in [item.nodeid for item in items if item.nodeid not in found]:
            print(f"left out, it fails without a change: {name}", file=sys.__stderr__)
        return {name: (seconds, set(seen)) for name, (seconds, seen) in found.items()}


def _import_all(path: Path) -> None:
    """The module and the whole application, for what a fork imports is imported unchanged."""
    from django.urls import get_resolver

    importlib.import_module(".".join(path.relative_to(Path.cwd()).with_suffix("").parts))
    importlib.import_module("memory_hub.asgi")
    # Read for the views that this imports.
    assert get_resolver().url_patterns


class _Lines:
    """Which lines of one file are run, in any thread."""

    def __init__(self, path: str) -> None:
        self.path, self.seen = path, set[int]()

    def __call__(self, frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != self.path:
            return None
        self.seen.add(frame.f_lineno)
        return self


@contextlib.contextmanager
def _lines_of(path: str) -> Any:
    lines = _Lines(path)
    threading.settrace(lines)
    sys.settrace(lines)
    yield lines.seen
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]


def _passes(items: list, following: Any) -> bool:
    """Runs tests until one fails."""
    config = items[0].config
    outcomes: list[str] = []

    class Outcomes:
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            outcomes.append(report.outcome)

    listener = Outcomes()
    config.pluginmanager.register(listener)
    try:
        for item, following_ in zip(items, [*items[1:], following], strict=True):
            config.hook.pytest_runtest_protocol(item=item, nextitem=following_)
            if "failed" in outcomes:
                return False
    finally:
        config.pluginmanager.unregister(listener)
    return True


def _in_fork(run: Callable[[], int], seconds: float) -> int:
    """What ``run`` answers in a process of its own; 1 when it breaks or takes too long."""
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        code = 1
        with contextlib.suppress(BaseException):
            code = run()
        os._exit(code)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            _end_group(child)
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    _end_group(child)
    os.waitpid(child, 0)
    return 1


def _end_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


class _Files:
    """The embedded databases, as they were before a fork wrote into them."""

    def __init__(self) -> None:
        self.directory = Path(os.environ["HUB_DATA_DIR"])
        self.kept = self.directory.with_name(self.directory.name + "-kept")

    def keep(self) -> None:
        from django.db import connections

        connections.close_all()
        self.kept.mkdir()
        for path in self.directory.glob("*.sqlite3*"):
            shutil.copy(path, self.kept)

    def put_back(self) -> None:
        for path in self.directory.glob("*.sqlite3*"):
            path.unlink()
        for path in self.kept.iterdir():
            shutil.copy(path, self.directory)
