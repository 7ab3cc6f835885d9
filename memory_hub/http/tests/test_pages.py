"""Pages for people: what browsers may do with them, and how often passwords may be guessed."""

import pytest
from django.core.cache import cache
from django.test import Client

from memory_hub.accounts.models import User

PASSWORD = "correct horse battery staple"
LOGIN = "/login"


@pytest.fixture
def browser(db, settings) -> Client:
    settings.AXES_FAILURE_LIMIT = 3
    cache.clear()
    User.objects.create_superuser(email="mina@example.com", password=PASSWORD)
    User.objects.create_superuser(email="jun@example.com", password=PASSWORD)
    return Client()


def log_in(browser: Client, email: str, password: str, address: str = "192.0.2.1"):
    form = {"login": email, "password": password}
    return browser.post(LOGIN, form, REMOTE_ADDR=address)


@pytest.mark.parametrize("path", [LOGIN, "/docs", "/redoc", "/no-such-page"])
def test_a_page_loads_from_the_hub_alone_and_is_framed_by_nobody(browser, path):
    answer = browser.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", [LOGIN, "/docs", "/redoc"])
def test_a_page_names_no_other_host(browser, path):
    text = browser.get(path).content.decode()
    assert "//fonts." not in text
    assert "//cdn" not in text


def test_only_pages_of_tools_may_run_scripts_of_their_own(browser):
    assert "unsafe" not in browser.get("/no-such-page").headers["Content-Security-Policy"]


def test_guessing_passwords_ends_soon_even_with_the_right_one(browser):
    for _ in range(2):
        assert log_in(browser, "mina@example.com", "wrong").status_code == 200
    assert log_in(browser, "mina@example.com", "wrong").status_code == 429
    assert log_in(browser, "mina@example.com", PASSWORD).status_code == 429


def test_capitals_do_not_give_more_attempts(browser):
    for spelling in ("mina@example.com", "MINA@example.com", " Mina@Example.com"):
        log_in(browser, spelling, "wrong")
    assert log_in(browser, "mina@example.com", PASSWORD).status_code == 429


def test_a_lockout_is_of_one_account_from_one_address(browser):
    for _ in range(3):
        log_in(browser, "mina@example.com", "wrong")
    assert log_in(browser, "jun@example.com", PASSWORD).status_code == 302
    browser.logout()
    assert log_in(browser, "mina@example.com", PASSWORD, "192.0.2.2").status_code == 302


def test_a_right_password_forgives_the_wrong_ones(browser):
    for _ in range(2):
        log_in(browser, "mina@example.com", "wrong")
    assert log_in(browser, "mina@example.com", PASSWORD).status_code == 302
    browser.logout()
    assert log_in(browser, "mina@example.com", "wrong").status_code == 200
