"""A replay is judged by what the caller may now, not by what they might then."""

import pytest

from memory_hub.accounts.models import Token
from memory_hub.idempotency.models import KeptAnswer

MEMORIES = "/superthread/memories"


@pytest.fixture
def shared(mina, api):
    """Jun edited a memory of Mina's under a key; ``(memory, jun, again)``: again() replays it."""
    jun = api("jun@example.com")
    memory = mina.save("The secret.")
    url = f"{MEMORIES}/{memory['doc_id']}"
    may(mina, memory, "editor")

    def again():
        return jun.patch(url, json={"category": "plans"}, headers={"Idempotency-Key": "jun's"})

    assert again().json()["content"] == "The secret."
    return memory, jun, again


def may(mina, memory, role):
    url = f"/superthread/permissions/{memory['doc_id']}"
    mina.post(url, json={"permissions": {"jun@example.com": role}})


def shows_nothing(answer, memory, revision=2):
    assert (answer.status_code, answer.headers["Idempotent-Replayed"]) == (200, "true")
    return answer.json() == {"doc_id": memory["doc_id"], "revision": revision}


def test_a_role_that_was_taken_away_takes_the_replays_with_it(mina, shared):
    memory, _, again = shared
    assert again().json()["content"] == "The secret."
    may(mina, memory, None)
    assert shows_nothing(again(), memory)


def test_a_viewer_is_repeated_the_present_state_and_no_older_one(mina, shared):
    memory, _, again = shared
    may(mina, memory, "viewer")
    assert again().json()["content"] == "The secret."
    mina.patch(f"{MEMORIES}/{memory['doc_id']}", json={"content": "Another."})
    assert shows_nothing(again(), memory)
    may(mina, memory, "editor")  # who may read old versions
    assert again().json()["content"] == "The secret."


def test_what_is_in_the_trash_is_not_repeated(mina, shared):
    memory, _, again = shared
    mina.delete(f"{MEMORIES}/{memory['doc_id']}")
    assert shows_nothing(again(), memory)
    mina.post(f"{MEMORIES}/{memory['doc_id']}/undelete")
    assert again().json()["content"] == "The secret."


def test_a_narrowed_scope_narrows_the_replays(shared):
    memory, jun, again = shared
    Token.objects.filter(user=jun.user).update(scopes=["memories:write"])
    assert shows_nothing(again(), memory)


def test_who_has_a_role_is_repeated_to_administrators(mina, api):
    memory = mina.save()
    url = f"/superthread/permissions/{memory['doc_id']}"
    mina.post(url, json={"permissions": {"jun@example.com": "admin"}})
    jun, body = api("jun@example.com"), {"permissions": {"sora@example.com": "viewer"}}
    key = {"Idempotency-Key": "shares"}
    assert "sora" in jun.post(url, json=body, headers=key).text
    mina.post(url, json={"permissions": {"jun@example.com": "editor"}})
    again = jun.post(url, json=body, headers=key)
    assert (again.status_code, again.json()) == (200, {"doc_id": memory["doc_id"]})


def test_who_is_in_a_team_is_repeated_to_its_members(mina, api):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    mina.put("/accounts/teams/alpha/members/jun@example.com", json={"role": "admin"})
    jun, key = api("jun@example.com"), {"Idempotency-Key": "renames"}
    change = {"name": "Alpha"}
    assert "mina" in jun.patch("/accounts/teams/alpha", json=change, headers=key).text
    mina.delete("/accounts/teams/alpha/members/jun@example.com")
    again = jun.patch("/accounts/teams/alpha", json=change, headers=key)
    assert (again.status_code, again.json()) == (200, {"team_key": "alpha"})


def test_a_search_with_a_key_is_carried_out_anew_and_keeps_no_text(mina):
    memory = mina.save("The secret.")
    key, body = {"Idempotency-Key": "search"}, {"query": "secret"}
    assert mina.post("/superthread/search", json=body, headers=key).json()["count"] == 1
    assert not KeptAnswer.objects.exists()
    mina.delete(f"{MEMORIES}/{memory['doc_id']}?permanent=true")
    again = mina.post("/superthread/search", json=body, headers=key)
    assert again.json()["count"] == 0
    assert "Idempotent-Replayed" not in again.headers
