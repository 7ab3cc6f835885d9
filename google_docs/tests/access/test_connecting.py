"""Connecting a Google account, keeping it secret, and ending it."""

import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from google_docs.models import Connection
from google_docs.tests.access.connecting import PAGE, browser, connect, consented
from google_docs.tests.access.test_who_may import OAUTH, connected
from google_docs.tests.conftest import DocsClient
from memory_hub.accounts import services
from memory_hub.accounts.models import Team
from memory_hub.accounts.restrictions import Restriction
from memory_hub.core.identity import OPERATOR

KOREAN = {"accept-language": "ko"}


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
    assert "UTC부터 연결됨." in page.get(PAGE, headers=KOREAN).content.decode()
    DocsClient(mina).save("in my own account")
    assert {f.owner for f in double.world.files.values()} == {"person@example.com"}


def test_what_went_wrong_is_said_in_the_language_of_the_page(hub):
    page = browser(hub("mina@example.com"))
    connect(page)
    page.get("/google-docs/callback?state=another&code=x", headers=KOREAN)
    assert "요청한 동의가 아닙니다" in page.get(PAGE, headers=KOREAN).content.decode()


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
