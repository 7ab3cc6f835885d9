"""Searching items and listing namespaces."""

from datetime import timedelta

import pytest
from django.db.models import F

from integrations.langgraph import finding
from integrations.langgraph.tests.store import NAMESPACES
from memory_hub.rate_limits.prices import ITEM, READ, SEARCH
from superthread.models import Memory


@pytest.fixture
def tea(store):
    """Some people's memories."""
    store.put(["memories", "ann"], "k1", {"text": "Ann likes green tea", "n": 1, "on": True})
    store.put(["memories", "ann"], "k2", {"text": "first\nsecond mentions coffee", "n": 2})
    store.put(
        ["memories", "ann", "old"], "k3", {"text": "녹차를 좋아해요", "n": 3, "tags": ["a", "b"]}
    )
    store.put(
        ["memories", "anna"], "k4", {"text": "Anna likes tea", "n": 4, "at": {"city": "Seoul"}}
    )
    store.put(["other"], "k5", {"text": "tea", "n": "5"})
    return store


def test_a_search_finds_what_is_below_a_namespace_newest_first(tea):
    assert tea.keys(["memories", "ann"]) == ["k3", "k2", "k1"]
    assert tea.keys([]) == ["k5", "k4", "k3", "k2", "k1"]
    assert tea.keys(["memories", "bob"]) == []
    assert tea.keys(["memories.ann"]) == []
    tea.put(["memories", "ann"], "k1", {"text": "changed"})
    assert tea.keys(["memories", "ann"]) == ["k1", "k3", "k2"]


def test_items_found_say_all_of_themselves(tea):
    item = tea.search(["other"])[0]
    assert item == tea.get(["other"], "k5")


def test_a_query_finds_texts_in_values_best_first_with_scores(tea):
    found = tea.search([], query="green tea")
    assert found[0]["key"] == "k1"
    assert {one["key"] for one in found} >= {"k1", "k4", "k5"}
    scores = [one["score"] for one in found]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0
    assert tea.keys(["memories"], query="녹차") == ["k3"]
    assert tea.keys(["memories", "anna"], query="likes tea") == ["k4"]


def test_a_word_behind_a_line_break_is_found(tea):
    assert tea.keys([], query="second") == ["k2"]
    assert tea.value(["memories", "ann"], "k2")["text"] == "first\nsecond mentions coffee"


@pytest.mark.parametrize("query", ["?", "…", '"tea', "-tea", "tea OR NOT -- *"])
def test_signs_in_a_query_are_text(tea, query):
    assert "k2" not in tea.keys([], query=query)


def test_an_empty_query_is_none(tea):
    assert len(tea.keys([], query="")) == 5


def test_what_is_not_to_be_searched_is_listed_and_not_found(tea):
    tea.put(["other"], "k6", {"text": "tea in secret"}, index=False)
    tea.put(["other"], "k7", {"text": "tea in part"}, index=["text"])
    assert tea.keys(["other"]) == ["k7", "k6", "k5"]
    assert set(tea.keys(["other"], query="tea")) == {"k5", "k7"}


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ({"n": 1}, "k1"),
        ({"n": 1, "on": True}, "k1"),
        ({"on": 1}, ""),
        ({"n": {"$eq": 2}}, "k2"),
        ({"n": {"$ne": 2}}, "k1 k3 k4 k5"),
        ({"n": {"$gt": 2}}, "k3 k4 k5"),
        ({"n": {"$gte": 2, "$lt": 4}}, "k2 k3"),
        ({"n": {"$lte": 1}}, "k1"),
        ({"text": {"$lt": "B"}}, "k1 k4"),
        ({"text": {"$gt": 1}}, ""),
        ({"none": {"$gt": 1}}, ""),
        ({"none": None}, "k1 k2 k3 k4 k5"),
        ({"tags": ["a", "b"]}, "k3"),
        ({"tags": ["a"]}, ""),
        ({"at": {"city": "Seoul"}}, "k4"),
        ({"at": {"city": {"$ne": "Seoul"}}}, ""),
        ({}, "k1 k2 k3 k4 k5"),
    ],
)
def test_a_filter_lets_through_what_it_says(tea, asked, keys):
    assert sorted(tea.keys([], filter=asked)) == keys.split()


def test_a_filter_and_a_query_go_together(tea):
    assert tea.keys([], query="likes tea", filter={"n": {"$gt": 1}}) == ["k4", "k5"]


@pytest.mark.parametrize("asked", [{"n": {"$near": 1}}, {"$gt": 1}, {"a": [{"$or": []}]}, [1], "a"])
def test_another_filter_is_refused(tea, asked):
    answer = tea.try_search([], filter=asked)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"].startswith("/filter")


def test_offset_and_limit_count_what_is_let_through(tea):
    wanted = {"filter": {"n": {"$ne": 3}}, "limit": 2}
    assert tea.keys([], **wanted) == ["k5", "k4"]
    assert tea.keys([], **wanted, offset=2) == ["k2", "k1"]
    assert tea.keys([], **wanted, offset=4) == []


@pytest.mark.parametrize("bad", [{"limit": 0}, {"limit": 1001}, {"offset": -1}, {"limit": True}])
def test_bounds_are_told(tea, bad):
    assert tea.try_search([], **bad).status_code == 400


def test_pages_of_many_are_gone_through(store, monkeypatch):
    monkeypatch.setattr(finding, "PAGE", 2)
    for number in range(5):
        store.put(["a"], f"k{number}", {"text": "tea", "n": number})
    assert store.keys(["a"], filter={"n": {"$lt": 3}}) == ["k2", "k1", "k0"]
    assert len(store.keys(["a"], query="tea")) == 5


def test_what_is_looked_at_and_made_live_longer_is_paid_for(store, monkeypatch, limited):
    monkeypatch.setattr(finding, "PAGE", 2)
    for number in range(5):
        store.put(["a"], f"k{number}", {"text": "tea"}, ttl=60)
    limited("1000/minute")

    def cost(**asked):
        before, after = (store.try_search(["a"], **one).headers for one in ({"limit": 1}, asked))
        return int(before["RateLimit-Remaining"]) - int(after["RateLimit-Remaining"])

    # Three pages each.
    assert cost(limit=5) == SEARCH + 2 * READ
    assert cost(limit=5, query="tea") == SEARCH + 2 * SEARCH
    Memory.objects.update(expires_at=F("expires_at") - timedelta(minutes=9))
    assert cost(limit=5, refresh_ttl=False) == SEARCH + 2 * READ
    Memory.objects.update(expires_at=F("expires_at") - timedelta(minutes=9))
    assert cost(limit=5) == SEARCH + 2 * READ + 4 * ITEM


def test_who_would_look_at_too_much_is_told_what_to_do(store, monkeypatch):
    monkeypatch.setattr(finding, "EXAMINED", 2)
    for number in range(4):
        store.put(["a"], f"k{number}", {"n": number})
    answer = store.try_search(["a"], filter={"n": 9})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "too-many"
    assert store.keys(["a"], limit=2) == ["k3", "k2"]


def test_more_than_one_answer_holds_is_refused_not_cut(store, monkeypatch):
    monkeypatch.setattr(finding, "ANSWERED", 50)
    for key in "ab":
        store.put(["a"], key, {"text": "x" * 30})
    answer = store.try_search(["a"])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/limit"
    assert store.keys(["a"], limit=1) == ["b"]


def test_what_stands_among_items_and_is_none_is_passed_over(store, mina):
    mina.save("A note.", path="langgraph/a/note.md")
    mina.save("A note.", path="langgraph/A/K.json")
    store.put(["b"], "k", {})
    assert store.keys([]) == ["k"]
    assert store.namespaces() == [["b"]]


def test_namespaces_are_listed_in_order(tea):
    assert tea.namespaces() == [
        ["memories", "ann"],
        ["memories", "ann", "old"],
        ["memories", "anna"],
        ["other"],
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"prefix": ["memories", "ann"]}, [["memories", "ann"], ["memories", "ann", "old"]]),
        ({"prefix": ["memories.ann"]}, []),
        ({"prefix": ["*", "anna"]}, [["memories", "anna"]]),
        ({"suffix": ["old"]}, [["memories", "ann", "old"]]),
        ({"suffix": ["ann", "*"]}, [["memories", "ann", "old"]]),
        ({"prefix": ["memories"], "suffix": ["anna"]}, [["memories", "anna"]]),
        ({"max_depth": 1}, [["memories"], ["other"]]),
        ({"max_depth": 2, "prefix": ["memories"]}, [["memories", "ann"], ["memories", "anna"]]),
        ({"limit": 1, "offset": 1}, [["memories", "ann", "old"]]),
    ],
)
def test_namespaces_are_chosen(tea, asked, found):
    assert tea.namespaces(**asked) == found


@pytest.mark.parametrize("bad", [{"max_depth": 0}, {"limit": 0}, {"prefix": "a"}, {"suffix": [""]}])
def test_other_choices_are_refused(mina, bad):
    body = {"limit": 100, "offset": 0, **bad}
    assert mina.post("/langgraph/store/namespaces", json=body).status_code == 400


def test_namespaces_pay_for_the_paths_looked_at_and_end_where_there_are_too_many(
    tea, monkeypatch, limited
):
    limited("1000/minute")
    monkeypatch.setattr(finding, "PATHS_AT_ONCE", 2)

    def asked(**more):
        return tea.client.post(NAMESPACES, json={"limit": 100, "offset": 0, **more})

    left = [int(asked(**one).headers["RateLimit-Remaining"]) for one in ({}, {}, {"limit": 1})]
    assert left[0] - left[1] == left[1] - left[2] == SEARCH + 2 * READ
    monkeypatch.setattr(finding, "PATHS", 4)
    answer = asked()
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/prefix"
    assert asked(prefix=["other"]).json() == {"namespaces": [["other"]]}
