"""Which tests a run is for."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace

import pytest

from testing import effort
from testing.selection import BOTH, DOORS, KINDS, ONCE, WHOLE, is_for, is_left_out, left_to_others

USUAL = [f"superthread/tests/writes/test_x.py::test_{number}" for number in range(40)]


def item(nodeid, **markers):
    found = {name: SimpleNamespace(args=(value,)) for name, value in markers.items()}
    return SimpleNamespace(nodeid=nodeid, get_closest_marker=found.get)


def case(name):
    """Of a test with cases: to be put into sets, as pytest's are."""
    return Case(f"superthread/tests/test_x.py::{name}")


@dataclass(frozen=True)
class Case:
    nodeid: str
    is_drill: bool = False

    def get_closest_marker(self, name):
        return self.is_drill and name == "drill"


def kinds_of(one, *, drills=False, turns=False):
    return [kind for kind in KINDS if is_for(one, kind, drills, turns)]


def test_by_turns_each_test_is_tried_on_one_kind_and_either_kind_gets_some():
    shared = [kinds_of(item(nodeid), turns=True) for nodeid in USUAL]
    assert {len(kinds) for kinds in shared} == {1}
    assert {kind for kinds in shared for kind in kinds} == set(KINDS)


def test_by_turns_a_test_with_many_cases_is_tried_with_some_of_all_kinds():
    items = [case(f"test_many[{row}-{column}]") for row in range(12) for column in range(4)]
    tried = [one for one in items if one not in left_to_others(items)]
    assert len(tried) == 12
    for place in (1, 2):
        found = Counter(re.findall(r"\d+", one.nodeid)[place - 1] for one in tried)
        assert max(found.values()) < 8, found
    assert left_to_others(items) == left_to_others(items[::-1])
    shared = Counter(kind for one in tried for kind in kinds_of(one, turns=True))
    assert set(shared) == set(KINDS)


def test_by_turns_a_test_with_few_cases_is_tried_with_all():
    items = [case(f"test_few[{number}]") for number in range(5)]
    assert not left_to_others([*items, case("test_other")])


def test_by_turns_few_cases_are_not_many_by_those_that_are_drills():
    items = [Case(f"test_x.py::test_x[{number}]", is_drill=number >= 5) for number in range(20)]
    assert not left_to_others(items)


@pytest.mark.parametrize("place", WHOLE)
def test_by_turns_no_case_is_left_out_where_each_may_be_the_one(place):
    assert not left_to_others([Case(f"{place}::test_x[{number}]") for number in range(40)])


def test_without_turns_each_test_is_tried_on_both():
    assert [kinds_of(item(nodeid)) for nodeid in USUAL] == [list(KINDS)] * len(USUAL)


def test_beside_drills_doors_go_by_turns_and_all_else_is_tried_on_both():
    kinds = partial(kinds_of, drills=True, turns=True)
    assert [kinds(item(nodeid)) for nodeid in USUAL] == [list(KINDS)] * len(USUAL)
    for place in DOORS:
        tried = [kinds(item(f"{place}test_x.py::test_x[{number}]")) for number in range(40)]
        assert {len(one) for one in tried} == {1}
        assert {kind for one in tried for kind in one} == set(KINDS)
        assert kinds(Case(f"{place}test_x.py::test_x", is_drill=True)) == list(KINDS)


@pytest.mark.parametrize("turns", [True, False])
def test_what_a_database_decides_is_tried_on_both_in_every_run(turns):
    for place in BOTH:
        assert kinds_of(item(f"{place}::test_x"), turns=turns) == list(KINDS)


@pytest.mark.parametrize("turns", [True, False])
def test_what_asks_no_database_runs_once(turns):
    for place in ONCE:
        assert kinds_of(item(f"{place}::test_x"), turns=turns) == ["sqlite"]


def test_a_module_that_runs_once_is_imported_by_that_run_alone():
    for place in ("memory_hub/tests/test_nginx.py", "memory_hub/conf/tests"):
        assert [kind for kind in KINDS if is_left_out(place, kind)] == ["postgresql"]
    for place in ("memory_hub/tests", "memory_hub/jobs/tests/test_jobs.py"):
        assert not any(is_left_out(place, kind) for kind in KINDS)


@pytest.mark.parametrize("turns", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_what_concerns_one_kind_is_tried_on_it_alone(kind, turns):
    for nodeid in USUAL:
        assert kinds_of(item(nodeid, only_on=kind), turns=turns) == [kind]


def test_a_drill_waits_until_it_is_asked_for():
    drill = item(USUAL[0], drill=None)
    assert (kinds_of(drill), kinds_of(drill, drills=True)) == ([], list(KINDS))


def test_a_run_without_drills_tries_a_part_of_the_examples(monkeypatch):
    monkeypatch.setattr(effort, "drills", True)
    assert [effort.at_most(most) for most in (1, 6, 60)] == [1, 6, 60]
    monkeypatch.setattr(effort, "drills", False)
    assert [effort.at_most(most) for most in (1, 6, 60)] == [1, 3, 10]
