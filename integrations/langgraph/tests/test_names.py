"""Each namespace and key has a path of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.langgraph.names import escaped, item_at, path_of, unescaped
from superthread.paths import key_of

# Letters that have been taken for one another: cases, forms, letters that are made of others.
CLOSE = st.text(
    "aAkKsſßẞiıİI\u212a\u00e9e\u0301가\u1100\u1161각\u11a8~4.1/ %-_json\u0345ͅ", max_size=6
)
NAMES = st.one_of(CLOSE, st.text(max_size=12).filter(lambda one: one.isprintable()))


@given(NAMES)
def test_a_name_is_read_back(name):
    assert unescaped(escaped(name)) == name


@given(NAMES, NAMES)
def test_two_names_are_two_however_paths_are_compared(one, other):
    same = key_of(f"a/{escaped(one)}.json") == key_of(f"a/{escaped(other)}.json")
    assert same is (one == other)


@given(st.lists(NAMES.filter(bool), min_size=1, max_size=3), NAMES)
def test_an_item_is_read_back_from_its_path(namespace, key):
    assert item_at("x/", path_of("x/", namespace, key)) == (namespace, key)


@pytest.mark.parametrize(
    "path", ["x/a/k.md", "x/a/K.json", "x/a/~4.json", "x/A/k.json", "x/~61.json"]
)
def test_a_path_that_no_item_has_is_none(path):
    assert item_at("x/", path) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((["a"], "k"), (["a"], "K")),
        ((["Ann"], "k"), (["ann"], "k")),
        ((["a"], "b/c"), (["a", "b"], "c")),
        ((["a"], "\u00e9"), (["a"], "e\u0301")),
        ((["a"], "ann"), (["a", "ann"], "k")),
        ((["a"], "ann.json"), (["a", "ann.json".replace(".", "_")], "k")),
        ((["a"], "k.md"), (["a"], "k")),
        ((["a"], ".."), (["a"], ".")),
        ((["a"], ""), (["a"], " ")),
        ((["a"], "가"), (["a"], "\u1100\u1161")),
    ],
)
def test_both_live(store, one, other):
    store.put(*one, {"n": 1})
    store.put(*other, {"n": 2})
    assert store.value(*one) == {"n": 1}
    assert store.value(*other) == {"n": 2}
