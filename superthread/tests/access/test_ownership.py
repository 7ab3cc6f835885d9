"""A memory goes to another owner by offer and acceptance, and says nothing of accounts."""

import pytest

from memory_hub.accounts import services
from memory_hub.accounts.models import User
from memory_hub.accounts.services import operators
from memory_hub.core.identity import OPERATOR
from superthread.events import MemoryChanged, TransferChanged
from superthread.models import Grant, Transfer
from testing.telling import recording

JUN, SORA = "jun@example.com", "sora@example.com"


@pytest.fixture
def memory(mina):
    return mina.save("mina's")


def _url(memory):
    return f"/superthread/memories/{memory['doc_id']}"


def _offer(client, memory, to):
    return client.post(f"{_url(memory)}/transfer", json={"to": to})


def _reply(client, memory, accept):
    return client.post(f"{_url(memory)}/transfer", json={"accept": accept})


def test_an_accepted_offer_makes_another_owner(mina, api, memory):
    jun = api(JUN)
    before = mina.get(_url(memory))
    offered = _offer(mina, memory, JUN)
    assert (offered.status_code, offered.json()["offered_to"]) == (200, JUN)
    # It opens nothing, and tells nothing of what the memory says.
    assert jun.get(_url(memory)).status_code == 404
    (told,) = jun.get("/superthread/transfers").json()["transfers"]
    assert (set(told), told["from"]) == ({"doc_id", "from", "offered_at"}, "mina@example.com")
    assert _reply(jun, memory, True).json() == {
        "doc_id": memory["doc_id"],
        "owner": JUN,
        "offered_to": None,
    }
    now = jun.get(_url(memory)).json()
    assert (now["owner"], now["role"], now["content"]) == (JUN, "owner", "mina's")
    assert (now["revision"], len(_numbers(jun, memory))) == (2, 1)
    # Who had it keeps an editor's role, and no kept answer says otherwise.
    after = mina.get(_url(memory))
    assert (after.json()["role"], after.headers["etag"] != before.headers["etag"]) == (
        "editor",
        True,
    )
    assert not Transfer.objects.exists()


def _numbers(client, memory):
    return client.get(f"/superthread/versions/{memory['doc_id']}").json()["versions"]


def test_a_new_owner_needs_no_grant_any_more(mina, api, memory):
    jun = api(JUN)
    url = f"/superthread/permissions/{memory['doc_id']}"
    mina.post(url, json={"permissions": {JUN: "viewer"}})
    _offer(mina, memory, JUN)
    _reply(jun, memory, True)
    assert jun.get(url).json()["permissions"] == {"mina@example.com": "editor"}


def test_a_declined_and_a_withdrawn_offer_change_nothing(mina, api, memory):
    jun = api(JUN)
    _offer(mina, memory, JUN)
    assert _reply(jun, memory, False).json()["owner"] == "mina@example.com"
    assert _reply(jun, memory, True).status_code == 404
    _offer(mina, memory, JUN)
    assert _offer(mina, memory, None).json()["offered_to"] is None
    assert _reply(jun, memory, True).status_code == 404
    assert mina.get(_url(memory)).json()["revision"] == 1


def test_only_the_latest_offer_counts_and_only_for_whom_it_is(mina, api, memory):
    jun, sora = api(JUN), api(SORA)
    _offer(mina, memory, JUN)
    _offer(mina, memory, SORA)
    assert _reply(jun, memory, True).status_code == 404
    assert _reply(mina, memory, True).status_code == 404
    assert _reply(sora, memory, True).status_code == 200


def test_an_answer_does_not_tell_whether_there_is_an_account(mina, api, memory):
    api(JUN)
    known = _offer(mina, memory, JUN)
    unknown = _offer(mina, memory, "nobody@example.com")
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace(JUN, "X") == unknown.text.replace("nobody@example.com", "X")
    late = api("nobody@example.com")
    assert _reply(late, memory, True).status_code == 200


def test_an_offer_ends_with_the_right_to_make_it(mina, api, memory):
    jun = api(JUN)
    _offer(mina, memory, JUN)
    operators.set_active([mina.user], active=False, by=OPERATOR)
    assert jun.get("/superthread/transfers").json()["transfers"] == []
    assert _reply(jun, memory, True).status_code == 404


def test_a_memory_in_the_trash_is_taken_by_nobody(mina, api, memory):
    jun = api(JUN)
    _offer(mina, memory, JUN)
    mina.delete(_url(memory))
    assert _reply(jun, memory, True).status_code == 404
    assert jun.get("/superthread/transfers").json()["transfers"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"to": JUN, "accept": True}, 400),
        ({"to": "nobody"}, 400),
        ({"to": 7}, 400),
        ({"accept": None}, 400),
        ({"to": "mina@example.com"}, 409),
    ],
)
def test_what_makes_no_sense_is_refused(mina, memory, body, status):
    assert mina.post(f"{_url(memory)}/transfer", json=body).status_code == status
    assert not Transfer.objects.exists()


def test_a_teams_memory_goes_to_its_members_only(mina, api):
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    services.place_member(key="alpha", email=JUN, role="member", by=OPERATOR)
    mina, jun = api("mina@example.com"), api(JUN)
    memory = mina.save("ours", scope="team", team_key="alpha")
    assert _offer(mina, memory, SORA).json()["errors"][0]["code"] == "not-a-member"
    _offer(mina, memory, JUN)
    services.place_member(key="alpha", email="lead@example.com", role="admin", by=OPERATOR)
    api("lead@example.com").delete(f"/accounts/teams/alpha/members/{JUN}")
    # To who is out of the team it is as one that does not exist, and coming back changes nothing.
    assert jun.get("/superthread/transfers").json()["transfers"] == []
    for body in ({"accept": True}, {"accept": False}, {}):
        assert jun.post(f"{_url(memory)}/transfer", json=body).status_code == 404
    services.place_member(key="alpha", email=JUN, role="member", by=OPERATOR)
    assert _reply(api(JUN), memory, True).status_code == 404
    _offer(mina, memory, JUN)
    assert _reply(api(JUN), memory, True).json()["owner"] == JUN
    # In a team membership says what who had it may do.
    assert not Grant.objects.exists()


def test_a_teams_admin_names_a_member_at_once_while_the_owner_is_away(mina, api):
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    services.place_member(key="alpha", email="lead@example.com", role="admin", by=OPERATOR)
    services.place_member(key="alpha", email="later@example.com", role="member", by=OPERATOR)
    mina, lead = api("mina@example.com"), api("lead@example.com")
    memory = mina.save("ours", scope="team", team_key="alpha")
    assert _offer(lead, memory, JUN).status_code == 403
    mina.delete("/accounts/teams/alpha/members/mina@example.com")
    assert _offer(lead, memory, JUN).status_code == 400
    # A member without an account yet is told of as any other.
    assert _offer(lead, memory, "later@example.com").json()["owner"] == "later@example.com"
    assert not User.objects.get(email="later@example.com").has_usable_password()
    assert api("later@example.com").get(_url(memory)).json()["role"] == "owner"
    assert lead.get(_url(memory)).json()["role"] == "admin"


def test_an_offer_to_somebody_else_lapses_with_a_change_of_owner_and_is_told(mina, api):
    for name, role in (("mina", "member"), ("jun", "member"), ("lead", "admin")):
        services.place_member(key="alpha", email=f"{name}@example.com", role=role, by=OPERATOR)
    mina, lead = api("mina@example.com"), api("lead@example.com")
    ours = [mina.save("ours", scope="team", team_key="alpha") for _ in range(3)]
    for memory in ours:
        assert _offer(mina, memory, JUN).status_code == 200
    mina.delete("/accounts/teams/alpha/members/mina@example.com")
    with recording() as events:
        _offer(lead, ours[0], "lead@example.com")
        lead.patch(_url(ours[1]), json={"scope": "personal"})
        # What it offered becomes true: no offer lapses.
        _offer(lead, ours[2], JUN)
    told = [event for event in events if isinstance(event, MemoryChanged | TransferChanged)]
    lapsed = ["transferred", "lapsed"]
    assert [event.kind.value for event in told] == [*lapsed, *lapsed, "transferred"]
    assert {event.email for event in told if isinstance(event, TransferChanged)} == {JUN}
    assert not Transfer.objects.exists()


def test_what_became_a_teams_is_taken_by_nobody_outside_it(mina, api, memory):
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    jun = api(JUN)
    _offer(mina, memory, JUN)
    assert mina.patch(_url(memory), json={"scope": "team", "team_key": "alpha"}).status_code == 200
    assert jun.get("/superthread/transfers").json()["transfers"] == []
    assert _reply(jun, memory, True).status_code == 404
    mina.patch(_url(memory), json={"scope": "personal"})
    assert _reply(jun, memory, True).json()["owner"] == JUN


def test_an_admin_who_moves_a_present_owners_memory_does_not_become_its_owner(mina, api):
    for name in ("mina", "lead"):
        address, role = f"{name}@example.com", "admin" if name == "lead" else "member"
        services.place_member(key="alpha", email=address, role=role, by=OPERATOR)
    mina, lead = api("mina@example.com"), api("lead@example.com")
    memory = mina.save("ours", scope="team", team_key="alpha")
    assert lead.patch(_url(memory), json={"scope": "public"}).status_code == 200
    assert mina.get(_url(memory)).json()["role"] == "owner"
    assert lead.get(_url(memory)).json()["owner"] == "mina@example.com"
