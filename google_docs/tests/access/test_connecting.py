"""Connecting a Google account, keeping it secret, and ending it."""

import io
import time
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import Client, TestCase
from django.utils import timezone

from google_docs.access import ended
from google_docs.access.token_encryption import Vault
from google_docs.models import Connection
from google_docs.tests.access.test_who_may import OAUTH, connected
from google_docs.tests.conftest import DocsClient
from memory_hub.accounts import closing, operators, services
from memory_hub.accounts.models import Team, User
from memory_hub.accounts.proving import take_over
from memory_hub.accounts.restrictions import Restriction
from memory_hub.core.errors import Conflict
from memory_hub.core.identity import OPERATOR
from memory_hub.jobs.models import QueuedTask
from superthread.models import Memory
from testing.browsing import carry_out
from testing.telling import everything_told

PAGE = "/google-docs/connect"


def browser(client) -> Client:
    """A browser that said who it is with a token."""
    page = Client()
    answer = page.post(PAGE, {"action": "identify", "token": client.token})
    assert answer.status_code == 302
    return page


def consented(url: str) -> str:
    """Where Google sends the browser back to once the person agreed, without the host."""
    back = urlsplit(httpx.get(url).headers["location"])
    return f"{back.path}?{back.query}"


def connect(page: Client, **more: str) -> str:
    answer = page.post(PAGE, {"action": "connect", **more})
    assert answer.status_code == 302, answer.content
    return answer["location"]


def test_an_account_is_connected_and_used(hub, double):
    mina = hub("mina@example.com")
    page = browser(mina)
    url = connect(page)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert (asked["access_type"], asked["prompt"]) == ("offline", "consent")
    assert asked["redirect_uri"] == OAUTH["redirect_uri"]

    page.get(consented(url))

    connection = Connection.objects.get(user=mina.user)
    assert connection.account == "person@example.com"
    assert "Connected since" in page.get(PAGE).content.decode()
    DocsClient(mina).save("in my own account")
    assert {f.owner for f in double.world.files.values()} == {"person@example.com"}


def test_a_state_is_used_once(hub):
    page = browser(hub("mina@example.com"))
    back = consented(connect(page))
    page.get(back)
    Connection.objects.all().delete()
    page.get(back)
    assert not Connection.objects.exists()


def test_a_wrong_state_connects_nothing(hub):
    page = browser(hub("mina@example.com"))
    back = consented(connect(page))
    page.get(back.replace("state=", "state=x"))
    assert not Connection.objects.exists()
    assert "start again" in page.get(PAGE).content.decode()


def test_a_state_of_another_session_connects_nothing(hub):
    victim, attacker = browser(hub("mina@example.com")), browser(hub("eve@example.com"))
    connect(victim)
    victim.get(consented(connect(attacker)))
    assert not Connection.objects.exists()


def test_a_state_older_than_ten_minutes_connects_nothing(hub, monkeypatch):
    page = browser(hub("mina@example.com"))
    back = consented(connect(page))
    later = time.time() + 601
    monkeypatch.setattr("google_docs.access.consent.time.time", lambda: later)
    page.get(back)
    assert not Connection.objects.exists()


def test_a_refused_consent_connects_nothing(hub):
    page = browser(hub("mina@example.com"))
    state = parse_qs(urlsplit(connect(page)).query)["state"][0]
    page.get(f"/google-docs/callback?error=access_denied&state={state}")
    assert "did not agree" in page.get(PAGE).content.decode()
    assert not Connection.objects.exists()


def test_a_stolen_code_is_worth_nothing_without_the_verifier(hub, double):
    page = browser(hub("mina@example.com"))
    back = consented(connect(page))
    for code in double.oauth.codes.values():
        code["code_challenge"] = "of somebody else"
    page.get(back)
    assert not Connection.objects.exists()


def test_a_team_is_connected_by_its_admin_alone(hub):
    mina, eve = hub("mina@example.com"), hub("eve@example.com")
    Team.objects.create(key="alpha")
    services.place_member(key="alpha", email="mina@example.com", role="admin", by=OPERATOR)
    services.place_member(key="alpha", email="eve@example.com", role="member", by=OPERATOR)
    assert browser(eve).post(PAGE, {"action": "connect", "team": "alpha"}).status_code == 404
    page = browser(mina)
    page.get(consented(connect(page, team="alpha")))
    assert Connection.objects.get().team.key == "alpha"


def test_who_is_no_admin_any_more_connects_no_team(hub):
    mina = hub("mina@example.com")
    services.place_member(key="alpha", email="mina@example.com", role="admin", by=OPERATOR)
    page = browser(mina)
    back = consented(connect(page, team="alpha"))
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    assert page.get(back).status_code == 404
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    "ended",
    [
        {"revoked_at": timezone.now()},
        {
            "created_at": timezone.now() - timedelta(days=2),
            "expires_at": timezone.now() - timedelta(days=1),
        },
    ],
    ids=["revoked", "expired"],
)
def test_a_token_that_ended_stands_for_nobody_in_the_browser_either(hub, ended):
    mina = hub("mina@example.com")
    page = browser(mina)
    back = consented(connect(page))
    mina.user.tokens.update(**ended)
    page.get(back)
    assert not Connection.objects.exists()


def test_without_saying_who_nothing_is_shown_or_done(hub, double):
    connected(double, "mina@gmail.example", user=hub("mina@example.com").user)
    page = Client()
    assert "gmail" not in page.get(PAGE).content.decode()
    page.post(PAGE, {"action": "disconnect"})
    assert Connection.objects.count() == 1
    reader = hub("mina@example.com", scopes=["docs:read"])
    page.post(PAGE, {"action": "identify", "token": reader.token})
    assert "gmail" not in page.get(PAGE).content.decode()
    page.post(PAGE, {"action": "identify", "token": "nonsense"})
    assert "not a token" in page.get(PAGE).content.decode()


@pytest.mark.parametrize("restriction", [{"personal": True}, {"category": "notes"}])
def test_a_restricted_token_stands_for_nobody_in_the_browser(hub, double, restriction):
    mina = hub("mina@example.com", restriction=Restriction(**restriction))
    connected(double, "mina@gmail.example", user=mina.user)
    page = Client()
    page.post(PAGE, {"action": "identify", "token": mina.token})
    shown = page.get(PAGE).content.decode()
    assert "not for a part of it" in shown
    assert "gmail" not in shown
    page.post(PAGE, {"action": "disconnect"})
    assert Connection.objects.count() == 1


def test_the_token_of_a_client_stands_for_nobody_in_the_browser(hub, double):
    """What people let clients do is for data: the Google account is one's own to connect."""
    mina = hub("mina@example.com")
    connected(double, "mina@gmail.example", user=mina.user)
    _, secret = services.create_token(
        user_id=mina.user.pk, scopes=["docs:write"], client="agent", by=OPERATOR
    )
    page = Client()
    page.post(PAGE, {"action": "identify", "token": secret})
    assert "not a token" in page.get(PAGE).content.decode()
    page.post(PAGE, {"action": "disconnect"})
    assert Connection.objects.count() == 1


def test_a_form_of_another_site_does_nothing(hub):
    strict = Client(enforce_csrf_checks=True)
    token = hub("mina@example.com").token
    answer = strict.post(PAGE, {"action": "identify", "token": token})
    assert answer.status_code == 403


def test_disconnecting_revokes(hub, double):
    mina = hub("mina@example.com")
    connected(double, "mina@gmail.example", user=mina.user)
    browser(mina).post(PAGE, {"action": "disconnect"})
    assert not Connection.objects.exists()
    assert double.oauth.revoked == ["1//refresh-of-mina@gmail.example"]


def test_disconnecting_one_of_two_uses_of_an_account_does_not_end_the_other(hub, double):
    mina = hub("mina@example.com")
    connected(double, "mina@gmail.example", user=mina.user)
    connected(double, "mina@gmail.example", team=Team.objects.create(key="alpha"))
    browser(mina).post(PAGE, {"action": "disconnect"})
    assert double.oauth.revoked == []
    assert Connection.objects.get().team.key == "alpha"


def test_a_token_that_cannot_be_revoked_is_forgotten_and_told(hub, double, configure):
    mina = hub("mina@example.com")
    connected(double, "mina@gmail.example", user=mina.user)
    configure(root="http://127.0.0.1:9/", **OAUTH)
    page = browser(mina)
    page.post(PAGE, {"action": "disconnect"})
    assert not Connection.objects.exists()
    assert "myaccount.google.com" in page.get(PAGE).content.decode()


def test_keys_are_rotated_and_the_old_one_is_needed_no_more(hub, double, configure):
    mina = hub("mina@example.com")
    connected(double, "mina@gmail.example", user=mina.user)
    old, new = OAUTH["token_keys"][0], Fernet.generate_key().decode()
    configure(root=double.root, **OAUTH | {"token_keys": (new, old)})
    out = io.StringIO()
    call_command("rotate_google_keys", stdout=out)
    assert out.getvalue().strip() == "Encrypted 1 tokens with the first key."
    locked = Connection.objects.get().locked_token
    assert Vault([new]).open(locked) == "1//refresh-of-mina@gmail.example"
    configure(root=double.root, **OAUTH | {"token_keys": (new,)})
    DocsClient(mina).save()


def test_a_lost_key_is_told_and_changes_nothing(hub, double, configure):
    mina = hub("mina@example.com")
    connected(double, "mina@gmail.example", user=mina.user)
    configure(root=double.root, **OAUTH | {"token_keys": (Fernet.generate_key().decode(),)})
    with pytest.raises(CommandError, match="GOOGLE_TOKEN_KEYS"):
        call_command("rotate_google_keys")
    answer = mina.get("/google-docs/memories")
    assert (answer.status_code, answer.json()["code"]) == (503, "google-account-not-connected")


def test_health_tells_of_a_consent_that_cannot_be_read(hub, double, configure):
    mina = hub("mina@example.com")
    connection = connected(double, "mina@gmail.example", user=mina.user)
    connected(double, "alpha@gmail.example", team=Team.objects.create(key="alpha"))
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    Connection.objects.filter(pk=connection.pk).update(locked_token="of a lost key")
    answer = mina.get("/google-docs/health")
    found = {item["space"][0]: item["status"] for item in answer.json()["credentials"]}
    assert found == {"t": "ok", "u": "google-account-not-connected"}
    assert (answer.status_code, answer.json()["status"]) == (503, "unhealthy")


def test_who_takes_an_account_over_saves_into_no_foreign_google_account(hub, double):
    mina, jun = hub("mina@example.com"), hub("jun@example.com")
    for one in (mina, jun):
        connected(double, f"{one.user.pk}@gmail.example", user=one.user)
    User.objects.filter(pk=mina.user.pk).update(vouched_by="lead@example.com")
    for one in (mina, jun):
        with TestCase.captureOnCommitCallbacks(execute=True), everything_told():
            take_over(one.user.pk, by=OPERATOR)
    carry_out()
    # Of a proven address the account is its owner's already.
    assert Connection.objects.get().user == jun.user
    assert double.oauth.revoked == [f"1//refresh-of-{mina.user.pk}@gmail.example"]


WAYS = {
    "by its own wish": ("user", lambda user: closing.close(user, by=OPERATOR)),
    "by staff": ("user", lambda user: operators.delete_user(user, by=OPERATOR)),
    "a team by staff": ("team", lambda team: operators.delete_team(team, by=OPERATOR)),
}


@pytest.fixture
def holders(hub, double):
    """Mina and team alpha, each with a Google account."""
    mina, team = hub("mina@example.com"), Team.objects.create(key="alpha")
    services.place_member(key="alpha", email="mina@example.com", role="admin", by=OPERATOR)
    connected(double, "user@gmail.example", user=mina.user)
    connected(double, "team@gmail.example", team=team)
    return SimpleNamespace(user=mina.user, team=team, client=mina)


@pytest.mark.parametrize("way", WAYS)
def test_who_is_deleted_leaves_no_consent_at_google(holders, double, way):
    kind, delete = WAYS[way]
    with TestCase.captureOnCommitCallbacks(execute=True), everything_told():
        delete(getattr(holders, kind))
    carry_out()
    assert double.oauth.revoked == [f"1//refresh-of-{kind}@gmail.example"]
    assert not Connection.objects.filter(account=f"{kind}@gmail.example").exists()


def test_a_consent_that_google_could_not_take_back_is_asked_for_again(holders, double, configure):
    configure(root="http://127.0.0.1:9/", **OAUTH)
    with everything_told():
        operators.delete_user(holders.user, by=OPERATOR)
    with pytest.raises(RuntimeError):
        carry_out()
    configure(root=double.root, **OAUTH)
    # Whoever connects the same account meanwhile keeps it.
    jun = services.ensure_user("jun@example.com", by=OPERATOR)
    anew = connected(double, "user@gmail.example", user=jun)
    (waiting,) = QueuedTask.objects.filter(status="READY")
    ended.take_back.func(*waiting.args)
    assert double.oauth.revoked == []
    anew.delete()
    carry_out()
    assert double.oauth.revoked == ["1//refresh-of-user@gmail.example"]


def test_nor_does_who_has_written_what_others_keep(holders, double):
    holders.client.save("For all.", scope="public")
    Memory.objects.update(owner=services.ensure_user("jun@example.com", by=OPERATOR))
    with TestCase.captureOnCommitCallbacks(execute=True):
        closing.close(holders.user, by=OPERATOR)
    carry_out()
    assert User.objects.get(pk=holders.user.pk).email.startswith("deleted-")
    assert double.oauth.revoked == ["1//refresh-of-user@gmail.example"]


def test_a_team_that_its_admin_deletes_leaves_none_either(holders, double):
    assert holders.client.delete("/accounts/teams/alpha").status_code == 204
    carry_out()
    assert double.oauth.revoked == ["1//refresh-of-team@gmail.example"]


def test_who_stays_keeps_the_consent(holders, double):
    holders.client.save("Ours.", scope="team", team_key="alpha")
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert holders.client.delete("/accounts/teams/alpha").status_code == 409
        for delete in (operators.delete_user, operators.delete_team):
            with pytest.raises(Conflict):
                delete(
                    holders.user if delete is operators.delete_user else holders.team, by=OPERATOR
                )
        # What is shut out may come back.
        operators.set_active([holders.user], active=False, by=OPERATOR)
    carry_out()
    assert double.oauth.revoked == []
    assert Connection.objects.count() == 2
