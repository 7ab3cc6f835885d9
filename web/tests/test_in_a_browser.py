"""From an invitation to a passkey, in a real browser, with mail that a real server takes."""

import pytest

from monitoring.tests.show.webdriver import Browser, missing
from testing.smtp_sink import SmtpSink

ROOT, MINA = "root@example.com", "mina@example.com"
PASSWORD, NEW = "correct horse battery staple", "another long pass phrase"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(bool(missing()), reason=f"not installed: {missing()}"),
]


@pytest.fixture(scope="module")
def post():
    with SmtpSink() as sink:
        yield sink


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory, post):
    made = nursery.hub(tmp_path_factory.mktemp("hub"), workers=1, EMAIL_URL=post.url)
    # Passkeys are for names, never for addresses.
    made.url = f"http://localhost:{made.port}"
    made.environment["HUB_PUBLIC_URL"] = made.url
    made.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    with made as hub:
        hub.manage("createsuperuser", "--noinput", "--email", ROOT)
        yield hub


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as window:
        yield window


def at(browser, path):
    browser.wait(f"return location.pathname === {path!r} && document.readyState === 'complete'")


def log_in(browser, hub, email, password):
    browser.open(f"{hub.url}/login")
    browser.type("[name=login]", email)
    browser.type("[name=password]", password)
    browser.click("main [type=submit]")


def log_out(browser):
    browser.click("header form button")
    at(browser, "/login")


def invited(browser, hub, post):
    """Mina has an account by a link in a mail, and is logged in."""
    log_in(browser, hub, ROOT, PASSWORD)
    at(browser, "/account")
    browser.open(f"{hub.url}/account/invitations")
    browser.type("[name=email]", MINA)
    browser.click("main form button")
    link = post.link(MINA, "/invitation/")
    log_out(browser)
    browser.open(link)
    browser.type("[name=password]", PASSWORD)
    browser.click("main [type=submit]")
    at(browser, "/account")


def with_a_passkey(browser, hub):
    browser.call("POST", "webauthn/authenticator", **AUTHENTICATOR)
    browser.open(f"{hub.url}/account/security/keys/add")
    at(browser, "/account/confirm")
    browser.type("[name=password]", PASSWORD)
    browser.click("main [type=submit]")
    at(browser, "/account/security/keys/add")
    browser.click("[name=passwordless]")
    browser.click("#mfa_webauthn_add")
    browser.wait("return !location.pathname.endsWith('/keys/add')")
    log_out(browser)
    browser.click("#passkey_login")
    at(browser, "/account")
    assert MINA in browser.run("return document.body.innerText")


def with_a_new_password(browser, hub, post):
    log_out(browser)
    browser.open(f"{hub.url}/account/reset")
    browser.type("[name=email]", MINA)
    browser.click("main [type=submit]")
    browser.open(post.link(MINA, "/account/reset/"))
    browser.type("[name=password1]", NEW)
    browser.type("[name=password2]", NEW)
    browser.click("main [type=submit]")
    at(browser, "/account/reset/done")
    # The passkey is a second factor now: a password alone opens nothing.
    log_in(browser, hub, MINA, NEW)
    at(browser, "/login/code")


def test_somebody_is_invited_uses_a_passkey_and_sets_a_new_password(browser, hub, post):
    invited(browser, hub, post)
    with_a_passkey(browser, hub)
    with_a_new_password(browser, hub, post)
    assert [one for one in browser.complaints() if "Content Security Policy" in one] == []
