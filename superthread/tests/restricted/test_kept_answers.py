"""No kept answer and no replay is for a token that is restricted otherwise."""

import itertools

import pytest

from memory_hub.caching.tests.exchange import ask, cached, hits, uncached
from superthread.tests.restricted.worlds import RESTRICTIONS, restriction

EMAIL = "mina@example.com"
KEY = {"Idempotency-Key": "once"}


@pytest.fixture
def world(api, mina):
    """A memory in every place, and a client of Mina's for every restriction."""
    for key in ("alpha", "beta"):
        mina.post("/accounts/teams", json={"team_key": key})
    places = [{}, {"scope": "public"}]
    places += [{"scope": "team", "team_key": key} for key in ("alpha", "beta")]
    made = [
        mina.save("The quokka has the key.", category=category, **place)
        for place, category in itertools.product(places, ("matrix", "keys"))
    ]
    clients = {name: api(EMAIL, restriction=restriction(name)) for name in RESTRICTIONS}
    return made, {"whole": mina, **clients}


def paths(memories):
    yield from ("/superthread/stats", "/superthread/facets?scope=all", "/accounts/me")
    for scope in ("personal", "team", "public", "all"):
        yield f"/superthread/memories?scope={scope}&limit=100&total=true"
    yield f"/superthread/memories?ids={','.join(one['doc_id'] for one in memories)}"
    for one in memories:
        yield f"/superthread/memories/{one['doc_id']}"
        yield f"/superthread/versions/{one['doc_id']}"
        yield f"/superthread/permissions/{one['doc_id']}"


@pytest.mark.drill
def test_what_is_kept_for_one_token_is_answered_to_no_other(world):
    memories, clients = world
    slow = {
        (name, path): ask(uncached, client.token, path).essence()
        for name, client in clients.items()
        for path in paths(memories)
    }
    before = hits()
    for path, _ in itertools.product(paths(memories), range(3)):
        for name, client in clients.items():
            told = ask(cached, client.token, path).essence()
            assert told == slow[name, path], (name, path)
    assert hits() > before + len(slow) // 2
    lists = {
        slow[name, "/superthread/memories?scope=all&limit=100&total=true"][2] for name in clients
    }
    assert len(lists) > 6


def test_a_key_is_of_those_who_are_restricted_alike(world, api):
    _, clients = world
    body = {"content": "Once.", "category": "matrix"}
    whole, personal = clients["whole"], clients["personal"]
    first = whole.post("/superthread/memories", json=body, headers=KEY)
    assert first.status_code == 201
    again = personal.post("/superthread/memories", json=body, headers=KEY)
    assert (again.status_code, again.json()["code"]) == (422, "idempotency-key-reused")
    other = {"Idempotency-Key": "of the personal one"}
    first = personal.post("/superthread/memories", json=body, headers=other)
    # A token that was refreshed is another one, restricted alike.
    refreshed = api(EMAIL, restriction=restriction("personal"))
    again = refreshed.post("/superthread/memories", json=body, headers=other)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    for name in ("whole", "its team", "its category"):
        again = clients[name].post("/superthread/memories", json=body, headers=other)
        assert (again.status_code, again.json()["code"]) == (422, "idempotency-key-reused")


def test_a_replay_tells_no_more_than_the_token_may_read_by_now(world):
    _, clients = world
    mina, narrow = clients["whole"], clients["its category"]
    body = {"content": "The secret.", "category": "matrix"}
    first = narrow.post("/superthread/memories", json=body, headers=KEY)
    url = f"/superthread/memories/{first.json()['doc_id']}"
    mina.patch(url, json={"category": "keys"})
    again = narrow.post("/superthread/memories", json=body, headers=KEY)
    assert (again.status_code, set(again.json())) == (201, {"doc_id", "revision"})
