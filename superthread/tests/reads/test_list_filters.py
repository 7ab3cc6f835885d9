"""Lists hold what their filters say, by columns and by a look at each memory."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread.tests.reads.test_reading_lists import _page, _texts


@pytest.fixture
def world(mina, api):
    """Memories of every origin, as mina sees them."""
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    services.place_member(key="alpha", email="jun@example.com", role="member", by=OPERATOR)
    mina, jun, hana = (api(f"{name}@example.com") for name in ("mina", "jun", "hana"))
    mina.save("own", category="a", metadata={"tags": ["x", "y"], "note": {"stars": 3}})
    mina.save("own in the team", scope="team", team_key="alpha", category="b")
    jun.save("the team's", scope="team", team_key="alpha", category="a", metadata={"tags": "y"})
    jun.save("public", scope="public", metadata={"note": {"stars": 3.5}, "tags": []})
    for client, text, role in ((jun, "shared", "viewer"), (hana, "edited together", "editor")):
        memory = client.save(text)
        url = f"/superthread/permissions/{memory['doc_id']}"
        client.post(url, json={"permissions": {"mina@example.com": role}})
        mina.post(f"/superthread/shares/{memory['doc_id']}", json={"accept": True})
    return mina


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ({"origin": "own"}, {"own", "own in the team"}),
        ({"origin": "team"}, {"the team's"}),
        ({"origin": "shared"}, {"shared", "edited together"}),
        ({"origin": "public,team"}, {"public", "the team's"}),
        ({"owner": "me"}, {"own", "own in the team"}),
        ({"owner": "jun@example.com"}, {"the team's", "public", "shared"}),
        ({"owner": "Jun@Example.com"}, {"the team's", "public", "shared"}),
        ({"role": "editor"}, {"own", "own in the team", "edited together"}),
        ({"categories": "a,b"}, {"own", "own in the team", "the team's"}),
        ({"tag": "y"}, {"own", "the team's"}),
        ({"tag": "Y"}, {"the team's"}),
        ({"metadata": {"note.stars": {"equals": 3}}}, {"own"}),
        ({"metadata": {"note.stars": {"exists": True}}}, {"own", "public"}),
        ({"metadata": {"note": {"exists": True}, "tags": {"contains": "x"}}}, {"own"}),
        (
            {"metadata": {"note": {"exists": False}}},
            {"own in the team", "the team's", "shared", "edited together"},
        ),
        ({"origin": "own", "categories": "b"}, {"own in the team"}),
    ],
)
def test_a_list_holds_what_the_filters_say(world, query, texts):
    if "metadata" in query:
        query = {"metadata": json.dumps(query["metadata"])}
    assert set(_texts(world, **query)) == texts


@pytest.mark.parametrize(
    ("query", "are_looked_up"), [({"tag": "y"}, False), ({"role": "editor"}, True)]
)
def test_roles_of_all_that_is_examined_are_looked_up_where_they_are_asked_for(
    world, query, are_looked_up
):
    with CaptureQueriesContext(connection) as caught:
        assert _texts(world, **query)
    (scan,) = [one["sql"] for one in caught if '"raw"' in one["sql"]]
    assert ("default_role" in scan) is are_looked_up


def test_every_answer_says_why_the_caller_has_the_memory(world):
    told = {memory["content"]: memory["origin"] for memory in _page(world)["memories"]}
    assert told == {
        "own": "own",
        "own in the team": "own",
        "the team's": "team",
        "public": "public",
        "shared": "shared",
        "edited together": "shared",
    }


def test_what_is_examined_one_by_one_says_so_and_is_bounded(mina, monkeypatch):
    monkeypatch.setattr("superthread.reads.listing.SCANNED", 10)
    rare = [mina.save(f"rare {n}", metadata={"rare": n}) for n in range(2)]
    for number in range(25):
        mina.save(f"usual {number}")
    query = {"metadata": json.dumps({"rare": {"exists": True}}), "limit": 1}
    found, examined, pages, cursor = [], 0, 0, None
    while True:
        page = _page(mina, **query, cursor=cursor)
        found += [memory["doc_id"] for memory in page["memories"]]
        examined, pages = examined + page["examined"], pages + 1
        assert page["examined"] <= 10
        if (cursor := page["next_cursor"]) is None:
            break
    assert found == [memory["doc_id"] for memory in reversed(rare)]
    assert pages == 4


def test_where_all_was_examined_there_is_no_next_page(mina, monkeypatch):
    monkeypatch.setattr("superthread.reads.listing.SCANNED", 3)
    query = {"metadata": json.dumps({"rare": {"exists": True}})}
    for _ in range(3):
        mina.save("usual")
    page = _page(mina, **query)
    assert (page["examined"], page["next_cursor"]) == (3, None)
    mina.save("one more")
    page = _page(mina, **query)
    assert page["examined"] == 3
    assert page["next_cursor"] is not None


def test_a_total_is_told_where_it_is_asked_for(world):
    assert "total" not in _page(world)
    assert _page(world, total="true", limit=2)["total"] == 6
    assert _page(world, total="true", owner="me", limit=1)["total"] == 2


def test_categories_and_tags_are_counted_over_what_lists_hold(world, api, monkeypatch):
    counted = world.get("/superthread/facets").json()
    assert counted == {
        "categories": {"default": 3, "a": 2, "b": 1},
        "tags": {"y": 2, "x": 1},
        "examined": 6,
        "complete": True,
    }
    inside = world.get("/superthread/facets", params={"scope": "team", "team_key": "alpha"}).json()
    assert inside["categories"] == {"a": 1, "b": 1}
    api("jun@example.com").save("one more", category="b", scope="public")
    assert world.get("/superthread/facets").json()["categories"]["b"] == 2
    monkeypatch.setattr("superthread.reads.listing.SCANNED", 2)
    inside = world.get("/superthread/facets", params={"scope": "all", "category": "a"}).json()
    assert (inside["examined"], inside["complete"]) == (2, True)
    bounded_pages = world.get("/superthread/facets", params={"category": "default"}).json()
    assert (bounded_pages["examined"], bounded_pages["complete"]) == (2, False)


def test_true_is_not_one_at_any_depth(mina):
    for value in ([True], {"n": [True]}, [1], {"n": [1]}):
        mina.save(json.dumps(value), metadata={"k": value})
    for value in ([1], {"n": [1]}):
        assert _texts(mina, metadata=json.dumps({"k": {"equals": value}})) == [json.dumps(value)]


@pytest.mark.parametrize(
    ("path", "metadata"),
    [
        (r"a\.b", {"a.b": 1}),
        (r"v1\.2.x", {"v1.2": {"x": 1}}),
        (r"a\\.b", {"a\\": {"b": 1}}),
        ("k\\", {"k\\": 1}),
        ('say "so"', {'say "so"': 1}),
        ("\u00e9", {"\u00e9": 1}),
    ],
)
def test_every_key_can_be_asked_for(mina, path, metadata):
    mina.save("here", metadata=metadata)
    mina.save("elsewhere", metadata={"a": {"b": 1}})
    condition = {path: {"equals": 1}}
    assert _texts(mina, metadata=json.dumps(condition)) == ["here"]
    body = {"query": "here elsewhere", "metadata": condition}
    found = mina.post("/superthread/search", json=body).json()["results"]
    assert [one["content"] for one in found] == ["here"]


def test_a_key_is_asked_for_in_any_form_of_unicode(mina):
    mina.save("here", metadata={"\u00e9": "\ud55c"})
    for asked in (
        '{"e\\u0301": {"equals": "\\u1112\\u1161\\u11ab"}}',
        '{"e\u0301": {"exists": true}}',
    ):
        assert _texts(mina, metadata=asked) == ["here"]
