"""The admin and the pages of the API in a real browser, under a policy that compiles nothing."""

import httpx
import pytest

from testing.clients.webdriver import IN_A_BROWSER, Browser

EMAIL, PASSWORD = "ops@example.com", "correct horse battery"
READY = (
    "return document.readyState === 'complete' && (!window.Alpine || !!document.body._x_dataStack)"
)
PAGES = [
    "/admin/",
    "/admin/superthread/memory/",
    "/admin/superthread/memory/?q=Jun",
    "/admin/superthread/version/",
    "/admin/superthread/grant/add/",
    "/admin/accounts/user/",
    "/admin/accounts/user/add/",
    "/admin/accounts/team/add/",
    "/admin/accounts/token/add/",
    "/admin/accounts/token/",
    "/admin/admin/logentry/",
]
SHOWN = "return [...document.querySelectorAll('{}')].some((one) => one.offsetParent !== null)"

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    directory = tmp_path_factory.mktemp("hub")
    with nursery.hub(directory, workers=1) as hub:
        hub.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
        hub.manage("createsuperuser", "--noinput", "--email", EMAIL)
        headers = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
        for content in ("Jun has the key.", "Mina has it."):
            body = {"content": content}
            httpx.post(f"{hub.url}/superthread/memories", json=body, headers=headers)
        yield hub


@pytest.fixture(scope="module")
def window(hub, tmp_path_factory):
    """A browser that has signed in."""
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.call("POST", "window/rect", width=1400, height=1000)
        browser.open(f"{hub.url}/admin/")
        browser.wait(READY)
        browser.type("[name=login]", EMAIL)
        browser.type("[name=password]", PASSWORD)
        browser.click("[type=submit]")
        browser.wait("return location.pathname === '/admin/'")
        yield browser


@pytest.fixture
def browser(window):
    yield window
    # Chromium's advice on forms, and the logo that ReDoc would fetch from its makers.
    wanted = ("[DOM]", "cdn.redoc.ly")
    said = [one for one in window.complaints() if not any(word in one for word in wanted)]
    assert said == []


def opened(browser, hub, path):
    browser.open(f"{hub.url}{path}")
    browser.wait(READY)


def test_no_policy_lets_a_page_compile_or_hold_scripts(hub):
    for path in ("/login", "/docs", "/redoc"):
        policy = httpx.get(f"{hub.url}{path}").headers["Content-Security-Policy"]
        assert "unsafe-eval" not in policy
        assert "script-src 'self';" in policy


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_admin_loads_without_a_complaint(browser, hub, path):
    opened(browser, hub, path)
    assert browser.run("return document.querySelector('#main, #content, form') !== null")


def test_the_side_bar_is_shut_and_stays_so(browser, hub):
    opened(browser, hub, "/admin/")
    shown = SHOWN.format("#nav-sidebar, #nav-sidebar-inner")
    assert browser.run(shown)
    for expected in (False, True):
        browser.run(
            "[...document.querySelectorAll('span')]"
            ".find((one) => one.textContent.trim() === 'dock_to_right' && one.offsetParent).click()"
        )
        browser.wait(f"return localStorage.getItem('sidebarDesktopOpen') === '{int(expected)}'")
        opened(browser, hub, "/admin/")
        assert browser.run(shown) is expected


def test_the_theme_is_chosen_and_remembered(browser, hub):
    opened(browser, hub, "/admin/")
    for theme in ("dark", "light"):
        choose = f"""[x-on\\\\:click="switchTheme('{theme}')"]"""
        browser.run(f"document.querySelector(`{choose}`).click()")
        dark = "return document.documentElement.classList.contains('dark')"
        browser.wait(dark if theme == "dark" else dark.replace("return ", "return !"))
        opened(browser, hub, "/admin/")
        assert browser.run(dark) is (theme == "dark")


def test_a_command_search_finds_a_model(browser, hub):
    opened(browser, hub, "/admin/")
    browser.run("window.dispatchEvent(new CustomEvent('opencommand'))")
    browser.wait(SHOWN.format("#search-input-command"))
    browser.type("#search-input-command", "memor")
    browser.wait("return document.querySelector('#command-results-list li') !== null")
    browser.run(
        "document.querySelector('#search-input-command').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))"
    )


def test_an_action_on_chosen_rows_is_carried_out(browser, hub):
    opened(browser, hub, "/admin/superthread/memory/")
    rows = "return document.querySelectorAll('[name=_selected_action]').length"
    before = browser.run(rows)
    browser.click("[name=_selected_action]")
    browser.wait(SHOWN.format("#changelist-actions select[name=action]"))
    browser.run(
        "const box = document.querySelector('#changelist-actions select[name=action]');"
        "box.value = [...box.options].find((one) => /trash/i.test(one.text)).value;"
        "box.dispatchEvent(new Event('change', {bubbles: true}))"
    )
    browser.wait(SHOWN.format("#changelist-actions button[type=submit]"))
    browser.click("#changelist-actions button[type=submit]")
    browser.wait("return document.readyState === 'complete'")
    browser.wait("return /Moved|trash/i.test(document.body.innerText)")
    assert before == 2


def test_the_pages_of_the_api_show_it(browser, hub):
    browser.open(f"{hub.url}/docs")
    browser.wait("return document.querySelectorAll('.opblock').length > 10")
    browser.run("document.querySelector('.opblock-summary-control').click()")
    browser.wait("return document.querySelector('.opblock.is-open') !== null")
    browser.open(f"{hub.url}/redoc")
    browser.wait("return document.querySelectorAll('[data-section-id]').length > 10")
