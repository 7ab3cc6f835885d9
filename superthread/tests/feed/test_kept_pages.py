"""A page of the feed is kept only as long as it is true."""

from datetime import timedelta

import pytest
from django.utils import timezone

from memory_hub.caching.tests.exchange import hits
from memory_hub.journal import sequencer
from superthread.tests.feed.acts import accept, one_of, share

CHANGES = "/superthread/changes"


def head_of(client):
    return client.get(CHANGES, params={"cursor": "now"}).json()["next_cursor"]


def is_kept(client, **params):
    """Whether the second of two equal requests is answered from what is kept."""
    # Who asks is learnt first, then what the answer depends on.
    for _ in range(2):
        client.get(CHANGES, params=params)
    before = hits()
    client.get(CHANGES, params=params)
    return hits() > before


def test_a_poll_without_news_is_answered_from_what_is_kept(mina):
    assert is_kept(mina, cursor=head_of(mina))


def test_a_poll_says_what_happened_since_it_was_kept(people):
    mina, jun, sora = people
    heads = {client: head_of(client) for client in people}

    def polled(client):
        return client.get(CHANGES, params={"cursor": heads[client]}).json()["changes"]

    for client in people:
        assert is_kept(client, cursor=heads[client])
    memory = mina.save("Of the team.", scope="team", team_key="alpha")
    assert [len(polled(client)) for client in (mina, jun, sora)] == [1, 1, 0]
    share(mina, memory, sora="viewer")
    accept(sora, memory)
    assert [one["type"] for one in polled(sora)] == ["grant.offered", "grant.accepted"]
    mina.delete(one_of(memory))
    assert polled(sora)[0]["type"] == polled(jun)[0]["type"] == "memory.gone"
    mina.delete("/accounts/teams/alpha/members/jun@example.com")
    assert (polled(jun)[-1]["type"], polled(jun)[-1]["team_key"]) == ("team.left", "alpha")


def test_what_has_expired_is_told_no_longer(mina):
    head = head_of(mina)
    soon = timezone.now() + timedelta(seconds=2)
    mina.save("Short-lived.", expires_at=soon.isoformat())

    def kinds():
        return [one["type"] for one in mina.get(CHANGES, params={"cursor": head}).json()["changes"]]

    assert kinds() == ["memory.created"]
    while timezone.now() <= soon:
        assert kinds() == ["memory.created"] or timezone.now() > soon
    assert kinds() == ["memory.gone"]


@pytest.mark.drill
def test_who_waits_gets_no_kept_answer(mina):
    assert not is_kept(mina, cursor=head_of(mina), wait=1)


def test_a_page_is_not_kept_while_entries_have_no_number(mina, monkeypatch):
    monkeypatch.setattr(sequencer, "sequence", lambda **_: False)
    assert not is_kept(mina, cursor=head_of(mina))


def test_a_page_that_the_client_has_is_not_sent_again(mina):
    mina.save()
    first = mina.get(CHANGES)
    known = {"If-None-Match": first.headers["ETag"]}
    again = mina.get(CHANGES, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    mina.save()
    assert mina.get(CHANGES, headers=known).status_code == 200
