"""With another address goes what was given to the one before, and nothing twice."""

import pytest
from django.core import mail

from memory_hub.accounts import services
from memory_hub.accounts.models import Block, Membership, User
from memory_hub.core.identity import OPERATOR
from superthread.events import GrantChanged, GrantKind
from superthread.models import Grant, Memory, Transfer
from testing.clients.browsing import carry_out, registered
from testing.telling import recording
from web.tests.addresses.changing import JUN, LEAD, MINA, NEW, change


@pytest.fixture
def shared(mina, api):
    """Memories of Jun's: one that Mina accepted, one that waits for her and one for the new
    address, one that is to be hers."""
    jun, client = api(JUN), api(MINA)
    ids = {}
    for name, address in (("accepted", MINA), ("waiting", MINA), ("new", NEW), ("owned", None)):
        ids[name] = jun.save(name)["doc_id"]
        if address:
            url = f"/superthread/permissions/{ids[name]}"
            assert jun.post(url, json={"permissions": {address: "editor"}}).status_code == 200
    url = f"/superthread/shares/{ids['accepted']}"
    assert client.post(url, json={"accept": True}).status_code == 204
    url = f"/superthread/memories/{ids['owned']}/transfer"
    assert jun.post(url, json={"to": MINA}).status_code == 200
    return jun, client, ids


def held():
    """The grants there are: address, the memory's name, the role, whether accepted."""
    rows = Grant.objects.values_list("email", "memory__title", "role", "accepted")
    return set(rows)


def test_what_was_accepted_moves_and_what_waits_stays_where_it_waits(mina, shared):
    jun, client, ids = shared
    url = f"/superthread/memories/{ids['accepted']}"
    assert client.get(url).status_code == jun.get(url).status_code == 200
    assert client.get(f"/superthread/memories/{ids['new']}").status_code == 404
    other = Grant.objects.get(memory__doc_id=ids["accepted"])
    Grant.objects.create(memory=other.memory, email=LEAD, role=1, accepted=True, offered_by=JUN)
    change(mina)
    assert client.get(url).json()["role"] == "editor"
    assert client.get(f"/superthread/memories/{ids['waiting']}").status_code == 404
    # Offered, and in no list until it is accepted.
    assert client.get(f"/superthread/memories/{ids['new']}").status_code == 200
    listed = client.get("/superthread/memories?scope=all").json()["memories"]
    assert {one["doc_id"] for one in listed} == {ids["accepted"]}
    told = jun.get(f"/superthread/permissions/{ids['accepted']}").json()["permissions"]
    assert told == {NEW: "editor", LEAD: "viewer"}
    (offer,) = client.get("/superthread/transfers").json()["transfers"]
    assert offer["doc_id"] == ids["owned"]


def test_an_account_that_was_not_proven_takes_along_what_its_inviter_gave_alone(mina, shared):
    _, client, ids = shared
    User.objects.filter(pk=mina.user.pk).update(vouched_by=LEAD)
    registered(LEAD)
    given = Memory.objects.get(doc_id=ids["waiting"])
    Grant.objects.filter(memory=given).update(offered_by=LEAD, accepted=True)
    for key, inviter in (("alpha", LEAD), ("beta", "")):
        services.place_member(key=key, email=MINA, role="member", by=OPERATOR)
        Membership.objects.filter(team__key=key).update(invited_by=inviter)
    change(mina)
    assert mina.user.is_proven
    grants = Grant.objects.filter(email=NEW, accepted=True)
    assert set(grants.values_list("memory", flat=True)) == {given.pk}
    assert Grant.objects.filter(email=MINA, memory__doc_id=ids["accepted"]).exists()
    assert Transfer.objects.get().email == MINA
    places = Membership.objects.values_list("email", "team__key")
    assert set(places) == {(NEW, "alpha"), (MINA, "beta")}
    # What waited for the new address is an offer, for that one is proven.
    assert client.get(f"/superthread/memories/{ids['new']}").status_code == 200
    # Whoever had the former address by a link alone is told nothing there.
    carry_out()
    assert [MINA] not in [letter.to for letter in mail.outbox]


@pytest.mark.parametrize(
    ("mine", "there", "is_accepted", "told"),
    [
        (1, 3, False, [(GrantKind.ACCEPTED, "admin", "admin")]),
        (3, 1, True, [(GrantKind.CHANGED, "viewer", "admin")]),
        (2, 2, True, []),
    ],
)
def test_two_grants_on_a_memory_become_the_higher_one(mina, shared, mine, there, is_accepted, told):
    _, client, ids = shared
    memory = Memory.objects.get(doc_id=ids["accepted"])
    Grant.objects.filter(memory=memory).update(role=mine)
    Grant.objects.create(memory=memory, email=NEW, role=there, offered_by=JUN, accepted=is_accepted)
    with recording() as events:
        change(mina)
    found = Grant.objects.get(memory=memory)
    assert (found.email, found.role, found.accepted) == (NEW, max(mine, there), True)
    changes = [one for one in events if isinstance(one, GrantChanged) and one.email == NEW]
    assert [(one.kind, one.before, one.after) for one in changes] == told
    word = ("viewer", "editor", "admin")[max(mine, there) - 1]
    assert client.get(f"/superthread/memories/{ids['accepted']}").json()["role"] == word


@pytest.mark.parametrize(("mine", "there"), [("member", "admin"), ("admin", "member")])
def test_two_places_in_a_team_become_the_higher_one(mina, mine, there):
    services.place_member(key="alpha", email=MINA, role=mine, by=OPERATOR)
    services.place_member(key="alpha", email=NEW, role=there, by=OPERATOR)
    change(mina)
    assert list(Membership.objects.values_list("email", "role")) == [(NEW, "admin")]


def test_nobody_has_a_grant_on_or_an_offer_of_what_they_own(mina, api):
    client = api(MINA)
    saved = client.save("Mina's own.")
    client.post(f"/superthread/permissions/{saved['doc_id']}", json={"permissions": {NEW: "admin"}})
    client.post(f"/superthread/memories/{saved['doc_id']}/transfer", json={"to": NEW})
    change(mina)
    assert not Grant.objects.exists()
    assert not Transfer.objects.exists()
    assert client.get(f"/superthread/memories/{saved['doc_id']}").json()["role"] == "owner"


def test_who_blocked_the_person_has_blocked_them_still_and_offers_name_the_new_address(mina, api):
    client, jun = api(MINA), api(JUN)
    jun.put(f"/accounts/blocks/{MINA}")
    client.put(f"/accounts/blocks/{NEW}")
    saved = client.save("For Lead.")
    client.post(
        f"/superthread/permissions/{saved['doc_id']}", json={"permissions": {LEAD: "viewer"}}
    )
    invited = registered("invited@example.com", vouched_by=MINA)
    change(mina)
    assert list(Block.objects.values_list("user__email", "email")) == [(JUN, NEW)]
    assert Grant.objects.get().offered_by == NEW
    invited.refresh_from_db()
    assert invited.vouched_by == NEW


def test_what_an_owner_has_in_a_team_stays_theirs(mina, api):
    services.place_member(key="alpha", email=MINA, role="member", by=OPERATOR)
    client = api(MINA)
    saved = client.save("Of the team.", scope="team", team_key="alpha")
    change(mina)
    found = client.get(f"/superthread/memories/{saved['doc_id']}").json()
    assert (found["role"], found["owner"]) == ("owner", NEW)
