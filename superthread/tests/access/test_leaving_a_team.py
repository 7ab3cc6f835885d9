"""Who leaves a team is out, whatever the way and whatever they were: every route as data."""

import json

import pytest
from django.db import transaction

from memory_hub.accounts import services
from memory_hub.accounts.models import Membership, Team, User
from memory_hub.accounts.services import operators
from memory_hub.core.identity import OPERATOR
from superthread.models import Grant, Memory
from superthread.tests.access import matrix
from superthread.tests.access.matrix import LISTINGS, OPERATIONS, Operation
from superthread.tests.access.test_permission_matrix import call, prepare
from superthread.tests.access.worlds import World, person
from testing.examples import taken_back

EMAIL, ADMIN = "leaver@example.com", "admin@example.com"


def _left(api):
    leaver = api(EMAIL)
    assert leaver.delete(f"/accounts/teams/alpha/members/{EMAIL}").status_code == 204


def _removed(api):
    admin = api(ADMIN)
    assert admin.delete(f"/accounts/teams/alpha/members/{EMAIL}").status_code == 204


def _deactivated(api):
    user = User.objects.filter(email=EMAIL)
    assert operators.set_active(user, active=False, by=OPERATOR) == 1


def _deactivated_and_back(api):
    _deactivated(api)
    # In again, but not a member any more: what is asked here is what the grants give.
    operators.remove_membership(Membership.objects.get(email=EMAIL), by=OPERATOR)
    operators.set_active(User.objects.filter(email=EMAIL), active=True, by=OPERATOR)


def _removed_by_staff(api):
    operators.remove_membership(Membership.objects.get(email=EMAIL), by=OPERATOR)


def _readdressed_by_staff(api):
    membership = Membership.objects.get(email=EMAIL)
    membership.email = "new@example.com"
    operators.store_membership(membership, by=OPERATOR)


WAYS = {
    "left": _left,
    "removed": _removed,
    "deactivated, and back": _deactivated_and_back,
    "removed by staff": _removed_by_staff,
    "another address by staff": _readdressed_by_staff,
}
BATCHES = {
    "update": {"updates": [{"doc_id": "{doc_id}", "category": "x"}]},
    "delete": {"doc_ids": ["{doc_id}"]},
}
STANDINGS = {"owner": None, "editor by grant": "editor", "admin by grant": "admin"}


@pytest.fixture
def made(api):
    """``made(standing)``: a team's memory, and what the one who leaves is to it."""

    def make(standing) -> World:
        services.place_member(key="alpha", email=ADMIN, role="admin", by=OPERATOR)
        services.place_member(
            key="alpha", email=EMAIL, role="member", default_role="editor", by=OPERATOR
        )
        people = {email: api(email) for email in (ADMIN, EMAIL)}
        owner = people[EMAIL if standing == "owner" else ADMIN]
        row = owner.save(
            f"The {matrix.WORD} has the key.", scope="team", team_key="alpha", category="matrix"
        )
        if role := STANDINGS[standing]:
            url = f"/superthread/permissions/{row['doc_id']}"
            granted = owner.post(url, json={"permissions": {EMAIL: role}})
            assert granted.status_code == 200
            offer = f"/superthread/memories/{row['doc_id']}/transfer"
            assert owner.post(offer, json={"to": EMAIL}).status_code == 200
        version = Memory.objects.get(doc_id=row["doc_id"]).versions.get()
        return World(
            {**row, "id": version.memory_id}, str(version.version_id), "0" * 8, team_key="alpha"
        )

    return make


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("standing", STANDINGS)
def test_no_route_knows_the_memory_any_more(api, made, standing, way):
    world, leaver = made(standing), api(EMAIL)
    WAYS[way](api)
    wrong = []

    def cell(title, operation) -> None:
        prepare(world, operation)
        answer = call(leaver, world, operation)
        if answer.status_code != 404:
            wrong.append(f"{title}: {answer.status_code} {answer.text[:100]}")

    taking = {f"accept {answer}": answer for answer in (True, False)}
    offered = {
        title: Operation("POST", matrix.TRANSFER, matrix.NONE, 404, body={"accept": answer})
        for title, answer in taking.items()
    }
    for title, operation in {**OPERATIONS, **offered}.items():
        taken_back(lambda title=title, operation=operation: cell(title, operation))
    for call_, item in BATCHES.items():
        body = json.loads(json.dumps(item).replace("{doc_id}", world.doc_id))
        (result,) = leaver.post(f"/superthread/batch/{call_}", json=body).json()["results"]
        if result["status"] != 404:
            wrong.append(f"batch/{call_}: {result}")
    offers = ("shares", "transfers")
    wrong += [path for path in offers if world.doc_id in leaver.get(f"/superthread/{path}").text]
    by_id = leaver.get("/superthread/memories", params={"ids": world.doc_id}).json()
    if by_id["missing"] != [world.doc_id]:
        wrong.append("ids")
    assert not wrong, "\n".join(wrong)
    for title, listing in LISTINGS.items():
        path = f"/{listing.route}?{listing.query.format(scope='team')}".rstrip("?")
        options = {"json": listing.body} if listing.body else {}
        answer = leaver.request(listing.method, path, **options)
        assert answer.json()[listing.member] == [], title
    Memory.objects.update(deleted_at="2026-01-01T00:00:00Z")
    assert leaver.get("/superthread/trash").json()["memories"] == []


@pytest.mark.parametrize("standing", STANDINGS)
def test_who_is_deactivated_is_nobody(api, made, standing):
    world, leaver = made(standing), api(EMAIL)
    _deactivated(api)
    for operation in OPERATIONS.values():
        assert call(leaver, world, operation).status_code == 401


@pytest.mark.parametrize("way", WAYS)
def test_grants_on_the_teams_memories_end_with_the_membership_and_no_others(api, made, way):
    world = made("admin by grant")
    api(ADMIN).save("mine", scope="personal")
    own = Memory.objects.get(content="mine")
    Grant.objects.create(memory=own, email=EMAIL, role=1)
    Grant.objects.create(memory_id=world.memory["id"], email="other@example.com", role=1)
    WAYS[way](api)
    left = set(Grant.objects.values_list("memory_id", "email"))
    assert left == {(own.pk, EMAIL), (world.memory["id"], "other@example.com")}


@pytest.mark.parametrize("way", [*WAYS, "deactivated"])
def test_the_teams_admins_own_what_the_leaver_left(api, made, way):
    world, admin = made("owner"), api(ADMIN)
    # Kept answers must not outlive the change.
    assert admin.get(world.path(matrix.MEMORY)).json()["role"] == "admin"
    (WAYS | {"deactivated": _deactivated})[way](api)
    assert admin.get(world.path(matrix.MEMORY)).json()["role"] == "owner"
    member = api("member@example.com")
    services.place_member(key="alpha", email="member@example.com", role="member", by=OPERATOR)
    for title, operation in OPERATIONS.items():

        def cell(title=title, operation=operation) -> None:
            prepare(world, operation)
            if operation.granted or (operation.body and "permissions" in operation.body):
                return
            assert call(admin, world, operation).status_code == operation.status, title

        taken_back(cell)
    assert member.get(world.path(matrix.MEMORY)).json()["role"] == "editor"
    assert admin.delete(world.path(matrix.MEMORY) + "?permanent=true").status_code == 204


@pytest.mark.parametrize("scope", ["personal", "public"])
@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("way", [*WAYS, "deactivated"])
def test_what_was_left_becomes_the_admins_who_moves_it_out_of_the_team(
    api, made, way, batch, scope
):
    """Elsewhere it would be the leaver's again."""
    world, admin = made("owner"), api(ADMIN)
    url = f"/superthread/permissions/{world.doc_id}"
    api(EMAIL).post(url, json={"permissions": {ADMIN: "viewer", "other@example.com": "admin"}})
    other = api("other@example.com")
    (WAYS | {"deactivated": _deactivated})[way](api)
    refused = other.patch(world.path(matrix.MEMORY), json={"scope": "personal"})
    assert refused.status_code == 409
    if batch:
        change = {"doc_id": world.doc_id, "scope": scope}
        moved = admin.post("/superthread/batch/update", json={"updates": [change]})
    else:
        moved = admin.patch(world.path(matrix.MEMORY), json={"scope": scope})
    assert moved.status_code == 200, moved.text
    now = admin.get(world.path(matrix.MEMORY)).json()
    assert (now["scope"], now["owner"], now["role"]) == (scope, ADMIN, "owner")
    assert set(Grant.objects.values_list("email", flat=True)) == {"other@example.com"}
    if way != "deactivated":
        found = api(EMAIL).get(world.path(matrix.MEMORY))
        assert (found.status_code, found.json().get("role", "")) == (
            (200, "viewer") if scope == "public" else (404, "")
        )


def test_coming_back_restores_what_nobody_took_over(api, made):
    world, leaver = made("owner"), api(EMAIL)
    _left(api)
    services.place_member(key="alpha", email=EMAIL, role="member", by=OPERATOR)
    assert api(EMAIL).get(world.path(matrix.MEMORY)).json()["role"] == "owner"
    operators.set_active([leaver.user], active=False, by=OPERATOR)
    operators.set_active([leaver.user], active=True, by=OPERATOR)
    assert api(EMAIL).get(world.path(matrix.MEMORY)).json()["role"] == "owner"


def test_coming_back_restores_no_grant_and_nothing_that_was_reassigned(api, made):
    world, admin = made("owner"), api(ADMIN)
    _left(api)
    url = f"/superthread/memories/{world.doc_id}/transfer"
    assert admin.post(url, json={"to": ADMIN}).json()["owner"] == ADMIN
    services.place_member(
        key="alpha", email=EMAIL, role="member", default_role="viewer", by=OPERATOR
    )
    assert api(EMAIL).get(world.path(matrix.MEMORY)).json()["role"] == "viewer"


def test_who_gets_the_address_of_a_deleted_account_is_in_no_team(api, made):
    made("editor by grant")
    for token in (user := User.objects.get(email=EMAIL)).tokens.all():
        token.delete()
    operators.delete_user(user, by=OPERATOR)
    assert not Membership.objects.filter(email=EMAIL).exists()
    assert not Grant.objects.filter(email=EMAIL).exists()
    newcomer = api(EMAIL)
    assert newcomer.get("/accounts/me").json()["teams"] == []
    assert newcomer.get("/superthread/memories", params={"scope": "all"}).json()["count"] == 0


def test_who_gets_the_address_of_a_deleted_account_gets_nothing_that_was_given_to_it(api):
    owner, user = api(ADMIN), api(EMAIL).user
    doc_id = owner.save("Of no team.")["doc_id"]
    given = {"permissions": {EMAIL: "editor"}}
    owner.post(f"/superthread/permissions/{doc_id}", json=given).raise_for_status()
    owner.post(f"/superthread/memories/{doc_id}/transfer", json={"to": EMAIL}).raise_for_status()
    for token in user.tokens.all():
        token.delete()
    operators.delete_user(user, by=OPERATOR)
    newcomer = api(EMAIL)
    for offers in ("shares", "transfers"):
        assert newcomer.get(f"/superthread/{offers}").json()[offers] == []


def test_a_cursor_made_before_shows_nothing_after(api, made):
    made("owner")
    leaver = api(EMAIL)
    for n in range(3):
        leaver.save(f"{matrix.WORD} {n}", scope="team", team_key="alpha")
    page = leaver.get("/superthread/memories", params={"scope": "team", "limit": 1}).json()
    found = leaver.post("/superthread/search", json={"query": matrix.WORD, "limit": 1}).json()
    _removed(api)
    query = {"scope": "team", "limit": 1, "cursor": page["next_cursor"]}
    assert leaver.get("/superthread/memories", params=query).json()["memories"] == []
    body = {"query": matrix.WORD, "limit": 1, "cursor": found["next_cursor"]}
    assert leaver.post("/superthread/search", json=body).json()["results"] == []


def test_a_departure_that_is_refused_changes_nothing(api, made):
    """The last admin stays, and so does what was granted."""
    world = made("admin by grant")
    Grant.objects.create(memory_id=world.memory["id"], email=ADMIN[:-3] + "org", role=1)
    refused = api(ADMIN).delete(f"/accounts/teams/alpha/members/{ADMIN}")
    assert refused.status_code == 409
    assert Grant.objects.count() == 2
    with transaction.atomic():
        assert Team.objects.get(key="alpha").memberships.count() == 2


def test_personal_and_public_memories_are_their_owners_whoever_leaves(api, made):
    made("owner")
    leaver = api(EMAIL)
    kept = [leaver.save("mine"), leaver.save("all's", scope="public")]
    _left(api)
    for memory in kept:
        assert leaver.get(f"/superthread/memories/{memory['doc_id']}").json()["role"] == "owner"
    assert person(EMAIL).teams == ()
