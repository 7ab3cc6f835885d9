"""The changes that a mutation run tries, and that they take the place of what runs."""

import ast
import os
import subprocess
import sys
import textwrap
from types import SimpleNamespace

from memory_hub.caching.generations.mapped import slot_of
from testing.mutation import equivalents, targets
from testing.mutation.mutants import mutants_of
from testing.mutation.plugin import Module, some_cases
from testing.mutation.swapping import caches_of, changed_functions, functions_of, swap

SOURCE = textwrap.dedent(
    '''
    """What it is for."""

    LIMIT = 3


    def allows(count: int, *, open: bool = False) -> bool:
        """Whether one more fits."""
        if open and not count:
            return True
        return count < LIMIT
    '''
)


def names(source):
    return [mutant.name for mutant in mutants_of(source)]


def test_every_kind_of_change_is_tried_and_no_text_for_people():
    assert names(SOURCE) == [
        ": 3 -> 4",
        "allows: False -> True",
        "allows: open and (not count) -> open or not count",
        "allows: open and (not count) -> not count",
        "allows: open and (not count) -> open",
        "allows: not count -> count",
        "allows: return True -> return None",
        "allows: True -> False",
        "allows: return count < LIMIT -> return None",
        "allows: count < LIMIT -> count <= LIMIT",
    ]


def test_a_keyword_of_a_query_is_left_out():
    assert "f: rows.filter(a=x, b=y) -> rows.filter(b=y)" in names(
        "def f(rows, x, y):\n    return rows.filter(a=x, b=y)\n"
    )


def test_a_function_that_others_hold_already_is_changed(tmp_path):
    path = str(tmp_path / "module.py")
    module = {}
    exec(compile(ast.parse(SOURCE), path, "exec"), module)
    held = module["allows"]
    last = list(mutants_of(SOURCE))[-1]
    assert not held(3)
    assert swap(functions_of(path), changed_functions(path, ast.parse(SOURCE), last.tree))
    assert held(3)


def test_what_cannot_be_told_apart_hinders_no_other_change():
    source = "def pair():\n    return (lambda: 1), (lambda: 2), 3\n"
    changed = {
        mutant.before: changed_functions("module.py", ast.parse(source), mutant.tree)
        for mutant in mutants_of(source)
    }
    assert changed["1"] is changed["2"] is None
    assert [name for name, _ in changed["3"]] == ["pair"]


def test_what_runs_at_import_is_told_apart():
    for mutant in list(mutants_of(SOURCE))[:2]:
        assert changed_functions("module.py", ast.parse(SOURCE), mutant.tree) is None


def test_the_tests_that_stand_for_modules_are_there():
    named = {test for module in targets.TARGETS for test in targets.tests_of(module)}
    files = {test.partition("::")[0] for test in named}
    assert [file for file in sorted(files) if not (targets.ROOT / file).exists()] == []


def test_a_package_stands_for_its_modules_and_a_file_for_itself():
    chosen = targets.modules_in(["memory_hub/rate_limits", "memory_hub/rate_limits/bill.py"])
    assert "memory_hub/rate_limits/limiter.py" in chosen
    assert chosen.count("memory_hub/rate_limits/bill.py") == 1
    assert all(module.startswith("memory_hub/rate_limits/") for module in chosen)
    assert targets.modules_in([]) == targets.TARGETS


def test_a_module_is_tried_with_its_own_tests_alone():
    module = Module("a.py", "", [], ["tests/some", "tests/test_b.py", "tests/test_c.py::test_d"])
    names = [
        *("tests/some/test_a.py::test_a", "tests/test_b.py::test_b[1]"),
        *("tests/test_c.py::test_d", "tests/test_c.py::test_d[0]"),
    ]
    assert all(module.is_tested_by(name) for name in names)
    others = ["tests/test_c.py::test_dd", "tests/something/test_a.py::test_a", "tests/test_bb.py"]
    assert not any(module.is_tested_by(name) for name in others)


def test_what_functions_of_a_file_keep_is_found():
    found = caches_of({equivalents.outdated.__code__.co_filename, targets.__file__})
    assert found == []
    assert slot_of in caches_of({slot_of.__wrapped__.__code__.co_filename})


def test_lines_are_noted_in_threads_that_go_on(tmp_path):
    source = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
    (tmp_path / "module.py").write_text(source)
    script = (
        "import module, sys; from concurrent.futures import ThreadPoolExecutor\n"
        "from testing.mutation.reaching import Lines\n"
        "lines, pool = Lines({module.__file__}), ThreadPoolExecutor(1)\n"
        "for run in (module.one, module.two):\n"
        "    pool.submit(run).result()\n"
        "    print(sorted(lines.since()[module.__file__]))\n"
    )
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}:{targets.ROOT}"}
    told = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True
    )
    assert told.stdout.split("\n")[:2] == ["[1, 2]", "[5, 6]"], told.stderr


def test_of_many_cases_some_are_run_that_lie_apart():
    names = ["test_a", *(f"test_b[{case}]" for case in range(9)), "test_c[0]", "test_c[1]"]
    chosen = some_cases([SimpleNamespace(nodeid=name) for name in names], 3)
    assert [item.nodeid for item in chosen] == [
        *("test_a", "test_b[0]", "test_b[3]", "test_b[6]", "test_c[0]", "test_c[1]")
    ]


def test_all_that_is_noted_is_a_change_of_its_module():
    sources = {module: (targets.ROOT / module).read_text() for module in equivalents.MODULES}
    assert {
        module: notes
        for module, source in sources.items()
        if (notes := equivalents.outdated(module, source))
    } == {}


def test_what_is_noted_and_no_change_is_told():
    noted = equivalents.equivalents_of("memory_hub/api/strict_json.py")
    assert noted
    assert equivalents.outdated("memory_hub/api/strict_json.py", SOURCE) == noted
