"""Searches with the filters of lists."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread.search import service
from superthread.tests.search.test_order import ask, pages


@pytest.fixture
def world(mina, api):
    """Memories of every origin with the word zebra, as mina sees them."""
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    services.place_member(key="alpha", email="jun@example.com", role="member", by=OPERATOR)
    jun, hana = api("jun@example.com"), api("hana@example.com")
    alpha = {"scope": "team", "team_key": "alpha"}
    mina.save("zebra own", category="a", metadata={"tags": ["x", "y"], "note": {"stars": 3}})
    mina.save("zebra own in the team", category="b", **alpha)
    jun.save("zebra of the team", category="a", metadata={"tags": "y"}, **alpha)
    jun.save("zebra public", scope="public", metadata={"note": {"stars": 3.5}, "tags": []})
    jun.save("zebra of jun's own")
    for client, text, role in (
        (jun, "zebra shared", "viewer"),
        (hana, "zebra edited together", "editor"),
    ):
        memory = client.save(text)
        url = f"/superthread/permissions/{memory['doc_id']}"
        client.post(url, json={"permissions": {"mina@example.com": role}})
        mina.post(f"/superthread/shares/{memory['doc_id']}", json={"accept": True})
    return mina


OWN, OURS = "zebra own", "zebra own in the team"
TEAM, PUBLIC, SHARED = "zebra of the team", "zebra public", "zebra shared"
EDITED = "zebra edited together"


@pytest.mark.parametrize("query", ["zebra", '"zebra"', "zebr*", "zebra -lion", "the zebra"])
@pytest.mark.parametrize(
    ("filters", "texts"),
    [
        ({"origin": ["own"]}, {OWN, OURS}),
        ({"origin": ["public", "team"]}, {PUBLIC, TEAM}),
        ({"origin": ["shared"]}, {SHARED, EDITED}),
        ({"owner": "me"}, {OWN, OURS}),
        ({"owner": "Mina@Example.com"}, {OWN, OURS}),
        ({"owner": "jun@example.com"}, {TEAM, PUBLIC, SHARED}),
        ({"owner": "nobody@example.com"}, set()),
        ({"role": "editor"}, {OWN, OURS, EDITED}),
        ({"role": "owner"}, {OWN, OURS}),
        ({"categories": ["a", "b"]}, {OWN, OURS, TEAM}),
        ({"categories": ["a", "c"], "owner": "jun@example.com"}, {TEAM}),
        ({"tag": "y"}, {OWN, TEAM}),
        ({"metadata": {"note.stars": {"equals": 3}}}, {OWN}),
        ({"metadata": {"note.stars": {"exists": True}}}, {OWN, PUBLIC}),
        ({"metadata": {"note": {"exists": False}}, "tag": "y"}, {TEAM}),
        ({"metadata": {"tags": {"contains": "x"}}, "scope": "personal"}, {OWN}),
        ({"origin": ["own"], "categories": ["b"], "role": "admin"}, {OURS}),
    ],
)
def test_a_search_holds_what_the_filters_say(world, query, filters, texts):
    page = ask(world, query, **filters)
    assert {one["content"] for one in page["results"]} == texts
    assert (page["incomplete"], page["next_cursor"]) == (False, None)


def test_a_search_and_a_list_hold_the_same_times(mina):
    first, second, third = (mina.save(f"zebra {number}") for number in "123")
    mina.patch(f"/superthread/memories/{first['doc_id']}", json={"content": "zebra 1 changed"})
    for filters, numbers in (
        ({"created_from": second["created_at"]}, "23"),
        ({"created_before": second["created_at"]}, "1"),
        ({"updated_from": third["updated_at"]}, "13"),
        ({"updated_before": third["updated_at"]}, "2"),
        ({"created_from": second["created_at"], "created_before": third["created_at"]}, "2"),
    ):
        found = [one["content"][6] for one in ask(mina, "zebra", **filters)["results"]]
        assert sorted(found) == list(numbers)


def test_a_frequent_word_is_found_in_the_filtered_memories(mina, monkeypatch):
    monkeypatch.setattr("superthread.search.retrieval.ranking.MOST_POSTINGS", 5)
    mina.save("zebra of old", category="old")
    for number in range(8):
        mina.save(f"zebra {number}")
    assert ask(mina, "zebra old of", categories=["old"])["count"] == 1
    assert ask(mina, "zebra", categories=["old", "older"])["count"] == 1


@pytest.mark.parametrize("filters", [{"tag": "x"}, {"owner": "jun@example.com"}])
def test_a_memory_named_by_its_id_meets_the_filters_too(mina, filters):
    memory = mina.save("zebra", metadata={"tags": ["y"]})
    assert ask(mina, memory["doc_id"], tag="y", owner="me")["count"] == 1
    assert ask(mina, memory["doc_id"], **filters)["count"] == 0


@pytest.fixture
def many(mina):
    """Forty zebras, the fewest of them rare."""
    for number in range(40):
        rare = {"metadata": {"tags": ["rare"]}} if number % 13 == 0 else {}
        mina.save("zebra " * (1 + number % 3) + str(number), **rare)
    return mina


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@pytest.mark.parametrize(
    "how", [{}, {"recency": "none"}, {"sort": "created"}, {"recency": {"half_life_days": 3}}]
)
def test_pages_of_any_size_hold_all_that_meets_the_filters(many, limit, how, monkeypatch):
    monkeypatch.setattr("superthread.search.results.sifting.FIRST_CHUNK", 4)
    filters = {"tag": "rare", **how}
    found = pages(many, "zebra", limit=limit, **filters)
    assert found == pages(many, "zebra", limit=50, **filters)
    everything = pages(many, "zebra", limit=100, **how)
    rare = [text for text in everything if int(text.split()[-1]) % 13 == 0]
    assert found == rare
    assert len(found) == 4


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize("query", ["zebra", '"zebra"'])
@pytest.mark.parametrize("sort", ["relevance", "updated"])
def test_what_is_examined_hit_by_hit_is_bounded_and_says_so(many, limit, query, sort, monkeypatch):
    monkeypatch.setattr("superthread.search.results.sifting.SCANNED", 10)
    examined = []
    real = service.Searchable.meeting
    monkeypatch.setattr(
        service.Searchable,
        "meeting",
        lambda self, ids: examined.append(len(ids)) or real(self, ids),
    )
    found, incomplete, cursor = [], [], None
    while True:
        examined.clear()
        more = {"cursor": cursor} if cursor else {}
        page = ask(many, query, tag="rare", limit=limit, sort=sort, **more)
        assert 0 < sum(examined) <= 10
        found += [one["content"] for one in page["results"]]
        incomplete.append(page["incomplete"])
        if (cursor := page["next_cursor"]) is None:
            break
    assert sorted(int(text.split()[-1]) for text in found) == [0, 13, 26, 39]
    assert any(incomplete)
    assert incomplete[-1] is False


def test_what_is_past_the_bound_is_not_said_to_be_there(many, monkeypatch):
    monkeypatch.setattr("superthread.search.results.sifting.SCANNED", 40)
    page = ask(many, "zebra", tag="nowhere")
    assert (page["results"], page["incomplete"], page["next_cursor"]) == ([], False, None)
    monkeypatch.setattr("superthread.search.results.sifting.SCANNED", 39)
    page = ask(many, "zebra", tag="nowhere")
    assert (page["results"], page["incomplete"]) == ([], True)
    assert page["next_cursor"]


@pytest.mark.parametrize("first", [{"owner": "me"}, {"tag": "rare"}])
@pytest.mark.parametrize("then", [{}, {"tag": "usual"}, {"owner": "mina@example.com"}])
def test_a_cursor_belongs_to_its_filters(many, first, then):
    cursor = ask(many, "zebra", limit=1, **first)["next_cursor"]
    body = {"query": "zebra", "limit": 1, "cursor": cursor}
    assert many.post("/superthread/search", json={**body, **first}).status_code == 200
    assert many.post("/superthread/search", json={**body, **then}).status_code == 400


@pytest.mark.parametrize(
    "filters",
    [
        {"categories": []},
        {"categories": "a"},
        {"categories": ["a"], "category": "b"},
        {"categories": [str(number) for number in range(21)]},
        {"created_from": "yesterday"},
        {"owner": ""},
        {"owner": ["me"]},
        {"role": "king"},
        {"origin": "own"},
        {"origin": ["mine"]},
        {"tag": 1},
        {"metadata": "{}"},
        {"metadata": {}},
        {"metadata": {"a": {"is": 1}}},
        {"metadata": {"a": {"equals": 1, "exists": True}}},
        {"metadata": {"a..b": {"exists": True}}},
        {"metadata": {"a": {"exists": 1}}},
        {"metadata": {str(number): {"exists": True} for number in range(11)}},
        {"metadata": {"a": {"equals": "x" * 4_001}}},
    ],
)
def test_filters_that_make_no_sense_are_refused(mina, filters):
    answer = mina.post("/superthread/search", json={"query": "a", **filters})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input"), answer.text


def test_filters_of_the_database_take_no_statement_more(many):
    counts = []
    for filters in ({}, {"owner": "me", "created_from": "2020-01-01T00:00:00Z"}, {"tag": "rare"}):
        ask(many, "zebra", **filters)
        with CaptureQueriesContext(connection) as asked:
            ask(many, "zebra", **filters)
        counts.append(len(asked))
    plain, narrowed, sifted = counts
    assert narrowed == plain
    assert sifted <= plain + 2
