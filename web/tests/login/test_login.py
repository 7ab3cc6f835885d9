"""One page takes passwords, for the admin and the dashboard too."""

import re

import httpx
import pytest
from django.test import Client

from memory_hub.accounts.models import User
from testing.clients.admin_site import PASSWORD, Browser
from testing.clients.browsing import Person, hashing
from web.tests.login.forms import JUN, MINA, log_in, send

MAKE = (
    "from memory_hub.accounts.models import User; "
    f"[User.objects.create_user(one, '{PASSWORD}') for one in {[MINA, JUN]}]"
)
SENT_ON = [
    "https://evil.example/",
    "//evil.example/",
    "http:///evil.example",
    "/\\evil.example",
    "http://localhost:9999/",
    "javascript:alert(1)",
]


def test_whoever_has_an_account_logs_in_and_out(browser, mina):
    entered = log_in(browser, "Mina@Example.com")
    assert (entered.status_code, entered.headers["Location"]) == (302, "/memories")
    assert MINA in browser.get("/account").content.decode()
    assert browser.get("/logout").status_code == 200
    assert browser.get("/account").status_code == 200
    assert send(browser, "/logout").headers["Location"] == "/login"
    assert browser.get("/account").headers["Location"] == "/login?next=/account"


def test_a_form_without_its_token_is_refused(browser):
    form = {"login": MINA, "password": PASSWORD}
    assert browser.post("/login", form).status_code == 403


def test_the_session_before_is_not_the_one_after(browser, mina):
    """Or somebody could leave a session on a machine and wait for who logs into it."""
    browser.session.save()
    browser.get("/login?next=/account")
    before = browser.session.session_key
    log_in(browser)
    after = browser.session.session_key
    assert after != before
    stolen = Client()
    stolen.cookies["sessionid"] = before
    assert stolen.get("/account").status_code == 302


@pytest.mark.parametrize("wanted", SENT_ON)
def test_nobody_is_sent_on_to_another_host(browser, wanted):
    entered = log_in(browser, next=wanted)
    assert entered.headers["Location"] == "/memories"
    assert browser.get("/login", {"next": wanted}).headers["Location"] == "/memories"


def test_the_page_that_was_wanted_is_shown_afterwards(browser):
    assert log_in(browser, next="/docs?a=b").headers["Location"] == "/docs?a=b"


def _text(answer, address):
    """The page, without what differs each time."""
    text = answer.content.decode().replace(address, "…")
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", text)


def test_a_refusal_tells_nobody_whether_there_is_an_account(browser, mina, settings):
    off = User.objects.create_user("off@example.com", PASSWORD, is_active=False)
    assert off.check_password(PASSWORD)
    wrong = log_in(browser, MINA, "wrong")
    for address in ("nobody@example.com", "off@example.com"):
        other = log_in(browser, address)
        assert other.status_code == wrong.status_code == 200
        assert _text(other, address) == _text(wrong, MINA)


def test_a_log_in_hashes_one_password_for_every_address(browser, mina):
    token_only = User.objects.create_user("token@example.com")
    for address in (MINA, "nobody@example.com", token_only.email):
        with hashing() as hashed:
            log_in(browser, address, "wrong")
        assert len(hashed) == 1


@pytest.mark.parametrize("known", [True, False])
def test_passwords_from_many_places_count_together(mina, settings, monkeypatch, known):
    """The same for an address without an account; from one place alone nobody is kept out."""
    from memory_hub.accounts import attempts
    from memory_hub.rate_limits import limiter

    settings.HUB_LOGIN_LIMIT, settings.AXES_FAILURE_LIMIT = "3/hour", 2
    limiter.per_login.cache_clear()
    monkeypatch.setattr(attempts, "per_login", limiter.per_login)
    address = MINA if known else "nobody@example.com"
    answers = []
    for number in (1, 1, 1, 1, 2, 3):
        person = Person(address, REMOTE_ADDR=f"198.51.100.{number}")
        answers.append(person.enter("wrong" if number < 3 else PASSWORD))
    limiter.per_login.cache_clear()
    assert [one.status_code for one in answers] == [200, 429, 429, 429, 200, 200]
    texts = [one.content.decode() for one in (answers[-2], answers[-1])]
    assert ["Too many failed login attempts" in one for one in texts] == [False, True]


def test_the_admin_has_no_form_of_its_own(browser, mina):
    asked = browser.get("/admin/login/?next=/admin/accounts/user/")
    assert asked.headers["Location"] == "/login?next=/admin/accounts/user/"
    form = {"username": MINA, "password": PASSWORD}
    assert send(browser, "/admin/login/", **form).status_code == 302
    assert browser.get("/account").status_code == 302
    log_in(browser)
    # Not back to the log-in, which would send them here again.
    assert browser.get("/admin/login/?next=/admin/").status_code == 403
    asked = browser.get("/admin/password_change/")
    assert asked.headers["Location"] == "/account/password"


def test_staff_come_from_the_admin_through_the_log_in_to_it(db):
    staff = Browser()
    staff.logout()
    assert staff.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"
    staff.get("/login?next=/admin/")
    entered = staff.send("/login", login=staff.user.email, password=PASSWORD, next="/admin/")
    assert entered.headers["Location"] == "/admin/"
    assert "Memory Hub" in staff.text("/admin/")


@pytest.mark.parametrize("wanted", SENT_ON)
def test_who_is_logged_in_is_sent_on_to_no_other_host_either(browser, wanted):
    log_in(browser)
    assert browser.get("/login", {"next": wanted}).headers["Location"] == "/memories"


@pytest.mark.parametrize("path", ["/login", "/account/reset", "/account/reset/sent", "/logout"])
def test_a_page_has_the_strictest_policy_and_no_script(browser, path):
    log_in(browser) if path == "/logout" else None
    answer = browser.get(path)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    text = answer.content.decode()
    # Scripts of passkeys are files; what stands between them is data.
    assert (
        re.findall(r'<script(?! src=| data-allauth-onload="[\w.]+" type="application/json")', text)
        == []
    )
    assert "style=" not in text


def test_a_page_speaks_the_language_of_the_browser_or_of_its_switch(browser):
    korean = browser.get("/login", HTTP_ACCEPT_LANGUAGE="ko-KR,ko;q=0.9")
    assert '<html lang="ko">' in korean.content.decode()
    assert "Accept-Language" in korean.headers["Vary"]
    assert '<html lang="en">' in browser.get("/login").content.decode()
    send(browser, "/account/language", language="ko", next="/login")
    assert '<html lang="ko">' in browser.get("/login").content.decode()


def test_the_language_of_a_page_does_not_stay_with_its_thread(nobody, db):
    nobody.get("/login", headers={"Accept-Language": "ko"})
    answer = nobody.post("/superthread/search", json={})
    assert answer.json()["title"].isascii()


def test_every_account_has_a_row_of_its_address(db, mina, client):
    from allauth.account.models import EmailAddress

    from memory_hub.accounts import services
    from memory_hub.core.identity import OPERATOR

    services.ensure_user("jun@example.com", by=OPERATOR)
    root = Browser()
    root.send("/admin/accounts/user/add/", email="sora@example.com", usable_password="false")
    people = set(User.objects.values_list("email", flat=True))
    proven = EmailAddress.objects.filter(verified=True, primary=True)
    assert set(proven.values_list("email", flat=True)) == people
    assert len(people) == 4


def test_accounts_from_before_get_the_row(db):
    from importlib import import_module

    from allauth.account.models import EmailAddress
    from django.apps import apps

    for number in range(3):
        User.objects.create_user(f"u{number}@example.com")
    EmailAddress.objects.filter(email__in=["u0@example.com", "u1@example.com"]).delete()
    step = import_module("memory_hub.accounts.migrations.0005_email_addresses")
    for _ in range(2):
        step.for_everybody(apps, None)
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == 3


def test_the_admin_has_no_page_past_the_services(db):
    root = Browser()
    for label in ("account", "mfa", "usersessions", "socialaccount"):
        assert root.get(f"/admin/{label}/").status_code == 404
    assert "/admin/account/" not in root.text("/admin/")


@pytest.mark.drill
def test_all_workers_count_guesses_together(new_hub):
    """What one process has counted the next one knows: nobody gets attempts of each worker."""
    hub = new_hub(workers=1, HUB_LOGIN_ATTEMPTS=3, HUB_LOGIN_LIMIT="4/hour")
    hub.manage("shell", "-c", MAKE)

    def guess(address, password):
        with httpx.Client(base_url=hub.url, headers={"Referer": hub.url}) as browser:
            browser.get("/login")
            token = browser.cookies["csrftoken"]
            form = {"csrfmiddlewaretoken": token, "login": address, "password": password}
            return browser.post("/login", data=form).status_code

    first = hub.workers()
    assert [guess(MINA, "wrong") for _ in range(2)] == [200, 200]
    hub.stop()
    hub.start()
    assert not set(first) & set(hub.workers())
    # Of the account from this address three, the log-ins from this address four.
    assert [guess(MINA, "wrong"), guess(JUN, "wrong"), guess(JUN, PASSWORD)] == [429, 200, 429]
