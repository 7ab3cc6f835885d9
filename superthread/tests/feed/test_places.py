"""A feed of one scope or team: what its list holds, and of anything else not a word."""

import pytest

from superthread.tests.feed.acts import one_of
from superthread.tests.feed.follower import Follower

CHANGES = "/superthread/changes"


def kinds(changes):
    return [one["type"] for one in changes]


def test_a_feed_of_a_team_tells_of_that_team_alone(people):
    mina, jun, _ = people
    mina.post("/accounts/teams", json={"team_key": "beta"})
    follower = Follower(jun, scope="team", team_key="alpha")
    follower.begin()
    memory = mina.save("Of the team.", scope="team", team_key="alpha")
    jun.save("Jun's own.")
    mina.save("For all.", scope="public")
    mina.save("Of another team.", scope="team", team_key="beta")
    (told,) = follower.follow()
    assert (told["type"], told["doc_id"]) == ("memory.created", memory["doc_id"])
    mina.patch(one_of(memory), json={"scope": "personal"})
    mina.patch(one_of(memory), json={"content": "Not Jun's to know."})
    assert kinds(follower.follow()) == ["memory.gone"]


def test_what_leaves_the_list_is_gone_though_it_can_be_read_elsewhere(people):
    mina, _, _ = people
    follower = Follower(mina, scope="personal")
    follower.begin()
    memory = mina.save("Mine.")
    assert kinds(follower.follow()) == ["memory.created"]
    mina.patch(one_of(memory), json={"scope": "team", "team_key": "alpha"})
    assert kinds(follower.follow()) == ["memory.gone"]
    mina.patch(one_of(memory), json={"content": "Of the team now."})
    assert follower.follow() == []
    mina.patch(one_of(memory), json={"scope": "personal"})
    assert kinds(follower.follow()) == ["memory.moved"]
    assert follower.held == follower.listed()


def test_a_foreign_team_and_an_unknown_one_look_alike(people):
    mina, _, sora = people
    mina.save("Of the team.", scope="team", team_key="alpha")
    pages = [
        sora.get(CHANGES, params={"team_key": key}).json() for key in ("alpha", "there-is-none")
    ]
    assert [page["changes"] for page in pages] == [[], []]
    assert [page["more"] for page in pages] == [False, False]


def test_joining_a_team_is_told_where_its_memories_are(people):
    mina, _, sora = people
    followers = [
        Follower(sora, **place)
        for place in (
            {"scope": "personal"},
            {"team_key": "alpha"},
            {"team_key": "beta"},
            {"scope": "team"},
        )
    ]
    for follower in followers:
        follower.begin()
    mina.put("/accounts/teams/alpha/members/sora@example.com", json={"role": "member"})
    sora.post("/accounts/teams/alpha/accept")
    told = [kinds(follower.follow()) for follower in followers]
    assert told == [[], ["team.joined"], [], ["team.joined"]]


def test_a_cursor_is_of_one_place(mina):
    head = mina.get(CHANGES, params={"cursor": "now", "scope": "personal"}).json()["next_cursor"]
    assert mina.get(CHANGES, params={"cursor": head, "scope": "personal"}).status_code == 200
    for other in ({}, {"scope": "team"}, {"team_key": "alpha"}):
        assert mina.get(CHANGES, params={"cursor": head, **other}).status_code == 400


@pytest.mark.parametrize("query", [{"scope": "mine"}, {"scope": "personal", "team_key": "alpha"}])
def test_a_place_that_no_list_has_is_refused(mina, query):
    assert mina.get(CHANGES, params=query).status_code == 400
