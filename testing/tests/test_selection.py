"""Which tests a run is for."""

from types import SimpleNamespace

import pytest

from testing import effort
from testing.selection import BOTH, KINDS, ONCE, is_for

USUAL = [f"superthread/tests/writes/test_x.py::test_{number}" for number in range(40)]


def item(nodeid, **markers):
    found = {name: SimpleNamespace(args=(value,)) for name, value in markers.items()}
    return SimpleNamespace(nodeid=nodeid, get_closest_marker=found.get)


def kinds_of(one, *, drills=False, turns=False):
    return [kind for kind in KINDS if is_for(one, kind, drills, turns)]


def test_by_turns_each_test_is_tried_on_one_kind_and_either_kind_gets_some():
    shared = [kinds_of(item(nodeid), turns=True) for nodeid in USUAL]
    assert {len(kinds) for kinds in shared} == {1}
    assert {kind for kinds in shared for kind in kinds} == set(KINDS)


def test_without_turns_each_test_is_tried_on_both():
    assert [kinds_of(item(nodeid)) for nodeid in USUAL] == [list(KINDS)] * len(USUAL)


@pytest.mark.parametrize("turns", [True, False])
def test_what_a_database_decides_is_tried_on_both_in_every_run(turns):
    for place in BOTH:
        assert kinds_of(item(f"{place}::test_x"), turns=turns) == list(KINDS)


@pytest.mark.parametrize("turns", [True, False])
def test_what_asks_no_database_runs_once(turns):
    for place in ONCE:
        assert kinds_of(item(f"{place}::test_x"), turns=turns) == ["sqlite"]


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
