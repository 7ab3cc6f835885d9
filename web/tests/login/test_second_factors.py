"""Authenticator apps and recovery codes: no way in goes around them, and their seeds are sealed."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp

from memory_hub.accounts.encryption import decrypt, encrypt
from memory_hub.accounts.services import second_factors
from memory_hub.accounts.services.proving import take_over
from memory_hub.core.identity import OPERATOR
from testing.clients.browsing import PASSWORD, Person, inside
from testing.telling import recording

MINA = "mina@example.com"
APP, CODES = "/account/security/app", "/account/security/codes"


def code_of(secret: str) -> str:
    """What an app shows now."""
    counter = int(time.time()) // 30
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def confirm(person, path: str) -> str:
    """The page behind the question who is there."""
    asked = person.get(path)
    if asked.status_code == 302:
        where = asked.headers["Location"]
        person.text(where)
        person.send("/account/confirm", password=PASSWORD, next=path)
    return person.text(path)


@pytest.fixture
def mina(db):
    """Somebody with an app; ``secret`` is its seed, ``codes`` are for when it is lost."""
    person = inside(MINA)
    page = confirm(person, APP)
    assert "data:image/svg+xml" in page
    person.secret = person.session["mfa.totp.secret"]
    assert person.send(APP, code="000000").status_code == 200
    done = person.send(APP, code=code_of(person.secret), follow=True)
    person.codes = re.findall(r"\b\d{8}\b", done.content.decode())
    assert Authenticator.objects.filter(type="totp").count() == 1
    return person


@pytest.fixture
def coming(mina, settings):
    """The same person at another machine, who has given the password."""
    person = Person(MINA)
    asked = person.enter(next="/docs")
    assert asked.headers["Location"].startswith("/login/code")
    return person


def is_inside(person) -> bool:
    return person.get("/account").status_code == 200


def test_the_password_alone_opens_nothing(coming, nobody):
    assert not is_inside(coming)
    assert coming.get("/admin/").status_code == 302
    cookie = {"Cookie": f"sessionid={coming.cookies['sessionid'].value}"}
    assert nobody.get("/superthread/memories", headers=cookie).status_code == 401
    assert coming.send("/login/code", code="000000").status_code == 200
    assert not is_inside(coming)


def test_the_code_of_the_app_opens_and_the_page_that_was_wanted_follows(mina, coming, monkeypatch):
    # A code is good once: the one that set the app up was of this half minute.
    now = time.time() + 30
    monkeypatch.setattr(time, "time", lambda: now)
    entered = coming.send("/login/code", code=code_of(mina.secret))
    assert entered.headers["Location"] == "/docs"
    assert is_inside(coming)


def test_a_code_is_good_once(mina, monkeypatch):
    now = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: now)
    code = code_of(mina.secret)
    for expected in (True, False):
        person = Person(MINA)
        person.enter()
        person.send("/login/code", code=code)
        assert is_inside(person) is expected


def test_a_recovery_code_opens_once(mina, coming):
    assert len(mina.codes) == 10
    coming.send("/login/code", code=mina.codes[0])
    assert is_inside(coming)
    again = Person(MINA)
    again.enter()
    again.send("/login/code", code=mina.codes[0])
    assert not is_inside(again)


def test_guessing_codes_ends_as_guessing_passwords_does(mina, coming, settings):
    settings.AXES_FAILURE_LIMIT = 3
    for _ in range(2):
        assert coming.send("/login/code", code="000000").status_code == 200
    assert coming.send("/login/code", code="000000").status_code == 429
    assert coming.send("/login/code", code=mina.codes[0]).status_code == 429
    assert not is_inside(coming)
    # Nor does the password go on.
    assert Person(MINA).enter().status_code == 429


def test_guesses_from_many_addresses_count_together(mina, settings, monkeypatch):
    from memory_hub.accounts import attempts
    from memory_hub.rate_limits import limiter

    settings.HUB_LOGIN_LIMIT = "2/hour"
    limiter.per_login.cache_clear()
    monkeypatch.setattr(attempts, "per_login", limiter.per_login)
    for number in range(3):
        person = Person(MINA, REMOTE_ADDR=f"192.0.2.{number}")
        person.enter()
        code = mina.codes[0] if number == 2 else "000000"
        person.send("/login/code", code=code)
    limiter.per_login.cache_clear()
    assert not is_inside(person)


def test_who_sets_the_password_anew_still_needs_the_code(mina, sending):
    from testing.clients.browsing import link_in_mail

    owner = Person(MINA)
    owner.send("/account/reset", email=MINA)
    form = owner.get(link_in_mail(MINA)).headers["Location"]
    words = "another long pass phrase"
    owner.send(form, password1=words, password2=words)
    assert not is_inside(owner)
    assert owner.enter(words).headers["Location"].startswith("/login/code")


def test_seeds_lie_sealed_in_the_database(mina, settings):
    rows = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert mina.secret not in rows
    assert not set(mina.codes) & set(re.findall(r"\d{8}", rows))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key " * 6
    assert decrypt(Authenticator.objects.get(type="totp").data["secret"]) == mina.secret
    assert encrypt("a") != encrypt("a")


def test_under_another_key_no_code_is_right(mina, coming, settings, monkeypatch):
    now = time.time() + 30
    monkeypatch.setattr(time, "time", lambda: now)
    settings.SECRET_KEY = "another key " * 6
    for secret in (mina.secret, "", "AAAAAAAA"):
        coming.send("/login/code", code=code_of(secret))
        assert not is_inside(coming)


def test_what_is_added_and_removed_is_told(db):
    person = inside(MINA)
    confirm(person, APP)
    with recording() as events:
        person.send(APP, code=code_of(person.session["mfa.totp.secret"]))
        confirm(person, "/account/security/app/off")
        person.send("/account/security/app/off")
    assert not Authenticator.objects.exists()
    assert {(one.kind.value, one.origin.via) for one in events} == {("factors", "web")}
    assert events[0].actor.user_id == person.user.pk


def test_what_cannot_be_told_is_not_taken_away(mina, monkeypatch):
    def refuse(*events):
        raise RuntimeError("It cannot be told.")

    monkeypatch.setattr(second_factors, "tell", refuse)
    with pytest.raises(RuntimeError):
        mina.send("/account/security/app/off")
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_a_page_of_factors_asks_who_is_there_again(mina, monkeypatch):
    now = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: now)
    for path in ("/account/security/app/off", f"{CODES}/new", "/account/security/keys/add"):
        assert mina.get(path).headers["Location"].startswith("/account/confirm")


def test_staff_take_them_away_from_who_has_lost_them(mina, coming):
    root = inside("root@example.com", is_staff=True, is_superuser=True)
    root.send(f"/admin/accounts/user/{mina.user.pk}/remove_factors/")
    person = Person(MINA)
    person.enter()
    assert is_inside(person)


def test_the_owner_who_takes_an_account_over_meets_no_foreign_factor(mina):
    type(mina.user).objects.filter(pk=mina.user.pk).update(vouched_by="lead@example.com")
    take_over(mina.user.pk, by=OPERATOR)
    assert not Authenticator.objects.exists()


def test_sessions_are_listed_and_ended_one_or_all_others(db):
    first = inside(MINA)
    second, third = (Person(MINA, HTTP_USER_AGENT=name) for name in ("Second", "Third"))
    for person in (second, third):
        person.enter()
    page = first.text("/account/sessions")
    assert "Second" in page
    assert "Third" in page
    number = re.search(r">Third</span></td>\s*<td><form.*?value=\"(\d+)\">", page, re.S)[1]
    stranger = inside("jun@example.com")
    stranger.send("/account/sessions", session=number)
    assert is_inside(third)
    first.send("/account/sessions", session=number)
    assert (is_inside(first), is_inside(second), is_inside(third)) == (True, True, False)
    first.send("/account/sessions", session="others")
    assert (is_inside(first), is_inside(second)) == (True, False)


def test_the_page_of_passkeys_brings_what_a_browser_needs(db, settings):
    settings.HUB_PUBLIC_URL = "https://hub.example.com"
    person = inside(MINA)
    page = confirm(person, "/account/security/keys/add")
    assert '"id": "hub.example.com"' in page
    options = Person().get("/login/passkey", headers={"Accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["challenge"]
    nobody = Person()
    refused = nobody.send("/login/passkey", credential="{}")
    assert refused.headers["Location"] == "/login"
    assert not is_inside(nobody)
