"""Small things that clients stumble over."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from memory_hub.api import strict_json
from superthread.models import Memory

MEMORIES = "/superthread/memories"


def test_a_weak_tag_is_no_match_for_a_change(mina):
    memory = mina.save()
    url = f"{MEMORIES}/{memory['doc_id']}"
    tag = mina.get(url).headers["ETag"]
    for header in (f"W/{tag}", 'W/"1"', f'W/{tag}, "7"'):
        refused = mina.patch(url, json={"content": "x"}, headers={"If-Match": header})
        assert (refused.status_code, refused.json()["current_revision"]) == (412, 1)
        assert mina.delete(url, headers={"If-Match": header}).status_code == 412
    both = {"If-Match": f'W/"7", {tag}'}
    assert mina.patch(url, json={"content": "Mina has it."}, headers=both).status_code == 200


def test_a_weak_tag_matches_for_reading(mina):
    url = f"{MEMORIES}/{mina.save()['doc_id']}"
    tag = mina.get(url).headers["ETag"]
    assert mina.get(url, headers={"If-None-Match": f"W/{tag}"}).status_code == 304


UNSEEN = ["\u202e", "\u202a", "\u2066", "\u200b", "\u200e", "\u061c", "\ufeff", "\u00ad", "\x85"]
UNSEEN += ["\u2060", "\U000e0041", "\ufff9", "\u2028"]


@pytest.mark.parametrize("character", UNSEEN, ids=lambda one: f"U+{ord(one):04X}")
def test_what_turns_or_hides_letters_is_refused_in_names(mina, character):
    name = f"notes{character}x"
    refused = [
        mina.post(MEMORIES, json={"content": "x", "category": name}),
        mina.post(MEMORIES, json={"content": "x", "scope": "team", "team_key": name}),
        mina.get(MEMORIES, params={"category": name}),
        mina.get(MEMORIES, params={"scope": "team", "team_key": name}),
        mina.post("/superthread/search", json={"query": "x", "category": name}),
        mina.post("/accounts/tokens", json={"name": name}),
    ]
    for answer in refused:
        assert answer.status_code == 400, answer.text
        assert answer.json()["errors"][0]["code"] == "control-character"
    team = mina.post("/accounts/teams", json={"team_key": name})
    assert team.status_code == 400
    batch = mina.post(
        "/superthread/batch/save", json={"memories": [{"content": "x", "category": name}]}
    )
    assert batch.json()["results"][0]["status"] == 400


@pytest.mark.parametrize("name", ["👩‍👩‍👧", "می‌خواهم", "결정", "naïve", "a b"])
def test_names_of_all_languages_are_taken(mina, name):
    assert mina.save(category=name)["category"] == name


@pytest.mark.parametrize("scope", ["personal", "public", None])
def test_a_team_without_its_scope_is_refused_in_a_list(mina, scope):
    params = {"team_key": "alpha", **({"scope": scope} if scope else {})}
    answer = mina.get(MEMORIES, params=params)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "query:team_key")


@pytest.mark.parametrize("scope", ["personal", "public"])
def test_a_team_without_its_scope_is_refused_in_a_search(mina, scope):
    body = {"query": "x", "scope": scope, "team_key": "alpha"}
    answer = mina.post("/superthread/search", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/team_key")


def test_a_team_with_its_scope_is_a_filter(mina):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    mina.save(scope="team", team_key="alpha")
    mina.save()
    for scope in ("team", "all"):
        listed = mina.get(MEMORIES, params={"scope": scope, "team_key": "alpha"})
        assert listed.json()["count"] == 1
        body = {"query": "key", "scope": scope, "team_key": "alpha"}
        assert mina.post("/superthread/search", json=body).json()["count"] == 1
    assert mina.post("/superthread/search", json={"query": "key", "team_key": "alpha"}).is_success


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/accounts/tokens"),
        ("POST", "/accounts/teams"),
        ("PUT", "/accounts/teams/alpha/members/jun@example.com"),
        ("POST", MEMORIES),
        ("POST", "/superthread/search"),
        ("POST", "/superthread/batch/save"),
    ],
)
def test_nothing_at_all_is_no_body(mina, method, path):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    tokens = mina.get("/accounts/tokens").json()
    for content in (b"", None):
        answer = mina.request(method, path, content=content)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")
    assert mina.get("/accounts/tokens").json() == tokens


@pytest.mark.parametrize(
    ("name", "item"),
    [("delete", "x"), ("save", {"content": "x"}), ("update", {"doc_id": "x", "metadata": {}})],
)
def test_a_batch_with_far_too_many_items_is_not_even_parsed(mina, monkeypatch, name, item):
    key = {"delete": "doc_ids", "save": "memories", "update": "updates"}[name]
    body = json.dumps({"atomic": False, key: [item] * 1001}).encode()
    fine = json.dumps({"dry_run": True, key: [item] * 1000}).encode()
    headers = {"Content-Type": "application/json"}
    path = f"/superthread/batch/{name}"
    usual = mina.post(path, content=fine, headers=headers)
    assert usual.json().get("errors", [{}])[0].get("code") != "too-many"

    def parsed(*_, **__):
        raise AssertionError

    genuine = strict_json.json.loads

    def loads(text, **hooks):
        return parsed() if "object_pairs_hook" in hooks else genuine(text, **hooks)

    monkeypatch.setattr(strict_json.json, "loads", loads)
    answer = mina.post(path, content=body, headers=headers)
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["code"], error["pointer"]) == (400, "too-many", f"/{key}")


def test_items_are_counted_and_not_what_is_in_them():
    lists = {"memories": [{"metadata": {"a": list(range(50))}, "content": 'a, [b"'}] * 5}
    text = json.dumps(lists).encode()
    assert strict_json.loads(text, 5) == lists
    with pytest.raises(Exception, match="At most 4"):
        strict_json.loads(text, 4)
    two = {"x": [1, 2, 3], "y": [1, 2, 3]}
    assert strict_json.loads(json.dumps(two).encode(), 3) == two


def test_answers_without_a_body_have_no_type(mina):
    url = f"{MEMORIES}/{mina.save()['doc_id']}"
    tag = mina.get(url).headers["ETag"]
    unmodified = mina.get(url, headers={"If-None-Match": tag})
    options = mina.request("OPTIONS", url)
    deleted = mina.delete(url)
    assert [each.status_code for each in (unmodified, options, deleted)] == [304, 204, 204]
    for answer in (unmodified, options, deleted):
        assert "Content-Type" not in answer.headers
    for answer in (options, deleted):
        assert "Content-Length" not in answer.headers


def test_changes_keep_their_order_when_the_clock_was_set_back(mina):
    memory = mina.save()
    url = f"{MEMORIES}/{memory['doc_id']}"
    ahead = timezone.now() + timedelta(hours=1)
    Memory.objects.filter(doc_id=memory["doc_id"]).update(updated_at=ahead)
    moments = [mina.get(url).json()["updated_at"]]
    moments += [
        mina.patch(url, json={"category": category}).json()["updated_at"]
        for category in ("one", "two")
    ]
    assert moments == sorted(set(moments))
