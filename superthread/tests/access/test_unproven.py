"""While nobody has proven an address, only what the one who vouches for it gives counts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_hub.accounts import services
from memory_hub.accounts.models import Membership, User
from memory_hub.accounts.principal import Principal, principal_of
from memory_hub.accounts.services.proving import prove
from memory_hub.core.identity import OPERATOR
from superthread import policies
from superthread.models import Grant, Memory, Transfer
from superthread.policies import Role
from superthread.reads.named import row_of
from superthread.reads.statistics import statistics
from superthread.tests.access.test_policies import PEOPLE, build, defaults, members, memories
from superthread.tests.access.worlds import person
from superthread.tests.restricted.test_intersection import found_by, ids, listed_by
from superthread.tests.restricted.worlds import restriction_of
from testing.examples import examples, undone

MINA, LEAD, OTHER = "mina@example.com", "lead@example.com", "other@example.com"


@pytest.mark.drill
@examples(60)
@given(
    wanted=memories,
    joined=members,
    team_defaults=defaults,
    givers=st.lists(st.sampled_from([LEAD, OTHER, ""]), min_size=30, max_size=30),
    told=st.sampled_from([{}, {"personal": True}, {"teams": ["alpha"]}, {"category": "default"}]),
)
def test_an_unproven_caller_reads_what_one_would_whom_nobody_else_has_given_anything(
    db, wanted, joined, team_defaults, givers, told
):
    with undone():
        build(wanted, joined, team_defaults)
        _given(givers)
        for email in PEOPLE:
            user = replace(person(email), restriction=restriction_of(**told))
            _agree(user, replace(user, vouched_by=LEAD))


def _given(givers) -> None:
    """Says who has given each place and each grant."""
    rows = [*Membership.objects.order_by("pk"), *Grant.objects.order_by("pk")]
    for row, giver in zip(rows, givers, strict=False):
        column = "invited_by" if isinstance(row, Membership) else "offered_by"
        type(row).objects.filter(pk=row.pk).update(**{column: giver})


def _agree(user: Principal, by: Principal) -> None:
    seen = _seen(by)
    with undone():
        Grant.objects.filter(email=user.email).exclude(offered_by=LEAD).delete()
        Membership.objects.filter(email=user.email).exclude(invited_by=LEAD).delete()
        assert _seen(replace(user)) == seen


def _seen(by: Principal) -> dict:
    """All that the ways to read tell this caller."""
    told_of = statistics(by=by)
    held = {}
    for least in (Role.EDITOR, Role.ADMIN):
        for number, branch in enumerate(policies.held_branches(by, least)):
            held[least, number] = ids(Memory.objects.filter(branch))
    memory_ids = dict(Memory.objects.values_list("pk", "doc_id"))
    rows = {pk: row_of(doc_id=doc_id, by=by) for pk, doc_id in memory_ids.items()}
    return {
        "roles": dict(policies.with_role(by).values_list("pk", "role")),
        "trash": ids(policies.in_trash(by).filter(role__gt=0)),
        "held": held,
        "listed": sorted(listed_by(by)),
        "found": found_by(by),
        "offers": ids(Grant.objects.filter(policies.offered_to(by), accepted=False)),
        "statistics": {name: told_of[name] for name in ("total_documents", "total_size")},
        "rows": {pk: row["role"] if row else 0 for pk, row in rows.items()},
        "teams": {(one.team_key, one.role, one.accepted) for one in by.teams},
    }


@pytest.fixture
def mina(api):
    """A client of somebody whom lead@example.com vouches for."""
    return api(MINA, vouched_by=LEAD)


def _share(owner, to=MINA, role="viewer"):
    saved = owner.save(f"From {owner.user.email}.")
    path = f"/superthread/permissions/{saved['doc_id']}"
    assert owner.post(path, json={"permissions": {to: role}}).status_code == 200
    return f"/superthread/memories/{saved['doc_id']}"


def test_what_others_share_counts_from_the_moment_the_address_is_proven(mina, api):
    lead, other = api(LEAD), api(OTHER)
    for giver in (lead, other):
        giver.post("/accounts/teams", json={"team_key": giver.user.email[:4]})
        giver.put(f"/accounts/teams/{giver.user.email[:4]}/members/{MINA}", json={})
    from_lead, from_other = _share(lead), _share(other)
    in_team = other.save("Of the team.", scope="team", team_key="othe")
    foreign = [from_other, f"/superthread/memories/{in_team['doc_id']}"]

    assert mina.get(from_lead).status_code == 200
    assert [mina.get(path).status_code for path in foreign] == [404, 404]
    assert [team["team_key"] for team in mina.get("/accounts/me").json()["teams"]] == ["lead"]
    assert mina.post("/accounts/teams/othe/accept").status_code == 404
    assert [one["from"] for one in mina.get("/superthread/shares").json()["shares"]] == [LEAD]

    assert prove(mina.user.pk, by=OPERATOR)
    assert [mina.get(path).status_code for path in (from_lead, *foreign)] == [200] * 3
    teams = mina.get("/accounts/me").json()["teams"]
    assert {team["team_key"] for team in teams} == {"lead", "othe"}


def test_an_ownership_that_somebody_else_offers_waits(mina, api):
    for giver, status in ((api(OTHER), 404), (api(LEAD), 200)):
        saved = giver.save("Take it.")
        path = f"/superthread/memories/{saved['doc_id']}/transfer"
        giver.post(path, json={"to": MINA})
        assert mina.post(path, json={"accept": True}).status_code == status
    assert Transfer.objects.count() == 1


def test_the_members_of_a_team_do_not_trust_who_is_in_it_by_nobodys_proof(mina, api):
    """A share within a team is accepted at once: not of an unproven address that waits there."""
    jun = api("jun@example.com")
    for email in (MINA, "jun@example.com"):
        services.place_member(key="alpha", email=email, role="member", by=OPERATOR)
    path = _share(mina, "jun@example.com")
    assert jun.get("/superthread/memories").json()["memories"] == []
    assert jun.get(path).status_code == 200  # by its id, as any offer


def test_a_team_that_an_unproven_caller_makes_is_theirs(mina):
    assert mina.post("/accounts/teams", json={"team_key": "own"}).status_code == 201
    saved = mina.save("Ours.", scope="team", team_key="own")
    assert saved["role"] == "owner"
    assert mina.get("/accounts/teams/own").json()["role"] == "admin"


def test_a_session_is_as_unproven_as_a_token(db):
    services.place_member(key="alpha", email=MINA, role="member", by=OPERATOR)
    user = User.objects.create_user(MINA, "a password", vouched_by=LEAD)
    assert principal_of(user, "session").teams == ()


def test_a_proven_caller_pays_for_none_of_it(mina, api, django_assert_num_queries):
    """The look-up of a token and of a memory are a statement each, for either."""
    jun = api("jun@example.com")
    for client in (mina, jun):
        first, second = (f"/superthread/memories/{client.save()['doc_id']}" for _ in range(2))
        client.get(first)
        with django_assert_num_queries(2):
            client.get(second)
