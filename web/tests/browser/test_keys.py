"""The list of memories in a real browser: keys, rows that come by themselves, and the same by links
where no script runs."""

import pytest

from testing.clients.webdriver import IN_A_BROWSER, Browser
from web.tests.browser.windows import PASSWORD, at, log_in

MINA = "mina@example.com"
WORLD = f"""
from memory_hub.accounts.models import User
from memory_hub.accounts.principal import principal_of
from superthread.services.save import save
from superthread.store_terms import Draft
by = principal_of(User.objects.create_user({MINA!r}, {PASSWORD!r}), "command")
for number in range(120):
    save(Draft(f"note {{number}}"), by=by)
"""
ROWS = "document.querySelectorAll('.rows a.row-title').length"
FOCUSED = "return document.activeElement.textContent"

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    with nursery.hub(tmp_path_factory.mktemp("hub"), workers=1) as made:
        made.manage("shell", "--verbosity", "0", "-c", WORLD)
        yield made


@pytest.fixture
def browser(hub, tmp_path):
    with Browser(tmp_path / "profile") as window:
        log_in(window, hub.url, MINA)
        at(window, "/memories")
        window.wait("return document.documentElement.classList.contains('scripts')")
        yield window


def press(browser, *keys):
    for key in keys:
        browser.call("POST", "actions", actions=[
            {"type": "key", "id": "keys", "actions": [
                {"type": "keyDown", "value": key}, {"type": "keyUp", "value": key},
            ]},
        ])  # fmt: skip


def test_keys_move_open_edit_and_explain(browser):
    press(browser, "j", "j", "k", "j")
    assert browser.run(FOCUSED) == "note 118"
    press(browser, "?")
    browser.wait("return document.querySelector('#keys').open")
    # What is behind the help does not move.
    press(browser, "j", "\ue00c")
    browser.wait("return !document.querySelector('#keys').open")
    press(browser, "/")
    browser.wait("return document.activeElement.id === 'find'")
    press(browser, "j", "k", "?")
    assert browser.run("return document.activeElement.value") == "jk?"
    browser.run("document.querySelector('.rows a.row-title').focus()")
    press(browser, "e")
    browser.wait("return location.pathname.endsWith('/edit')")
    assert [one for one in browser.complaints() if "Security Policy" in one] == []


def test_rows_come_by_themselves_to_the_end(browser):
    last = "document.querySelector('.rows > li:last-child').scrollIntoView()"
    browser.wait(f"{last}; return {ROWS} === 120")
    assert browser.run("return document.querySelector('.row.more') === null")
    assert browser.run("return document.querySelectorAll('time[data-exact]').length") == 0


def test_without_scripts_links_lead_on(browser, hub):
    browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(f"{hub.url}/memories")
    browser.click(".row.more a")
    browser.wait("return location.search.includes('cursor')")
    assert browser.run(f"return {ROWS}") == 50
    assert (
        browser.run("return document.querySelector('.rows a.row-title').textContent") == "note 69"
    )
