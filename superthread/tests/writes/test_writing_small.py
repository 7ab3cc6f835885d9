"""Changing little: metadata by a merge patch, a category as a whole."""

import pytest

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread import limits

MERGE = {"Content-Type": "application/merge-patch+json"}


def _url(memory):
    return f"/superthread/memories/{memory['doc_id']}"


@pytest.mark.parametrize(
    ("old", "patch", "new"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": None, "z": 3}}, {"a": {"x": 1, "z": 3}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": 1}, {"a": {"b": {"c": None}}}, {"a": {"b": {}}}),
        ({"a": {"b": 1}}, {"a": "text"}, {"a": "text"}),
        ({"a": 1}, {}, {}),
        ({"a": 1}, None, {}),
    ],
)
def test_a_merge_patch_keeps_the_metadata_that_it_does_not_name(mina, old, patch, new):
    if patch == {}:
        new = old
    memory = mina.save("x", metadata=old)
    answer = mina.patch(_url(memory), json={"metadata": patch}, headers=MERGE)
    assert (answer.status_code, answer.json()["metadata"]) == (200, new)
    assert answer.json()["revision"] == (1 if new == old else 2)


def test_as_json_metadata_are_replaced_whole(mina):
    memory = mina.save("x", metadata={"a": 1})
    assert mina.patch(_url(memory), json={"metadata": {"b": 2}}).json()["metadata"] == {"b": 2}


def test_two_merge_patches_of_one_moment_both_count(mina):
    memory = mina.save("x", metadata={})
    for name in "ab":
        mina.patch(_url(memory), json={"metadata": {name: 1}}, headers=MERGE)
    assert mina.get(_url(memory)).json()["metadata"] == {"a": 1, "b": 1}


def test_what_a_merge_would_make_is_held_to_the_bounds(mina):
    half = {"a": "x" * (limits.METADATA_BYTES // 2 + 100)}
    memory = mina.save("x", metadata=half)
    answer = mina.patch(_url(memory), json={"metadata": {"b": half["a"]}}, headers=MERGE)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "too-large")
    assert mina.get(_url(memory)).json()["metadata"] == half


@pytest.mark.parametrize("kind", ["application/json-patch+json", "text/plain"])
def test_other_kinds_of_patches_are_refused(mina, kind):
    memory = mina.save("x")
    answer = mina.patch(_url(memory), content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415


def _rename(client, **body):
    return client.post("/superthread/categories/rename", json=body)


def test_a_renamed_category_leaves_the_order_of_lists_as_it_was(mina):
    saved = [mina.save(f"memory {n}", category="old" if n % 2 else "other") for n in range(6)]
    before = mina.get("/superthread/memories").json()["memories"]
    assert _rename(mina, **{"from": "old", "to": "new"}).json() == {"renamed": 3, "more": False}
    after = mina.get("/superthread/memories").json()["memories"]
    assert [one["doc_id"] for one in after] == [one["doc_id"] for one in before]
    assert [one["updated_at"] for one in after] == [one["updated_at"] for one in before]
    assert [one["category"] for one in reversed(after)] == ["other", "new"] * 3
    changed = mina.get(_url(saved[1])).json()
    assert changed["revision"] == 2
    versions = mina.get(f"/superthread/versions/{changed['doc_id']}").json()["versions"]
    assert [one["number"] for one in versions] == [2, 1]
    assert versions[0]["created_at"] > versions[1]["created_at"]
    assert _rename(mina, **{"from": "old", "to": "new"}).json()["renamed"] == 0


def test_only_what_one_may_edit_is_renamed(mina, api):
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    services.place_member(key="alpha", email="jun@example.com", role="member", by=OPERATOR)
    mina, jun = api("mina@example.com"), api("jun@example.com")
    mina.save("mine", category="old")
    theirs = jun.save("the team's", scope="team", team_key="alpha", category="old")
    public = jun.save("public", scope="public", category="old")
    jun.save("jun's", category="old")
    assert _rename(mina, **{"from": "old", "to": "new"}).json()["renamed"] == 1
    for memory in (theirs, public):
        assert jun.get(_url(memory)).json()["category"] == "old"
    services.place_member(
        key="alpha", email="jun@example.com", role="member", default_role="editor", by=OPERATOR
    )
    inside = {"scope": "team", "team_key": "alpha"}
    assert _rename(mina, **{"from": "old", "to": "new"}, **inside).json()["renamed"] == 1
    assert jun.get(_url(theirs)).json()["category"] == "new"


def test_a_large_category_is_renamed_in_several_calls(mina, monkeypatch):
    monkeypatch.setattr("superthread.services.categories.AT_ONCE", 2)
    monkeypatch.setattr("superthread.services.categories.MOST", 4)
    for number in range(5):
        mina.save(f"memory {number}", category="old")
    first, second = (_rename(mina, **{"from": "old", "to": "new"}).json() for _ in range(2))
    assert (first, second) == ({"renamed": 4, "more": True}, {"renamed": 1, "more": False})


@pytest.mark.parametrize(
    "body", [{}, {"from": "a"}, {"from": "a", "to": "a"}, {"from": "a", "to": ""}]
)
def test_a_rename_that_makes_no_sense_is_refused(mina, body):
    assert _rename(mina, **body).status_code == 400


def _save(client, **memory):
    body = {"memories": [{"content": "old", "created_at": "2020-01-02T03:04:05Z", **memory}]}
    (result,) = client.post("/superthread/batch/save", json=body).json()["results"]
    return result


def test_a_batch_keeps_when_memories_were_made(mina):
    saved = _save(mina)
    memory = mina.get(f"/superthread/memories/{saved['doc_id']}").json()
    assert memory["created_at"] == "2020-01-02T03:04:05.000000Z"
    assert memory["updated_at"] > memory["created_at"]


def test_a_date_is_given_by_who_may(mina, api):
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    services.place_member(key="alpha", email="lead@example.com", role="admin", by=OPERATOR)
    into_team = {"scope": "team", "team_key": "alpha"}
    refused = _save(api("mina@example.com"), **into_team)
    assert (refused["status"], refused["problem"]["errors"][0]["pointer"]) == (
        400,
        "/memories/0/created_at",
    )
    assert _save(api("lead@example.com"), **into_team)["status"] == 201
    assert _save(mina, scope="public")["status"] == 400
    staff = api("root@example.com", is_staff=True)
    assert [_save(staff, scope=scope)["status"] for scope in ("public", "personal")] == [201, 201]
    assert _save(mina, created_at="2999-01-01T00:00:00Z")["status"] == 400
