"""Changing scope and team: for administrators, into teams of one's own only."""

import pytest

from memory_hub.accounts import services
from memory_hub.accounts.restrictions import Restriction
from memory_hub.accounts.scopes import every_scope
from memory_hub.core.identity import OPERATOR


@pytest.fixture
def teams(mina, api):
    """Mina administers alpha, Jun beta."""
    services.place_member(key="alpha", email="mina@example.com", role="admin", by=OPERATOR)
    api("jun@example.com")
    services.place_member(key="beta", email="jun@example.com", role="admin", by=OPERATOR)


def url(memory) -> str:
    return f"/superthread/memories/{memory['doc_id']}"


PLACES = [("personal", None), ("team", "alpha"), ("public", None)]


@pytest.mark.parametrize("before", PLACES)
@pytest.mark.parametrize("after", PLACES)
def test_an_owner_moves_a_memory_from_any_place_to_any_other(mina, teams, before, after):
    memory = mina.save(scope=before[0], **({"team_key": before[1]} if before[1] else {}))
    moved = mina.patch(url(memory), json={"scope": after[0], "team_key": after[1]})
    assert moved.status_code == 200, moved.text
    assert (moved.json()["scope"], moved.json()["team_key"]) == after
    read = mina.get(url(memory))
    assert read.json() == moved.json()
    assert read.headers["ETag"] == moved.headers["ETag"]
    assert moved.json()["revision"] == (1 if before == after else 2)
    # A place is not part of the history.
    assert mina.get(url(memory).replace("memories", "versions")).json()["count"] == 1


def test_a_foreign_team_and_an_unknown_one_are_refused_in_the_same_words(mina, teams):
    memory = mina.save()
    same = {"X-Request-ID": "same"}
    answers = [
        mina.patch(url(memory), json={"scope": "team", "team_key": key}, headers=same)
        for key in ("beta", "nothing")
    ]
    assert answers[0].status_code == 400
    assert answers[0].content == answers[1].content
    assert mina.get(url(memory)).json() == memory


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"scope": "team"}, 400, "required"),
        ({"scope": "team", "team_key": None}, 400, "required"),
        ({"team_key": "alpha"}, 400, "unexpected"),
        ({"scope": "public", "team_key": "alpha"}, 400, "unexpected"),
    ],
)
def test_scope_and_team_must_agree(mina, teams, change, status, code):
    answer = mina.patch(url(mina.save()), json=change)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)


def test_publishing_needs_its_scope_also_on_the_way_of_a_change(api):
    others = [name for name in every_scope() if name != "memories:publish"]
    owner = api("mina@example.com", scopes=others)
    saved = {"content": "for all", "scope": "public"}
    for answer in (
        owner.patch(url(owner.save()), json={"scope": "public"}),
        owner.post("/superthread/memories", json=saved),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "missing-scope")


@pytest.mark.parametrize("team", ["alpha", "unheard-of"])
def test_what_is_for_the_personal_alone_saves_into_no_team_that_there_is_or_not(api, teams, team):
    own = api("mina@example.com", restriction=Restriction(personal=True))
    saved = {"content": "ours", "scope": "team", "team_key": team}
    answer = own.post("/superthread/memories", json=saved)
    assert (answer.status_code, answer.json()["code"]) == (403, "token-restricted")


def test_a_team_admin_who_takes_a_memory_out_of_the_team_keeps_no_role_on_it(mina, teams, api):
    services.place_member(key="alpha", email="jun@example.com", role="admin", by=OPERATOR)
    memory = mina.save(scope="team", team_key="alpha")
    jun = api("jun@example.com")
    moved = jun.patch(url(memory), json={"scope": "personal"})
    assert (moved.status_code, moved.json()["role"]) == (200, "none")
    assert jun.get(url(memory)).status_code == 404
    assert mina.get(url(memory)).json()["scope"] == "personal"


def test_an_administrator_moves_a_memory_into_a_team_of_their_own(mina, teams, api):
    memory = mina.save()
    permissions = f"/superthread/permissions/{memory['doc_id']}"
    mina.post(permissions, json={"permissions": {"jun@example.com": "admin"}})
    jun = api("jun@example.com")
    assert jun.patch(url(memory), json={"scope": "team", "team_key": "alpha"}).status_code == 400
    into_beta = {"scope": "team", "team_key": "beta"}
    # There the owner could not reach it any more.
    assert jun.patch(url(memory), json=into_beta).status_code == 409
    assert mina.get(url(memory)).json()["scope"] == "personal"
    services.place_member(key="beta", email="mina@example.com", role="member", by=OPERATOR)
    moved = jun.patch(url(memory), json=into_beta)
    assert (moved.status_code, moved.json()["team_key"]) == (200, "beta")
    assert mina.get(url(memory)).json()["role"] == "owner"
