"""Taking one's data along, and deleting an account: what becomes of what is said, then done."""

import json

import pytest
from allauth.mfa.models import Authenticator

from memory_hub.accounts import services
from memory_hub.accounts.models import Membership, Token, User
from memory_hub.accounts.scopes import personal_scopes
from memory_hub.core.identity import OPERATOR
from superthread.models import Grant, Memory
from testing.clients.browsing import PASSWORD, Person, carry_out, inside
from testing.clients.in_process import Client
from testing.telling import recording

MINA, JUN = "mina@example.com", "jun@example.com"
DELETE = "/account/delete"


@pytest.fixture
def mina(db):
    person = inside(MINA)
    person.send("/account/confirm", password=PASSWORD, next=DELETE)
    return person


@pytest.fixture
def client(mina, threads):
    """The same person with a token."""
    services.place_member(key="alpha", email=MINA, role="admin", by=OPERATOR)
    services.place_member(key="alpha", email=JUN, role="admin", by=OPERATOR)
    services.ensure_user(JUN, by=OPERATOR)
    _, secret = services.create_token(
        user_id=mina.user.pk,
        scopes=personal_scopes(),
        by=OPERATOR,
    )
    return Client(secret, mina.user, threads)


def test_what_one_owns_is_taken_along_with_its_history_and_imports_again(mina, client, tmp_path):
    first = client.save("First text.")
    client.patch(f"/superthread/memories/{first['doc_id']}", json={"content": "Second text."})
    client.save("Of the team.", scope="team", team_key="alpha")
    page = mina.text("/account/export")
    assert "/account/export/1" in page
    file = mina.get("/account/export/1")
    assert "attachment" in file["Content-Disposition"]
    told = [json.loads(line) for line in file.content.splitlines()]
    assert [one["content"] for one in told] == ["First text.", "Second text.", "Of the team."]
    account = mina.get("/account/export/0").json()
    assert account["email"] == MINA
    assert "mh_" not in json.dumps(account["tokens"]).replace(Token.objects.get().prefix, "")
    assert mina.get("/account/export/2").status_code == 404


def test_nobody_gets_what_is_anothers(mina, api):
    api(JUN).save("Jun's.")
    assert "/account/export/1" not in mina.text("/account/export")
    assert mina.get("/account/export/1").status_code == 404
    assert Person().get("/account/export/0").status_code == 302


def test_what_one_wrote_for_a_team_stays_there_when_one_has_left_it(mina, client, api):
    jun = api(JUN)
    memory = client.save("Ours.", scope="team", team_key="alpha")
    assert client.delete(f"/accounts/teams/alpha/members/{MINA}").status_code == 204
    path = f"/superthread/memories/{memory['doc_id']}"
    assert jun.patch(path, json={"content": "A secret of the team."}).status_code == 200
    assert client.get(path).status_code == 404
    assert "/account/export/1" not in mina.text("/account/export")
    assert mina.get("/account/export/1").status_code == 404


def test_an_export_is_cut_into_parts(mina, client, monkeypatch):
    monkeypatch.setattr("superthread.transfer.parts.PART", 25)
    for number in range(3):
        client.save(f"Ten bytes{number}")
    parts = [mina.get(f"/account/export/{part}").content.splitlines() for part in (1, 2)]
    assert [len(part) for part in parts] == [2, 1]


def test_an_account_goes_with_all_that_is_its_alone(mina, client, api):
    jun = api(JUN)
    own, team = client.save("Mine."), client.save("Ours.", scope="team", team_key="alpha")
    client.save("All's.", scope="public")
    shared = jun.save("Jun's.")
    permissions = f"/superthread/permissions/{shared['doc_id']}"
    jun.post(permissions, json={"permissions": {MINA: "editor"}})
    path = f"/superthread/memories/{shared['doc_id']}"
    assert client.patch(path, json={"content": "Changed by Mina."}).status_code == 200
    Authenticator.objects.create(user=mina.user, type="webauthn", data={})
    page = mina.text(DELETE)
    for said in ("Personal memories: 1", "Memories in teams: 1", "Public memories: 1"):
        assert said in page
    assert mina.send(DELETE, email="other@example.com").status_code == 200
    assert User.objects.get(pk=mina.user.pk).is_active
    assert "deleted" in mina.send(DELETE, email=MINA).content.decode()
    assert client.get("/accounts/me").status_code == 401
    assert Person(MINA).enter().status_code == 200
    with recording() as events:
        carry_out()
    assert not Memory.objects.filter(doc_id=own["doc_id"]).exists()
    assert set(Memory.objects.values_list("content", flat=True)) == {"Ours.", "Changed by Mina."}
    left = User.objects.get(pk=mina.user.pk)
    assert left.email == f"deleted-{left.pk}@deleted.invalid"
    assert not Token.objects.filter(user=left).exists()
    assert not Authenticator.objects.exists()
    assert not Grant.objects.filter(email=MINA).exists()
    assert not Membership.objects.filter(email=MINA).exists()
    # The team's admins look after what was Mina's there.
    found = jun.get(f"/superthread/memories/{team['doc_id']}").json()
    assert (found["role"], found["owner"]) == ("owner", left.email)
    told = {f"{type(one).__name__} {one.kind.value}" for one in events}
    assert {"AccountChanged deleted", "GrantChanged ended", "MemoryChanged purged"} <= told
    # Who gets the address later is somebody else.
    again = inside(MINA)
    assert again.user.pk != left.pk


def test_public_memories_stay_where_that_is_wished(mina, client):
    client.save("Mine.")
    client.save("All's.", scope="public")
    mina.send(DELETE, email=MINA, public="keep")
    carry_out()
    (left,) = Memory.objects.all()
    assert left.content == "All's."
    assert left.owner.email.endswith("@deleted.invalid")


def test_an_account_that_left_no_trace_is_gone_altogether(mina):
    mina.send(DELETE, email=MINA)
    carry_out()
    assert not User.objects.exists()


def test_no_team_and_no_hub_is_left_without_an_admin(mina, api):
    services.place_member(key="beta", email=MINA, role="admin", by=OPERATOR)
    services.place_member(key="beta", email=JUN, role="member", by=OPERATOR)
    assert "beta" in mina.text(DELETE)
    mina.send(DELETE, email=MINA)
    assert User.objects.get(email=MINA).is_active
    services.ensure_user(JUN, by=OPERATOR)
    services.place_member(key="beta", email=JUN, role="admin", by=OPERATOR)
    User.objects.filter(email=MINA).update(is_superuser=True)
    mina.send(DELETE, email=MINA)
    assert User.objects.get(email=MINA).is_active


def test_a_stolen_session_deletes_nothing(db):
    person = inside(MINA)
    assert person.get(DELETE).headers["Location"].startswith("/account/confirm")
    person.send(DELETE, email=MINA)
    carry_out()
    assert User.objects.filter(email=MINA).exists()


def test_a_deletion_that_was_cut_off_goes_on(mina, client, monkeypatch):
    from web.accounts import leaving

    for number in range(3):
        client.save(f"Number {number}.")
    mina.send(DELETE, email=MINA)
    purge, done = leaving.purge, []

    def once(**given):
        if done:
            raise RuntimeError("cut off")
        done.append(given)
        purge(**given)

    monkeypatch.setattr(leaving, "purge", once)
    with pytest.raises(RuntimeError):
        carry_out()
    assert Memory.objects.count() == 2
    monkeypatch.setattr(leaving, "purge", purge)
    carry_out()
    assert not Memory.objects.exists()
    assert not User.objects.filter(email=MINA).exists()
