"""Every way into an account, in a real browser: by invitation and password, passkey, app and
recovery code, new passwords with and without mail, and single sign-on at a real provider."""

import time

import pytest

from testing.clients.webdriver import IN_A_BROWSER, Browser
from testing.servers.openid_provider import OpenIdProvider, install
from testing.servers.smtp_sink import SmtpSink
from web.tests.browser.windows import PASSWORD, against_the_policy, at, log_in
from web.tests.login.test_second_factors import code_of

ROOT, MINA, JUN = "root@example.com", "mina@example.com", "jun@example.com"
NEW = "another long pass phrase"
PEOPLE = (
    "from memory_hub.accounts.models import User; "
    f"User.objects.create_superuser('{ROOT}', '{PASSWORD}'); "
    f"[User.objects.create_user(one, '{PASSWORD}') for one in {[MINA, JUN]}]"
)
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}

pytestmark = IN_A_BROWSER


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
def quiet_hub(nursery, tmp_path_factory):
    """It sends no mail."""
    with nursery.hub(tmp_path_factory.mktemp("hub"), workers=1) as hub:
        hub.manage("shell", "--verbosity", "0", "-c", PEOPLE)
        yield hub


@pytest.fixture
def sign_on_hub(nursery, tmp_path):
    """It trusts a provider with addresses: Mina's is verified there, Jun's is not."""
    program = install(tmp_path / "venv")
    mina = {"sub": "m1", "email": MINA, "email_verified": True}
    jun = {"sub": "j1", "email": JUN, "email_verified": False}
    with OpenIdProvider(program, mina, jun) as provider:
        variables = {
            "OIDC_ISSUER": provider.url,
            "OIDC_CLIENT_ID": "hub",
            "OIDC_CLIENT_SECRET": "a secret",
            "OIDC_NAME": "Example ID",
            "OIDC_TRUST_EMAIL": "1",
        }
        (tmp_path / "data").mkdir()
        with nursery.hub(tmp_path / "data", workers=1, **variables) as hub:
            hub.manage("shell", "--verbosity", "0", "-c", PEOPLE)
            yield hub


@pytest.fixture
def browser(tmp_path):
    with Browser(tmp_path / "profile") as window:
        yield window


def log_out(browser):
    browser.click(".account > summary")
    browser.click(".account form button")
    at(browser, "/login")


def invited(browser, hub, post):
    """Mina has an account by a link in a mail, and is logged in."""
    log_in(browser, hub.url, ROOT)
    at(browser, "/memories")
    browser.open(f"{hub.url}/account/invitations")
    browser.type("[name=email]", MINA)
    browser.click("main form button")
    link = post.link(MINA, "/invitation/")
    log_out(browser)
    browser.open(link)
    browser.type("[name=password]", PASSWORD)
    browser.click("main [type=submit]")
    at(browser, "/memories")


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
    at(browser, "/memories")
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
    log_in(browser, hub.url, MINA, NEW)
    at(browser, "/login/code")


def test_somebody_is_invited_uses_a_passkey_and_sets_a_new_password(browser, hub, post):
    invited(browser, hub, post)
    with_a_passkey(browser, hub)
    with_a_new_password(browser, hub, post)
    assert against_the_policy(browser) == []


def submit(browser, **fields):
    """Fills in the form of the page and sends it."""
    for name, text in fields.items():
        browser.clear(f"main [name={name}]")
        browser.type(f"main [name={name}]", text)
    browser.click("main form [type=submit]")


def shown(browser):
    return browser.run("return document.body.innerText")


def test_the_app_or_a_recovery_code_opens_after_the_password(browser, quiet_hub):
    log_in(browser, quiet_hub.url, MINA)
    at(browser, "/memories")
    browser.open(f"{quiet_hub.url}/account/security/app")
    at(browser, "/account/confirm")
    submit(browser, password=PASSWORD)
    at(browser, "/account/security/app")
    is_drawn = "const code = document.querySelector('main img'); return code.naturalWidth > 0"
    assert browser.run(is_drawn)
    secret = browser.run("return document.querySelector('#authenticator_secret').value")
    first = fresh_code(secret)
    submit(browser, code=first)
    at(browser, "/account/security/codes")
    codes = browser.run("return document.querySelector('#recovery_codes').value").split()
    log_out(browser)

    def with_the_password():
        log_in(browser, quiet_hub.url, MINA)
        at(browser, "/login/code")

    with_the_password()
    browser.open(f"{quiet_hub.url}/account")
    at(browser, "/login/code")
    submit(browser, code=codes[0])
    at(browser, "/memories")
    log_out(browser)
    with_the_password()
    submit(browser, code=codes[0])
    browser.wait("return document.querySelector('ul.errorlist') !== null")
    submit(browser, code=codes[1])
    at(browser, "/memories")
    log_out(browser)
    with_the_password()
    submit(browser, code=fresh_code(secret, used=first))
    at(browser, "/memories")
    assert against_the_policy(browser) == []


def fresh_code(secret, used=""):
    """What the app shows, once it is another code and not about to change."""
    while (code := code_of(secret)) == used or time.time() % 30 > 20:
        time.sleep(0.5)
    return code


def test_without_mail_staff_make_the_link_to_a_new_password(browser, quiet_hub):
    browser.open(f"{quiet_hub.url}/account/reset")
    assert "administrators" in shown(browser)
    log_in(browser, quiet_hub.url, ROOT)
    at(browser, "/memories")
    browser.open(f"{quiet_hub.url}/admin/accounts/user/?q={JUN}")
    for link in ("#result_list a[href*='/change/']", "a[href*='/reset_link/']"):
        browser.open(browser.run(f'return document.querySelector("{link}").href'))
    browser.click("#content form [type=submit]")
    link = browser.wait("return document.querySelector('code.hub-secret')?.innerText")
    browser.open(f"{quiet_hub.url}/account")
    log_out(browser)

    browser.open(link)
    submit(browser, password1=NEW, password2=NEW)
    at(browser, "/account/reset/done")
    browser.open(link)
    assert browser.run("return document.querySelector('[name=password1]') === null")
    log_in(browser, quiet_hub.url, JUN)
    browser.wait("return document.querySelector('ul.errorlist') !== null")
    log_in(browser, quiet_hub.url, JUN, NEW)
    at(browser, "/memories")
    assert JUN in shown(browser)


def sign_on(browser, sub):
    """From the button of the hub over the provider's page and back."""
    browser.click("form[action*='/account/oidc/login'] button")
    browser.wait("return document.querySelector('[name=sub]') !== null")
    browser.type("[name=sub]", sub)
    browser.click("[type=submit]")


def test_people_sign_on_at_a_provider_by_address_or_once_connected(browser, sign_on_hub):
    hub = sign_on_hub
    browser.open(f"{hub.url}/login")
    sign_on(browser, "m1")
    at(browser, "/memories")
    assert MINA in shown(browser)
    log_out(browser)

    sign_on(browser, "j1")
    browser.wait(f"return location.href.startsWith('{hub.url}/account/oidc/')")
    browser.open(f"{hub.url}/account")
    at(browser, "/login")
    log_in(browser, hub.url, JUN)
    at(browser, "/memories")
    browser.open(f"{hub.url}/account/confirm?next=/account")
    submit(browser, password=PASSWORD)
    at(browser, "/account")
    sign_on(browser, "j1")
    browser.wait("return document.querySelector('.account form button') !== null")
    assert browser.run("return location.origin") == hub.url
    log_out(browser)
    sign_on(browser, "j1")
    at(browser, "/memories")
    assert JUN in shown(browser)
