"""Teams: made by anyone, seen by members, changed by their admins."""

import pytest
from django.db import connection

from memory_hub.accounts import services
from memory_hub.accounts.models import User
from memory_hub.core.identity import OPERATOR

TEAMS = "/accounts/teams"
ALPHA = f"{TEAMS}/alpha"


def member(email: str) -> str:
    return f"{ALPHA}/members/{email}"


@pytest.fixture
def alpha(mina):
    """Mina's team."""
    made = mina.post(TEAMS, json={"team_key": "alpha", "name": "Alpha"})
    assert made.status_code == 201
    return made.json()


@pytest.fixture
def jun(api, mina, alpha):
    """A plain member of alpha."""
    client = api("jun@example.com")
    assert mina.put(member("jun@example.com"), json={"role": "member"}).status_code == 200
    return client


def test_whoever_makes_a_team_is_its_admin(mina, alpha):
    assert alpha == {
        "team_key": "alpha",
        "name": "Alpha",
        "default_role": "viewer",
        "role": "admin",
        "accepted": True,
        "members": [{"email": "mina@example.com", "role": "admin"}],
    }
    assert mina.get(TEAMS).json()["teams"] == [alpha]
    assert mina.get(ALPHA).json() == alpha
    place = {"team_key": "alpha", "role": "admin", "accepted": True}
    assert mina.get("/accounts/me").json()["teams"] == [place]


def test_a_key_is_given_once(mina, alpha):
    answer = mina.post(TEAMS, json={"team_key": "alpha"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


CALLS = [
    ("GET", ALPHA, None),
    ("PATCH", ALPHA, {"name": "Beta"}),
    ("PATCH", ALPHA, {"colour": "red"}),
    ("DELETE", ALPHA, None),
    ("PUT", member("kim@example.com"), {"role": "admin"}),
    ("PUT", member("kim@example.com"), {"role": "king"}),
    ("PUT", member("no-address"), {"role": "admin"}),
    ("PUT", member("%00@example.com"), {}),
    ("DELETE", member("mina@example.com"), None),
    ("DELETE", member("a%00b"), None),
    ("DELETE", member("outsider@example.com"), None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_a_team_of_others_is_as_one_that_does_not_exist(api, alpha, method, path, body):
    outsider = api("outsider@example.com")
    options = {"json": body, "headers": {"X-Request-ID": "same"}} if body is not None else {}
    options = {"headers": {"X-Request-ID": "same"}, **options}
    hidden = outsider.request(method, path, **options)
    absent = outsider.request(method, path.replace("alpha", "omega"), **options)
    assert (hidden.status_code, hidden.content) == (404, absent.content)


@pytest.mark.parametrize(("method", "path", "body"), CALLS[1:-1])
def test_plain_members_see_a_team_and_change_nothing(jun, method, path, body):
    assert jun.get(ALPHA).status_code == 200
    answer = jun.request(method, path, **({"json": body} if body is not None else {}))
    assert (answer.status_code, answer.json()["code"]) == (403, "role-too-low")


@pytest.mark.parametrize(("path", "status"), [("no-address", 400), ("a%00b", 400)])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_admin_is_told_what_is_no_address(mina, alpha, method, path, status):
    assert mina.request(method, member(path)).status_code == status


def test_anyone_may_leave(jun):
    assert jun.delete(member("jun@example.com")).status_code == 204
    assert jun.get(ALPHA).status_code == 404


@pytest.mark.parametrize(("method", "body"), [("DELETE", None), ("PUT", {"role": "member"})])
def test_the_last_admin_stays_one(mina, jun, method, body):
    me = member("mina@example.com")
    options = {"json": body} if body else {}
    assert mina.request(method, me, **options).status_code == 409
    mina.put(member("ghost@example.com"), json={"role": "admin"})  # has no account
    assert mina.request(method, me, **options).status_code == 409
    mina.put(member("jun@example.com"), json={"role": "admin"})
    assert mina.request(method, me, **options).status_code in (200, 204)
    assert jun.get(ALPHA).json()["role"] == "admin"


def test_a_member_by_address_is_one_as_soon_as_there_is_an_account(mina, alpha, api):
    answer = mina.put(member("Later@Example.com"), json={"role": "member"})
    assert answer.json() == {"email": "later@example.com", "role": "member"}
    memory = mina.save(scope="team", team_key="alpha")
    assert not User.objects.filter(email="later@example.com").exists()
    later = api("later@example.com")
    assert later.get(f"/superthread/memories/{memory['doc_id']}").status_code == 200


def test_the_default_role_counts_at_once(mina, jun):
    memory = mina.save(scope="team", team_key="alpha")
    url = f"/superthread/memories/{memory['doc_id']}"
    assert jun.patch(url, json={"category": "a"}).status_code == 403
    assert mina.patch(ALPHA, json={"default_role": "editor"}).status_code == 200
    assert jun.patch(url, json={"category": "a"}).status_code == 200
    assert mina.delete(member("jun@example.com")).status_code == 204
    assert jun.get(url).status_code == 404


def test_a_team_with_memories_is_kept_also_for_those_in_the_trash(mina, alpha):
    url = f"/superthread/memories/{mina.save(scope='team', team_key='alpha')['doc_id']}"
    assert mina.delete(ALPHA).status_code == 409
    mina.delete(url)
    assert mina.delete(ALPHA).status_code == 409
    assert mina.delete(f"{url}?permanent=true").status_code == 204
    assert mina.delete(ALPHA).status_code == 204
    assert mina.get(ALPHA).status_code == 404


def test_managing_needs_its_scope_and_reading_does_not(api, mina, alpha):
    poor = api("mina@example.com", scopes=["memories:read"])
    assert poor.get(ALPHA).status_code == 200
    for method, path, body in [("POST", TEAMS, {"team_key": "b"}), *CALLS[1:]]:
        answer = poor.request(method, path, **({"json": body} if body is not None else {}))
        assert (answer.status_code, answer.json()["code"]) == (403, "missing-scope")


@pytest.mark.parametrize(("method", "path", "body"), [CALLS[n] for n in (0, 1, 3, 4, 8)])
def test_a_team_that_is_deleted_meanwhile_is_not_there(mina, alpha, method, path, body):
    def deleted_meanwhile(execute, sql, *rest):
        if sql.startswith("SELECT") and 'FROM "accounts_team"' in sql:
            for table in ("membership", "team"):
                execute(f"DELETE FROM accounts_{table}", (), *rest[1:])
        return execute(sql, *rest)

    with connection.execute_wrapper(deleted_meanwhile):
        answer = mina.request(method, path, **({"json": body} if body else {}))
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_the_operator_puts_people_into_teams(alpha, db):
    assert services.place_member(key="gamma", email="a@example.com", role="admin", by=OPERATOR)
    assert not services.place_member(key="alpha", email="a@example.com", role="member", by=OPERATOR)
