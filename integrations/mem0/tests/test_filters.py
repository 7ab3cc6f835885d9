"""Filters: each against a plain look at all memories, and those that are none."""

import pytest

from integrations.mem0.filters import filters_of
from memory_hub.core.errors import BadInput
from superthread.reads.filters import SCANNED

PEOPLE = {
    "tea": {"user_id": "ann", "agent_id": "x", "metadata": {"n": 1, "mood": "Calm"}},
    "milk": {"user_id": "ann", "run_id": "1", "metadata": {"n": 2}, "categories": ["food"]},
    "water": {"user_id": "bob", "agent_id": "x", "categories": ["food", "cold"]},
    "sand": {"agent_id": "y", "metadata": {"n": "2", "deep": {"er": True}}},
}


@pytest.fixture
def full(ann):
    """Four memories of different people, made a day after each other from 2026-01-01 on."""
    for day, (text, options) in enumerate(PEOPLE.items()):
        ann.add(f"{text} of all", timestamp=1_767_225_600 + day * 86_400, **options)
    return ann


CASES = [
    ({"user_id": "ann"}, "tea milk"),
    ({"user_id": "*"}, "tea milk water"),
    ({"user_id": "Ann"}, ""),
    ({"user_id": "ann", "agent_id": "x"}, "tea"),
    ({"AND": [{"user_id": "ann"}, {"run_id": "1"}]}, "milk"),
    ({"AND": [{"user_id": "ann"}, {"user_id": "bob"}]}, ""),
    ({"OR": [{"user_id": "ann"}, {"user_id": "bob"}]}, "tea milk water"),
    ({"OR": [{"user_id": "bob"}, {"agent_id": "y"}]}, "water sand"),
    ({"user_id": {"in": ["ann", "bob"]}}, "tea milk water"),
    ({"user_id": {"in": []}}, ""),
    ({"user_id": ["ann"]}, "tea milk"),
    ({"user_id": {"eq": "ann"}}, "tea milk"),
    ({"user_id": {"ne": "ann"}}, "water sand"),
    ({"user_id": {"nin": ["ann", "bob"]}}, "sand"),
    ({"user_id": {"contains": "nn"}}, "tea milk"),
    ({"user_id": {"icontains": "NN"}}, "tea milk"),
    ({"user_id": {"gt": "ann"}}, "water"),
    ({"user_id": {"gte": "ann", "lt": "bob"}}, "tea milk"),
    ({"user_id": {"exists": False}}, "sand"),
    ({"user_id": None}, "sand"),
    ({"NOT": {"user_id": "ann"}}, "water sand"),
    ({"NOT": [{"user_id": "ann"}, {"user_id": "bob"}]}, "sand"),
    ({"NOT": {"AND": [{"user_id": "ann"}, {"run_id": "1"}]}}, "tea water sand"),
    ({"created_at": {"gte": "2026-01-02"}}, "milk water sand"),
    ({"created_at": {"gt": "2026-01-02T00:00:00Z"}}, "water sand"),
    ({"created_at": {"lt": "2026-01-02"}}, "tea"),
    ({"created_at": {"lte": "2026-01-02T00:00:00+00:00"}}, "tea milk"),
    ({"created_at": {"gte": "2026-01-02", "lt": "2026-01-04"}}, "milk water"),
    ({"created_at": "2026-01-03"}, "water"),
    ({"NOT": {"created_at": {"lt": "2026-01-03"}}}, "water sand"),
    ({"AND": [{"user_id": "ann"}, {"created_at": {"gte": "2026-01-02"}}]}, "milk"),
    ({"user_id": "*", "updated_at": {"gte": "2026-06-01"}}, "tea milk water"),
    ({"categories": {"contains": "food"}}, "milk water"),
    ({"categories": {"in": ["cold", "hot"]}}, "water"),
    ({"categories": "food"}, "milk water"),
    ({"metadata": {"n": 2}}, "milk"),
    ({"metadata": {"n": {"gte": 1}}}, "tea milk"),
    ({"metadata": {"n": {"exists": True}}}, "tea milk sand"),
    ({"metadata": {"mood": {"icontains": "calm"}}}, "tea"),
    ({"metadata": {"deep": {"er": True}}}, "sand"),
    ({"metadata": {"n": 2}, "user_id": "bob"}, ""),
    ({"user_id": "ann", "OR": [{"metadata": {"n": 1}}, {"categories": "food"}]}, "tea milk"),
]


@pytest.mark.parametrize(("filters", "texts"), CASES, ids=str)
def test_lists_and_searches_hold_what_a_filter_asks(full, filters, texts):
    wanted = {f"{text} of all" for text in texts.split()}
    assert set(full.texts(filters)) == set(full.found("all", filters)) == wanted


@pytest.mark.parametrize("value", [{"x": 1}, ["ann", ["x"]], 5], ids=str)
def test_an_identifier_among_the_metadata_that_is_no_text_identifies_nothing(full, mina, value):
    saved = {"content": "salt of all", "metadata": {"user_id": value}}
    mina.post("/superthread/memories", json=saved)
    full.add("pepper of all", user_id=str(value))
    asked = {"metadata": {"user_id": {"eq": value}}}
    assert full.texts(asked) == full.found("all", asked) == ["salt of all"]
    full.ask("DELETE", "/v1/memories/", 400, params={"filters": repr(asked)})
    full.add("x", 400, filters=asked)


def test_a_search_narrows_by_categories_beside_its_filters(full):
    assert full.found("all", {"user_id": "*"}, categories=["cold"]) == ["water of all"]


@pytest.mark.parametrize(
    "filters",
    [
        *("user_id", [], 5, {"userId": "ann"}, {"and": []}, {"AND": {}}, {"AND": []}, {"OR": [5]}),
        *({"NOT": []}, {"user_id": 5}, {"user_id": {"is": "ann"}}, {"user_id": {"in": "ann"}}),
        *({"user_id": {"exists": "yes"}}, {"created_at": "soon"}, {"created_at": {"gte": 5}}),
        *({"metadata": "x"}, {"metadata": {}}, {"memory": "tea"}, {"user_id": {}}),
        {"OR": [{"user_id": str(n)} for n in range(101)]},
        {"user_id": {"in": [str(n) for n in range(101)]}},
    ],
    ids=str,
)
def test_a_filter_that_is_none_is_refused_and_says_where(ann, filters):
    for told in (ann.get_all(filters, 400), ann.search("all", filters, 400)):
        assert told["errors"][0]["pointer"].startswith("/filters")


def test_filters_that_are_nested_too_deep_are_refused():
    asked = {"user_id": "ann"}
    for _ in range(12):
        asked = {"NOT": asked}
    with pytest.raises(BadInput):
        filters_of(asked)


@pytest.mark.parametrize(
    ("filters", "scans"),
    [
        ({"user_id": "ann", "created_at": {"gte": "2026-01-01"}}, False),
        ({"AND": [{"OR": [{"user_id": "a"}, {"user_id": "b"}]}, {"run_id": "*"}]}, False),
        ({"user_id": "ann", "metadata": {"n": 1}}, True),
        ({"NOT": {"user_id": "ann"}}, True),
    ],
)
def test_for_whom_and_when_needs_no_look_at_memories(filters, scans):
    assert filters_of(filters).scans is scans


def test_a_list_that_could_not_look_at_all_says_so(ann, monkeypatch):
    assert SCANNED > 3
    monkeypatch.setattr("superthread.reads.numbered.SCANNED", 3)
    for n in range(5):
        ann.add(f"Tea {n}.", user_id="ann", metadata={"n": n})
    told = ann.get_all({"user_id": "ann", "metadata": {"n": {"gte": 3}}})
    assert (told["count"], told["incomplete"]) == (2, True)
    assert "incomplete" not in ann.get_all({"user_id": "ann"})
    monkeypatch.setattr("superthread.reads.numbered.SCANNED", 5)
    assert "incomplete" not in ann.get_all({"user_id": "ann", "metadata": {"n": {"gte": 3}}})
