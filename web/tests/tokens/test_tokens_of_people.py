"""Tokens by pages: after confirming that it is oneself, in words, shown once, narrowed, revoked."""

import re

import pytest
from django.utils import timezone

from memory_hub.accounts import services
from memory_hub.accounts.models import Token
from memory_hub.accounts.scopes import personal_scopes
from memory_hub.core.identity import OPERATOR
from testing.clients.browsing import PASSWORD, inside
from testing.clients.in_process import Client

MINA, JUN = "mina@example.com", "jun@example.com"
SECRET = re.compile(r'id="secret">(mh_[\w-]+)<')
SURE = {"sure": "yes"}


@pytest.fixture
def mina(db):
    services.place_member(key="alpha", email=MINA, role="member", by=OPERATOR)
    person = inside(MINA)
    person.send("/account/confirm", password=PASSWORD, next="/tokens/new")
    return person


def make(mina, **fields):
    form = {"name": "laptop", "scopes": ["memories:read"], "days": "30", **fields}
    return mina.send("/tokens/new", **form)


def test_whoever_was_logged_in_long_ago_confirms_that_it_is_them(db, settings):
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    person = inside(MINA)
    for answer in (person.get("/tokens/new"), make(person)):
        assert answer.headers["Location"].startswith("/account/confirm")
    assert not Token.objects.exists()


def test_a_token_is_shown_once_and_works(mina, threads):
    answer = make(mina)
    assert "no-store" in answer.headers["Cache-Control"]
    secret = SECRET.search(answer.content.decode())[1]
    me = Client(secret, mina.user, threads).get("/accounts/me").json()
    assert (me["email"], me["scopes"]) == (MINA, ["memories:read"])
    text = mina.text("/tokens")
    assert secret not in text
    assert "laptop" in text
    assert secret[:9] in text


def test_it_is_told_in_words_what_it_may_do_and_when_it_was_used(mina):
    make(mina, read_only="1", personal="1", category="ideas", path_prefix="notes")
    token = Token.objects.get()
    assert token.restriction.path_prefix == "notes/"
    text = mina.text("/tokens")
    for words in ("your own personal memories", "ideas", "notes/", "reading only", "never used"):
        assert words in text
    Token.objects.update(last_used_at=timezone.now())
    assert "last used" in mina.text("/tokens")
    assert "내 개인 메모리" in mina.text("/tokens", headers={"Accept-Language": "ko"})


@pytest.mark.parametrize(
    "fields",
    [
        {"scopes": []},
        {"scopes": ["memories:eat"]},
        {"scopes": ["monitoring:write"]},
        {"teams": ["beta"]},
        {"path_prefix": "a//b"},
        {"name": "x" * 65},
        {"scopes": ["memories:write"], "read_only": "1"},
    ],
)
def test_what_is_not_theirs_to_give_is_refused(mina, fields):
    answer = make(mina, **fields)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert not Token.objects.exists()


def test_a_token_for_a_team_is_for_that_team(mina):
    make(mina, teams=["alpha"])
    assert "memories of the teams alpha" in mina.text("/tokens")


def test_a_token_is_revoked_after_asking(mina, threads):
    secret = SECRET.search(make(mina).content.decode())[1]
    token = Token.objects.get()
    client = Client(secret, mina.user, threads)
    assert "Revoke it?" in mina.send("/tokens", do="revoke", token=token.pk).content.decode()
    assert client.get("/accounts/me").status_code == 200
    mina.send("/tokens", do="revoke", token=token.pk, **SURE)
    assert client.get("/accounts/me").status_code == 401
    assert "You have no token." in mina.text("/tokens")


def test_tokens_of_others_are_neither_seen_nor_revoked(mina):
    jun = inside(JUN)
    theirs, _ = services.create_token(
        user_id=jun.user.pk, scopes=personal_scopes(), name="of Jun", by=OPERATOR
    )
    assert "of Jun" not in mina.text("/tokens")
    for token in (theirs.pk, 10**9, "x"):
        assert mina.send("/tokens", do="revoke", token=token, **SURE).status_code == 404
    theirs.refresh_from_db()
    assert theirs.revoked_at is None
