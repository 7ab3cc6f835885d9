"""The change feed: what is told, to whom, and from where on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from memory_hub.journal import retention, sealing, sequencer
from memory_hub.journal.models import Entry, Origin, Seal
from superthread.tests.feed.acts import accept, one_of, share
from superthread.tests.feed.follower import Follower

CHANGES = "/superthread/changes"
JUN = "jun@example.com"


def read(changes):
    return [(one["type"], one.get("doc_id") or one["team_key"]) for one in changes]


def test_ones_own_changes_are_told_at_once_and_in_order(mina):
    follower = Follower(mina)
    follower.begin()
    memory = mina.save("Jun has the key.")
    mina.patch(one_of(memory), json={"content": "Sora has it."})
    mina.delete(one_of(memory))
    mina.post(f"{one_of(memory)}/undelete")
    mina.delete(f"{one_of(memory)}?permanent=true")
    named = memory["doc_id"]
    # Judged as it is now: what is gone tells nothing of what it was.
    assert read(follower.follow()) == [("memory.gone", named)] * 5
    other = mina.save("Another.")
    mina.patch(one_of(other), json={"category": "b"})
    found = follower.follow()
    assert read(found) == [("memory.created", other["doc_id"]), ("memory.updated", other["doc_id"])]
    assert [(one["revision"], one["version"]) for one in found] == [(1, 1), (2, 2)]
    assert found[0]["actor"] == mina.user.pk
    assert (found[0]["scope"], found[0]["team_key"]) == ("personal", None)
    assert follower.follow() == []


def test_what_is_done_together_has_one_number_and_one_page(mina):
    follower = Follower(mina, limit=1)
    follower.begin()
    batch = {"memories": [{"content": str(number)} for number in range(3)]}
    mina.post("/superthread/batch/save", json=batch)
    mina.save("Alone.")
    first, second = follower.page(follower.cursor), None
    assert len(first["changes"]) == 3
    assert first["more"]
    second = follower.page(first["next_cursor"])
    assert len(second["changes"]) == 1
    assert len({one["change"] for one in first["changes"]}) == 1
    assert second["changes"][0]["change"] != first["changes"][0]["change"]


def test_without_a_cursor_all_is_told_from_the_beginning(mina):
    saved = {mina.save(str(number))["doc_id"] for number in range(5)}
    follower = Follower(mina, limit=2)
    follower.follow()
    assert follower.held.keys() == saved


def test_strangers_are_told_nothing(people):
    mina, jun, sora = people
    followers = [Follower(jun), Follower(sora)]
    for follower in followers:
        follower.begin()
    memory = mina.save("Mine alone.")
    mina.patch(one_of(memory), json={"content": "Still."})
    mina.delete(one_of(memory))
    assert [follower.follow() for follower in followers] == [[], []]


def test_who_gets_a_role_takes_it_in_and_who_loses_it_drops_it(people):
    mina, _, sora = people
    memory = mina.save("Shared.")
    follower = Follower(sora)
    follower.begin()
    share(mina, memory, sora="viewer")
    assert "content" not in str(follower.follow())
    assert follower.held == {}
    accept(sora, memory)
    (told,) = follower.follow()
    assert (told["type"], told["doc_id"]) == ("grant.accepted", memory["doc_id"])
    # As versions have it: who wrote is for editors.
    assert "actor" not in told
    share(mina, memory, sora=None)
    assert read(follower.follow()) == [("memory.gone", memory["doc_id"])]
    assert follower.held == {}
    mina.patch(one_of(memory), json={"content": "Not for Sora."})
    assert follower.follow() == []


def test_what_is_gone_tells_no_more_than_a_404(people):
    mina, jun, _ = people
    memory = mina.save("Of the team.", scope="team", team_key="alpha")
    follower = Follower(jun)
    follower.begin()
    mina.patch(one_of(memory), json={"scope": "personal"})
    trashed = mina.save("Of the team too.", scope="team", team_key="alpha")
    mina.delete(one_of(trashed))
    told = follower.follow()
    assert [one.keys() for one in told] == [{"type", "doc_id", "at"}] * 3
    assert {one["type"] for one in told} == {"memory.gone"}


def test_joining_and_leaving_a_team_are_told_to_whom_they_concern(people):
    mina, jun, sora = people
    memory = mina.save("Of the team.", scope="team", team_key="alpha")
    followers = {client: Follower(client) for client in (jun, sora)}
    for follower in followers.values():
        follower.begin()
    member = "/accounts/teams/alpha/members/sora@example.com"
    mina.put(member, json={"role": "member"})
    assert followers[sora].follow() == []
    sora.post("/accounts/teams/alpha/accept")
    assert read(followers[sora].follow()) == [("team.joined", "alpha")]
    assert followers[sora].held.keys() == {memory["doc_id"]}
    mina.delete(member)
    assert read(followers[sora].follow()) == [("team.left", "alpha")]
    assert followers[sora].held == {}
    assert followers[jun].follow() == []


def test_who_left_is_told_so_after_the_details_of_it_were_pruned(people, settings):
    mina, jun, _ = people
    mina.save("Of the team.", scope="team", team_key="alpha")
    follower = Follower(jun)
    follower.begin()
    assert len(follower.held) == 1
    mina.delete("/accounts/teams/alpha/members/jun@example.com")
    sequencer.sequence()
    while sealing.seal():
        pass
    Seal.objects.update(at=timezone.now() - timedelta(days=2))
    settings.HUB_ORIGINS_KEPT = 86_400
    assert retention.prune()
    assert not Origin.objects.filter(detail__has_key="team_key").exists()
    assert read(follower.follow()) == [("team.left", "alpha")]
    assert follower.held == {}


def test_who_gives_roles_hears_of_them_and_mere_readers_do_not(people):
    mina, jun, _ = people
    memory = mina.save("Of the team.", scope="team", team_key="alpha")
    followers = [Follower(mina), Follower(jun)]
    for follower in followers:
        follower.begin()
    share(mina, memory, sora="viewer")
    assert read(followers[0].follow()) == [("grant.offered", memory["doc_id"])]
    assert followers[1].follow() == []


def test_public_memories_of_others_are_told_where_lists_have_them(in_all, people):
    mina, jun, _ = people
    follower, own = Follower(jun), Follower(mina)
    follower.begin()
    memory = mina.save("For all.", scope="public")
    follower.follow()
    own.follow()
    assert follower.held == follower.listed()
    assert (memory["doc_id"] in follower.held) is in_all
    assert memory["doc_id"] in own.held
    mina.patch(one_of(memory), json={"scope": "personal"})
    follower.follow()
    own.follow()
    assert (follower.held, own.held) == ({}, own.listed())


def test_a_cursor_of_another_journal_is_gone(mina):
    follower = Follower(mina)
    mina.save("Before.")
    follower.follow()
    # A backup is restored, and other things happen in the place of what it does not know.
    Entry.objects.filter(pk=Entry.objects.order_by("position").last().pk).update(change=1)
    answer = mina.get(CHANGES, params={"cursor": follower.cursor})
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor-gone")
    Entry.objects.order_by("-position").first().delete()
    answer = mina.get(CHANGES, params={"cursor": follower.cursor})
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor-gone")


@pytest.mark.parametrize(
    "query",
    [{"cursor": "x"}, {"cursor": "tomorrow"}, {"limit": "0"}, {"limit": "101"}, {"wait": "26"}],
)
def test_bad_parameters_are_refused(mina, query):
    assert mina.get(CHANGES, params=query).status_code == 400


def test_a_cursor_of_a_list_is_none_of_the_feed(mina):
    for number in range(2):
        mina.save(str(number))
    cursor = mina.get("/superthread/memories?limit=1").json()["next_cursor"]
    assert mina.get(CHANGES, params={"cursor": cursor}).status_code == 400


def test_the_feed_is_for_who_may_read(api, nobody, settings):
    settings.HUB_PUBLIC_READ = True
    assert nobody.get(CHANGES).status_code == 401
    writer = api(JUN, scopes=["memories:write"])
    assert writer.get(CHANGES).status_code == 403


def test_many_teams_are_looked_at_in_parts(mina, monkeypatch):
    from superthread.feed import branches

    monkeypatch.setattr(branches, "AT_ONCE", 2)
    for number in range(3):
        key = f"team{number}"
        mina.post("/accounts/teams", json={"team_key": key})
        mina.save("Of it.", scope="team", team_key=key)
    follower = Follower(mina, limit=1)
    follower.follow()
    assert follower.held == follower.listed()
    assert len(follower.held) == 3
