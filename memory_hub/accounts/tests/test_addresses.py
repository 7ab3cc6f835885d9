"""However its domain is written, an address is one account."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth import authenticate

from memory_hub.accounts.models import Membership, Team, Token, User, normal_email
from superthread.models import Grant, Memory, Version

NORMAL = "mina@xn--bcher-kva.example"
SPELLINGS = [
    NORMAL,
    "mina@bücher.example",
    "Mina@BÜCHER.Example",
    "mina@bu\u0308cher.example",
    "mina@XN--BCHER-KVA.example",
    "mina@bücher。example",
    "mina@ｂücher.example",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_all_spellings_are_one_account(api, spelling):
    assert api(spelling).get("/accounts/me").json()["email"] == NORMAL
    assert api(NORMAL).user == User.objects.get()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_grant_and_a_membership_reach_the_account_by_any_spelling(api, spelling):
    mina, jun = api(NORMAL), api("jun@example.com")
    memory = jun.save()
    url = f"/superthread/permissions/{memory['doc_id']}"
    granted = jun.post(url, json={"permissions": {spelling: "viewer"}})
    assert granted.json()["permissions"] == {NORMAL: "viewer"}
    assert mina.get(f"/superthread/memories/{memory['doc_id']}").status_code == 200
    twice = jun.post(url, json={"permissions": {spelling: "viewer", NORMAL.upper(): "editor"}})
    assert twice.status_code == (200 if spelling == NORMAL.upper() else 400)
    jun.post("/accounts/teams", json={"team_key": "alpha"})
    jun.put(f"/accounts/teams/alpha/members/{spelling}", json={})
    invited = {"team_key": "alpha", "role": "member", "accepted": False}
    assert mina.get("/accounts/me").json()["teams"] == [invited]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_person_logs_in_under_any_spelling(db, rf, spelling):
    user = User.objects.create_user(SPELLINGS[1], "correct horse battery")
    request = rf.post("/login")
    found = authenticate(request, username=spelling, password="correct horse battery")
    assert found == user


@pytest.mark.parametrize(
    "other", ["mina@bucher.example", "mina@buecher.example", "mina@xn--bcher-kva.example.com"]
)
def test_other_domains_are_other_accounts(api, other):
    assert api(other).user != api(NORMAL).user


@pytest.mark.parametrize(
    "odd", ["mina@xn--.example", "mina@xn--ü.a", "mina@" + "ü" * 300, "ü", "@", "a@b@ü.c"]
)
def test_what_is_no_address_is_left_for_validation(odd):
    assert normal_email(normal_email(odd)) == normal_email(odd)


def migrate():
    import_module("superthread.migrations.0004_one_spelling_of_addresses").one_spelling(apps, None)


def test_an_older_account_gets_the_normal_spelling(api):
    user = api("mina@example.com").user
    User.objects.filter(pk=user.pk).update(email="mina@bücher.example")
    migrate()
    assert User.objects.get() == User.objects.get(email=NORMAL) == user


def test_two_accounts_of_one_address_become_one(api):
    mina, twin, jun = api(NORMAL), api("twin@example.com"), api("jun@example.com")
    mine, theirs, juns = mina.save("Mine."), twin.save("Mine too."), jun.save("Jun's.")
    of_jun, of_twin = (Memory.objects.get(doc_id=one["doc_id"]) for one in (juns, theirs))
    alpha = Team.objects.create(key="alpha")
    for email, grant, place in ((NORMAL, 1, "member"), ("twin@example.com", 3, "admin")):
        Grant.objects.create(memory=of_jun, email=email, role=grant)
        Membership.objects.create(team=alpha, email=email, role=place)
    Grant.objects.create(memory=of_twin, email=NORMAL, role=1)
    for model in (User, Grant, Membership):
        model.objects.filter(email="twin@example.com").update(email="mina@bücher.example")
    for key in ("one", "two"):
        twin.post("/accounts/tokens", json={}, headers={"Idempotency-Key": key})
    mina.post("/accounts/tokens", json={}, headers={"Idempotency-Key": "one"})

    migrate()
    assert set(User.objects.values_list("email", flat=True)) == {NORMAL, "jun@example.com"}
    listed = mina.get("/superthread/memories").json()["memories"]
    owned = {each["doc_id"] for each in listed if each["owner"] == NORMAL}
    assert owned == {mine["doc_id"], theirs["doc_id"]}
    assert not Version.objects.exclude(author__email__in=[NORMAL, "jun@example.com"]).exists()
    assert Grant.objects.values_list("email", "role").get() == (NORMAL, 3)
    assert Membership.objects.values_list("email", "role").get() == (NORMAL, "admin")
    assert twin.get("/accounts/me").status_code == 401
    assert Token.objects.filter(user=mina.user, revoked_at=None).count() == 2
