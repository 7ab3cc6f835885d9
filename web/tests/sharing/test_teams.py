"""Teams by pages: made, joined, led, handed over, left and deleted."""

import pytest

from memory_hub.accounts import services
from memory_hub.accounts.models import Membership, Team
from memory_hub.core.identity import OPERATOR
from testing.clients.browsing import inside
from web.tests.saving import saved

LEAD, MINA, JUN = "lead@example.com", "mina@example.com", "jun@example.com"
TEAM = "/teams/alpha"
SURE = {"sure": "yes"}


@pytest.fixture
def lead(db):
    services.place_member(key="alpha", email=LEAD, role="admin", by=OPERATOR)
    return inside(LEAD)


@pytest.fixture
def mina(db):
    return inside(MINA)


def places():
    return dict(Membership.objects.filter(team__key="alpha").values_list("email", "role"))


def test_a_team_is_made_by_whoever_leads_it_then(mina):
    answer = mina.send("/teams", do="make", team_key="beta", name="Beta", default_role="editor")
    assert answer.headers["Location"] == "/teams/beta"
    assert Team.objects.get().default_role == "editor"
    assert "Beta" in mina.text("/teams/beta")
    again = mina.send("/teams", do="make", team_key="beta", name="", default_role="viewer")
    assert (again.status_code, "A team with this key exists." in again.content.decode()) == (
        409,
        True,
    )
    bad = mina.send("/teams", do="make", team_key="a b", name="", default_role="viewer")
    assert bad.status_code == 400
    assert Team.objects.count() == 1
    mina.defaults |= {"HTTP_ACCEPT_LANGUAGE": "ko"}
    again = mina.send("/teams", do="make", team_key="beta", name="", default_role="viewer")
    assert "이 키를 쓰는 팀이 있습니다." in again.content.decode()


def test_somebody_is_invited_accepts_and_leaves(lead, mina):
    lead.send(TEAM, do="put", email=MINA, role="member")
    assert Membership.objects.filter(email=MINA, accepted=False).exists()
    assert "alpha" in mina.text("/teams")
    mina.send("/teams", do="accept", team_key="alpha")
    assert Membership.objects.get(email=MINA).accepted
    assert LEAD in mina.text(TEAM)
    assert "Leave?" in mina.send(TEAM, do="leave").content.decode()
    assert mina.send(TEAM, do="leave", **SURE).headers["Location"] == "/teams"
    assert places() == {LEAD: "admin"}
    assert mina.get(TEAM).status_code == 404


def test_an_invitation_is_declined_and_its_sender_blocked(lead, mina):
    lead.send(TEAM, do="put", email=MINA, role="member")
    mina.send("/teams", do="block", team_key="alpha")
    assert places() == {LEAD: "admin"}
    lead.send(TEAM, do="put", email=MINA, role="member")
    assert "alpha" not in mina.text("/teams").partition("<main")[2]


def test_members_look_and_change_nothing(lead, mina):
    services.place_member(key="alpha", email=MINA, role="member", by=OPERATOR)
    text = mina.text(TEAM)
    assert 'value="put"' not in text
    for deed in (
        {"do": "put", "email": JUN, "role": "admin"},
        {"do": "put", "email": "no address", "role": "king"},
        {"do": "change", "name": "X", "default_role": "editor"},
        {"do": "remove", "email": LEAD},
        {"do": "hand-over", "email": MINA},
        {"do": "delete"},
    ):
        assert mina.send(TEAM, **deed, **SURE).status_code == 403, deed
    assert mina.get(f"{TEAM}/activity").status_code == 403
    assert places() == {LEAD: "admin", MINA: "member"}


def test_strangers_find_no_team(lead):
    jun = inside(JUN)
    for path in (TEAM, f"{TEAM}/activity", "/teams/nothing"):
        assert jun.get(path).status_code == 404
    assert jun.send(TEAM, do="put", email=JUN, role="admin").status_code == 404
    assert jun.send("/teams", do="accept", team_key="alpha").status_code == 404
    assert places() == {LEAD: "admin"}


def test_what_members_may_do_is_changed(lead):
    lead.send(TEAM, do="change", name="The first", default_role="editor")
    team = Team.objects.get()
    assert (team.name, team.default_role) == ("The first", "editor")
    assert lead.send(TEAM, do="change", name="x" * 129, default_role="editor").status_code == 400


def test_a_team_is_handed_over_as_a_whole_or_not_at_all(lead, mina):
    services.place_member(key="alpha", email=MINA, role="member", by=OPERATOR)
    services.place_member(key="alpha", email=JUN, role="member", by=OPERATOR)
    assert "Hand it over?" in lead.send(TEAM, do="hand-over", email=MINA).content.decode()
    # Jun has no account: nobody would lead the team.
    answer = lead.send(TEAM, do="hand-over", email=JUN, **SURE)
    assert (answer.status_code, places()[JUN]) == (409, "member")
    assert lead.send(TEAM, do="hand-over", email="x@example.com", **SURE).status_code == 404
    lead.send(TEAM, do="hand-over", email=MINA, **SURE)
    assert places() == {LEAD: "member", MINA: "admin", JUN: "member"}
    assert lead.send(TEAM, do="put", email=LEAD, role="admin").status_code == 403


def test_a_member_is_removed_and_the_last_admin_stays(lead, mina):
    services.place_member(key="alpha", email=MINA, role="member", by=OPERATOR)
    lead.send(TEAM, do="remove", email=MINA)
    assert MINA in places()
    lead.send(TEAM, do="remove", email=MINA, **SURE)
    assert places() == {LEAD: "admin"}
    answer = lead.send(TEAM, do="leave", **SURE)
    assert answer.status_code == 409
    assert "must keep an admin" in answer.content.decode()


def test_a_team_with_memories_is_not_deleted(lead):
    memory = saved(lead, "A note", scope="team", team_key="alpha")
    assert lead.send(TEAM, do="delete", **SURE).status_code == 409
    memory.delete()
    assert "Delete it?" in lead.send(TEAM, do="delete").content.decode()
    lead.send(TEAM, do="delete", **SURE)
    assert not Team.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_its_activity_is_told_to_those_who_lead_it():
    services.place_member(key="alpha", email=LEAD, role="admin", by=OPERATOR)
    lead, mina = inside(LEAD), inside(MINA)
    lead.send(TEAM, do="put", email=MINA, role="member")
    saved(mina, "Personal of Mina")
    memory = saved(lead, "A note of the team", scope="team", team_key="alpha")
    text = lead.text(f"{TEAM}/activity")
    assert "Invited into a team" in text
    assert MINA in text
    assert str(memory.doc_id) in text
    assert text.count("Memory saved") == 1
    assert "A note of the team" not in text
