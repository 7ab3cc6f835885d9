"""Two changes of one text, put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_hub_client.merging import MINE, SPLIT, THEIRS, merge

BASE = "one\ntwo\nthree\nfour\n"
LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=8).map("".join)


@pytest.mark.parametrize(
    ("mine", "theirs", "merged"),
    [
        ("ONE\ntwo\nthree\nfour\n", "one\ntwo\nthree\nFOUR\n", "ONE\ntwo\nthree\nFOUR\n"),
        ("one\ntwo\nthree\nfour\nfive\n", "zero\n" + BASE, "zero\n" + BASE + "five\n"),
        ("one\nfour\n", "one\ntwo\nthree\nfour\nfive", "one\nfour\nfive"),
        ("one\n2\nthree\nfour\n", "one\n2\nthree\nfour\n", "one\n2\nthree\nfour\n"),
    ],
)
def test_changes_in_different_places_are_both_there(mine, theirs, merged):
    assert merge(BASE, mine, theirs) == (merged, 0)


def test_what_both_changed_stands_between_marks():
    mine, theirs = BASE.replace("two", "2"), BASE.replace("two", "II")
    text, conflicts = merge(BASE, mine, theirs)
    assert conflicts == 1
    assert text == f"one\n{MINE}2\n{SPLIT}II\n{THEIRS}three\nfour\n"


@given(LINES, LINES)
def test_the_change_of_one_side_alone_is_that_change(base, changed):
    assert merge(base, changed, base) == (changed, 0)
    assert merge(base, base, changed) == (changed, 0)
    assert merge(base, changed, changed) == (changed, 0)
