"""Memories by the identifiers in their metadata: as many as a look at each would find."""

import json

import pytest

from superthread.identifiers import LONGEST
from superthread.models import Identifier, Memory
from superthread.services.upkeep import identifying

MEMORIES, SEARCH = "/superthread/memories", "/superthread/search"
ANN = {"user_id": {"equals": "ann"}}


def listed(client, conditions, **more):
    answer = client.get(
        MEMORIES, params={"scope": "all", "metadata": json.dumps(conditions), **more}
    )
    assert answer.status_code == 200, answer.text
    return {one["content"] for one in answer.json()["memories"]}


def found(client, conditions, query="key"):
    body = {"query": query, "metadata": conditions}
    return {one["content"] for one in client.post(SEARCH, json=body).json()["results"]}


def rows(memory):
    pk = Memory.objects.values_list("pk", flat=True).get(doc_id=memory["doc_id"])
    return set(Identifier.objects.filter(memory_id=pk).values_list("space", "name", "value"))


def test_lists_and_searches_find_what_an_identifier_names_and_count_it(mina):
    mina.save("ann has the key", metadata={"user_id": "ann", "agent_id": "x"})
    mina.save("bob has the key", metadata={"user_id": "bob"})
    mina.save("nobody has the key", metadata={"note": {"user_id": "ann"}})
    assert listed(mina, ANN) == found(mina, ANN) == {"ann has the key"}
    both = ANN | {"agent_id": {"equals": "x"}}
    assert listed(mina, both) == found(mina, both) == {"ann has the key"}
    assert listed(mina, ANN | {"agent_id": {"equals": "y"}}) == set()
    # Answered by an index: nothing was examined, and all are counted.
    answer = mina.get(MEMORIES, params={"metadata": json.dumps(ANN), "total": "true"}).json()
    assert (answer["total"], answer.get("examined")) == (1, None)


def test_rows_follow_changes_moves_the_trash_and_purging(mina, api):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    memory = mina.save("ann has the key", metadata={"user_id": "ann"})
    path = f"{MEMORIES}/{memory['doc_id']}"
    mina.patch(path, json={"metadata": {"user_id": "bob", "run_id": "1"}})
    assert {row[1:] for row in rows(memory)} == {(0, "bob"), (3, "1")}
    assert listed(mina, ANN) == found(mina, ANN) == set()
    before = {row[0] for row in rows(memory)}
    mina.patch(path, json={"scope": "team", "team_key": "alpha"})
    (space,) = {row[0] for row in rows(memory)}
    assert space < 0 < before.pop()
    mina.patch(path, json={"content": "bob has it"})
    assert len(rows(memory)) == 2
    mina.delete(path)
    assert listed(mina, {"user_id": {"equals": "bob"}}) == set()
    mina.post(f"{path}/undelete")
    assert listed(mina, {"user_id": {"equals": "bob"}}) == {"bob has it"}
    mina.patch(path, json={"metadata": {}})
    assert rows(memory) == set()
    mina.patch(path, json={"metadata": {"user_id": "ann"}})
    mina.delete(f"{path}?permanent=true")
    assert not Identifier.objects.exists()


@pytest.mark.parametrize("value", [1, None, "", ["ann"], {"is": "ann"}, "a" * (LONGEST + 1)])
def test_what_identifies_nothing_is_metadata_like_any_other(mina, value):
    memory = mina.save("key", metadata={"user_id": value})
    assert rows(memory) == set()
    assert listed(mina, {"user_id": {"equals": value}}) == {"key"}


def test_nobody_finds_by_an_identifier_what_they_may_not_see(mina, api):
    jun, sora = api("jun@example.com"), api("sora@example.com")
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    mina.put("/accounts/teams/alpha/members/jun@example.com", json={"role": "member"})
    jun.post("/accounts/teams/alpha/accept", json={"accept": True})
    mina.save("own key", metadata={"user_id": "ann"})
    mina.save("team key", scope="team", team_key="alpha", metadata={"user_id": "ann"})
    shared = mina.save("shared key", metadata={"user_id": "ann"})["doc_id"]
    grants = {"permissions": {"sora@example.com": "viewer"}}
    mina.post(f"/superthread/permissions/{shared}", json=grants)
    assert listed(mina, ANN) == found(mina, ANN) == {"own key", "team key", "shared key"}
    assert listed(jun, ANN) == found(jun, ANN) == {"team key"}
    # What is only offered is in no list.
    assert listed(sora, ANN) == found(sora, ANN) == set()
    sora.post(f"/superthread/shares/{shared}", json={"accept": True})
    assert listed(sora, ANN) == found(sora, ANN) == {"shared key"}


def test_a_reader_without_a_credential_finds_by_an_identifier_what_is_public(
    mina, nobody, settings
):
    settings.HUB_PUBLIC_READ = True
    mina.save("own key", metadata={"user_id": "ann"})
    mina.save("public key", scope="public", metadata={"user_id": "ann"})
    mina.save("another key", scope="public", metadata={"user_id": "bob"})
    assert listed(nobody, ANN) == found(nobody, ANN) == {"public key"}


def test_memories_that_were_written_before_get_their_rows(mina):
    memories = [mina.save(f"key {n}", metadata={"user_id": "ann"}) for n in range(3)]
    mina.save("without")
    Identifier.objects.all().delete()
    assert found(mina, ANN) == set()
    assert list(identifying.fill()) == [3]
    assert all(rows(memory) for memory in memories)
    assert list(identifying.fill()) == []
    assert len(found(mina, ANN)) == 3


def test_many_that_were_written_before_get_their_rows_some_at_a_time(mina, monkeypatch):
    monkeypatch.setattr(identifying, "AT_ONCE", 2)
    memories = [mina.save(f"key {n}", metadata={"user_id": "ann"}) for n in range(4)]
    # What names one and identifies nothing is looked at once.
    mina.save("key", metadata={"user_id": 1})
    Identifier.objects.all().delete()
    assert list(identifying.fill()) == [2, 2, 1]
    assert all(rows(memory) for memory in memories)
