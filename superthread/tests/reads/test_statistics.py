"""Statistics: what they count, and what it takes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from memory_hub.accounts.models import Membership, Team
from superthread.reads import statistics

STATS = "/superthread/stats"


@pytest.fixture
def world(api):
    """Mina's own memories, and others' that reach her by one way or by several."""
    mina, jun = api("mina@example.com"), api("jun@example.com")
    team = Team.objects.create(key="alpha")
    for email in ("mina@example.com", "jun@example.com"):
        Membership.objects.create(team=team, email=email, accepted=True)
    mina.save("own", category="a")
    mina.save("own and public", category="b", scope="public")
    mina.save("own in the team", category="a", scope="team", team_key="alpha")
    jun.save("hers alone", category="c")
    jun.save("another's and public", category="b", scope="public")
    theirs = jun.save("of the team and granted", category="a", scope="team", team_key="alpha")
    granted = jun.save("granted", category="d")
    for memory in (theirs, granted):
        path = f"/superthread/permissions/{memory['doc_id']}"
        jun.post(path, json={"permissions": {"mina@example.com": "editor"}})
    from superthread.models import Grant

    Grant.objects.update(accepted=True)
    trashed = mina.save("in the trash", category="a")
    mina.delete(f"/superthread/memories/{trashed['doc_id']}")
    return mina


def test_categories_are_told_from_the_largest_and_of_equal_ones_by_name(mina, api, monkeypatch):
    for name in ("c", "b", "d", "d"):
        mina.save(f"of {name}", category=name)
    api("jun@example.com").save("of a", category="a", scope="public")
    assert list(mina.get(STATS).json()["by_category"]) == ["d", "a", "b", "c"]
    monkeypatch.setattr(statistics, "CATEGORIES", 2)
    mina.save("more of d", category="d")
    assert mina.get(STATS).json()["by_category"] == {"d": 3, "a": 1}


def test_a_memory_that_is_reached_in_several_ways_counts_once(world):
    told = world.get(STATS).json()
    assert told["total_documents"] == 6
    assert told["by_scope"] == {"personal": 2, "team": 2, "public": 2}
    assert told["by_category"] == {"a": 3, "b": 2, "d": 1}
    texts = ("own", "own and public", "own in the team", "another's and public",
             "of the team and granted", "granted")  # fmt: skip
    assert told["total_size"] == sum(map(len, texts))
    # The versions of what she may edit: all but the public one of another.
    edited = sum(map(len, texts)) - len("another's and public")
    assert told["storage_used"] == told["total_size"] + edited


def test_a_change_of_what_she_may_edit_counts_with_its_history(world):
    before = world.get(STATS).json()
    saved = world.save("12345")
    world.patch(f"/superthread/memories/{saved['doc_id']}", json={"content": "123"})
    after = world.get(STATS).json()
    assert after["total_size"] - before["total_size"] == 3
    assert after["storage_used"] - before["storage_used"] == 3 + 5 + 3


@pytest.mark.only_on("sqlite")
def test_no_row_of_own_public_or_team_memories_is_looked_up(world):
    with CaptureQueriesContext(connection) as caught:
        world.get(STATS)
    counting = [one["sql"] for one in caught if "superthread_tally" in one["sql"]]
    plan = []
    for statement in counting:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            plan += [row[-1] for row in cursor.fetchall() if "superthread_memory" in row[-1]]
    # But for what expires, and what was granted, one by one.
    looked_up = [step for step in plan if "memory_expiring_in_space (space=?" not in step]
    assert len(plan) > len(looked_up) > 0
    assert all("INTEGER PRIMARY KEY" in step for step in looked_up)


def test_statistics_cost_by_what_they_count(world, monkeypatch):
    monkeypatch.setattr(statistics, "COUNTED", 2)
    before = int(world.get("/superthread/info").headers["ratelimit-remaining"])
    after = int(world.get(STATS).headers["ratelimit-remaining"])
    assert before - after == 1 + 6 // 2


def test_who_is_in_ones_teams_is_counted_once_and_oneself(mina, api, nobody, settings):
    settings.HUB_PUBLIC_READ = True
    jun = api("jun@example.com")
    for owner, team, *others in [
        (mina, "alpha", "jun@example.com", "ada@example.com"),
        (mina, "beta", "jun@example.com"),
        # Only invited to: nobody's there is counted.
        (jun, "gamma", "mina@example.com", "eve@example.com"),
    ]:
        owner.post("/accounts/teams", json={"team_key": team})
        for email in others:
            path = f"/accounts/teams/{team}/members/{email}"
            assert owner.put(path, json={"role": "member"}).status_code == 200
    told = mina.get(STATS).json()
    assert (told["teams"], told["members"]) == (2, 3)
    assert nobody.get(STATS).json()["members"] == 0
