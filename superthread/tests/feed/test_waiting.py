"""Waiting for a change: on a real hub, for it holds neither a thread nor a connection."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

from memory_hub.core.identity import Identity
from superthread.feed import waiting

CHANGES = "/superthread/changes"
MEMORIES = "/superthread/memories"


@pytest.fixture
def hub(new_hub):
    return new_hub(workers=2, HUB_RATE_LIMIT="off")


@pytest.fixture
def client(hub):
    with httpx.Client(base_url=hub.url, headers=_as(hub, "mina"), timeout=60) as made:
        yield made


def _as(hub, name):
    return {"Authorization": f"Bearer {hub.token(f'{name}@example.com')}"}


def waiting_for(hub, headers, cursor, seconds=20):
    params = {"cursor": cursor, "wait": seconds}
    began = time.monotonic()
    answer = httpx.get(f"{hub.url}{CHANGES}", params=params, headers=headers, timeout=60)
    return answer, time.monotonic() - began


@pytest.mark.drill
def test_who_waits_is_told_at_once_and_others_go_on_waiting(hub, client):
    mine, others = dict(client.headers), _as(hub, "jun")
    heads = [
        httpx.get(f"{hub.url}{CHANGES}", params={"cursor": "now"}, headers=each).json()
        for each in (mine, others)
    ]
    with ThreadPoolExecutor(8) as pool:
        waiters = [pool.submit(waiting_for, hub, mine, heads[0]["next_cursor"]) for _ in range(3)]
        stranger = pool.submit(waiting_for, hub, others, heads[1]["next_cursor"], 3)
        answer, took = stranger.result()
        assert answer.json()["changes"] == []
        assert 2.5 < took < 15
        assert not any(one.done() for one in waiters)
        saved = client.post(MEMORIES, json={"content": "Jun has the key."}).json()
        for waiter in waiters:
            told, took = waiter.result()
            (change,) = told.json()["changes"]
            assert (change["type"], change["doc_id"]) == ("memory.created", saved["doc_id"])
            assert took < 10
    # And goes on from there.
    cursor = answer.json()["next_cursor"]
    assert waiting_for(hub, others, cursor, 0)[0].json()["changes"] == []


@pytest.mark.drill
def test_a_token_that_is_revoked_waits_no_longer(hub, client):
    head = client.get(CHANGES, params={"cursor": "now"}).json()["next_cursor"]
    with ThreadPoolExecutor(1) as pool:
        waiter = pool.submit(waiting_for, hub, dict(client.headers), head)
        # It has begun long before another one's wait is over.
        assert waiting_for(hub, dict(client.headers), head, 1)[0].json()["changes"] == []
        own = client.get("/accounts/tokens").json()["tokens"][0]["id"]
        assert client.delete(f"/accounts/tokens/{own}").status_code == 204
        answer, took = waiter.result()
    assert answer.json()["changes"] == []
    assert took < 10
    assert client.get(CHANGES).status_code == 401


def test_a_person_with_many_tokens_takes_no_places_of_others(api, mina):
    jun, user = api("jun@example.com"), mina.user
    with ExitStack() as places:
        for token_id in range(waiting.MOST_OF_A_USER):
            one = Identity(user.pk, user.email, frozenset(), token_id=token_id)
            places.enter_context(waiting.taking_a_place(one))
        refused = mina.get(CHANGES, params={"wait": 1})
        assert (refused.status_code, refused.json()["code"]) == (429, "rate-limited")
        assert jun.get(CHANGES, params={"wait": 1}).status_code == 200
    assert mina.get(CHANGES, params={"wait": 1}).status_code == 200


def test_of_one_token_only_so_many_wait(api, mina, monkeypatch):
    monkeypatch.setattr(waiting, "MOST_OF_A_TOKEN", 0)
    answer = mina.get(CHANGES, params={"wait": 1})
    assert (answer.status_code, answer.json()["code"]) == (429, "rate-limited")
    assert answer.headers["Retry-After"] == "5"
    assert waiting._waiting.total() == 0
