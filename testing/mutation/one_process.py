"""Run tests against the mutants of some modules, in a copy of the checkout.

Takes the path of a plan (JSON): ``modules`` with ``path``, ``tests`` and ``places`` of the mutants
in their list, ``within`` how many seconds the tests of one mutant are to be done, and how many
``cases`` of one test are run.
"""

import json
import sys
from pathlib import Path

import pytest

from testing.mutation.mutants import mutants_of
from testing.mutation.plugin import PREPARE, ForkedRuns, Module

OPTIONS = ("-q", "--capture=sys", "-p", "no:cacheprovider")


def _module(path: str, tests: list[str], places: list[int]) -> Module:
    source = Path(path).read_text()
    mutants = list(mutants_of(source))
    return Module(path, source, [mutants[place] for place in places], tests)


if __name__ == "__main__":
    plan = json.loads(Path(sys.argv[1]).read_text())
    modules = [_module(**each) for each in plan["modules"]]
    tests = dict.fromkeys(test for module in modules for test in module.tests)
    runs = ForkedRuns(modules, plan["within"], plan["cases"])
    sys.exit(pytest.main([*OPTIONS, PREPARE, *tests], plugins=[runs]))
