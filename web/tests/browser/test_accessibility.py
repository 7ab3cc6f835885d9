"""No page shuts anybody out: axe finds nothing on any of them, in both languages, light and dark,
narrow and wide; nothing is wider than the window, and the console stays empty.

https://github.com/dequelabs/axe-core: its rules for WCAG 2.0 to 2.2, levels A and AA, and its best
practices.
"""

import json
import re

import pytest

from testing.clients.foreign import from_npm
from testing.clients.webdriver import IN_A_BROWSER, Browser
from web.tests.browser.windows import PASSWORD, at, log_in
from web.tests.routes import page_paths

MINA = "mina@example.com"
AXE = "axe-core@4.14.1"
WORLD = """
from memory_hub.accounts import services
from memory_hub.accounts.models import User
from memory_hub.accounts.principal import principal_of
from memory_hub.core.identity import OPERATOR
from superthread.services.save import save
from superthread.services.lifecycle import trash
from superthread.services.sharing import change_grants
from superthread.store_terms import Draft
mina, jun = (User.objects.create_user(one, {password!r}) for one in {people!r})
services.place_member(key="alpha", email=mina.email, role="admin", by=OPERATOR)
services.place_member(key="beta", email=mina.email, role="member", by=OPERATOR)
by, other = principal_of(mina, "command"), principal_of(jun, "command")
long = "# A title\\n\\n- [ ] a task\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |\\n\\n```\\ncode\\n```\\n"
long += "x" * 300
for content in (long, "배포는 화요일", "A note"):
    row = save(Draft(content, metadata={{"tags": ["deploy"]}}, path=None), by=by)
gone = save(Draft("Gone"), by=by)
trash(doc_id=str(gone["doc_id"]), by=by, expected=None)
offered = save(Draft("Offered"), by=other)
change_grants(doc_id=str(offered["doc_id"]), changes={{mina.email: "viewer"}}, by=other)
print("doc_id", row["doc_id"])
"""
# Not pages to look at: they end a session, send a file, take forms alone, are a part of a page, or
# lead on to somewhere else.
ELSEWHERE = re.compile(
    "account_logout|_code|openid|socialaccount|reauthenticate|confirm_by|inactive|download"
    "|account_login|mfa_authenticate|set_language|export_part|take_out_part"
    "|memory_suggestions|ask_for_proof|mfa_login_webauthn|bulk|preview"
)

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    place = from_npm(tmp_path_factory.mktemp("axe"), AXE)
    return (place / "axe-core" / "axe.min.js").read_text()


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    with nursery.hub(tmp_path_factory.mktemp("hub"), workers=1) as made:
        script = WORLD.format(password=PASSWORD, people=[MINA, "jun@example.com"])
        said = made.manage("shell", "--verbosity", "0", "-c", script)
        made.doc_id = said.split("doc_id ")[1].split()[0]
        yield made


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as window:
        yield window


def entered(browser, hub):
    browser.open(f"{hub.url}/login")
    browser.call("DELETE", "cookie")
    log_in(browser, hub.url, MINA)
    at(browser, "/memories")


def looks(browser):
    """Narrow and wide, light and dark; each pair of them that differs in what can be wrong."""
    for width, scheme in ((320, "light"), (1440, "dark"), (1440, "light"), (320, "dark")):
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.cdp("Emulation.setDeviceMetricsOverride", **metrics)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        browser.cdp("Emulation.setEmulatedMedia", features=[feature])
        yield f"{width} {scheme}"


def wrong_with(browser, axe):
    """What axe says of the page as it is shown now."""
    browser.run(f"if (!window.axe) {{ {axe} }}")
    browser.run("for (const one of document.querySelectorAll('details')) one.open = false")
    found = browser.run("return axe.run(document).then((told) => told.violations)")
    told = [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"][:3]]
    widest = browser.run("return document.documentElement.scrollWidth - innerWidth")
    return told + ([f"wider than the window by {widest}"] if widest > 0 else [])


@pytest.mark.parametrize("language", ["en", "ko"])
def test_axe_finds_nothing_on_any_page(browser, hub, axe, language):
    entered(browser, hub)
    headers = {"Accept-Language": language}
    browser.cdp("Network.enable")
    browser.cdp("Network.setExtraHTTPHeaders", headers=headers)
    browser.complaints()
    wrong = {}
    paths = [
        "/oauth/clients",
        *page_paths(ELSEWHERE, doc_id=hub.doc_id, key="alpha", team_key="alpha"),
    ]
    assert len(paths) > 15
    for path in [*paths, "/memories?q=note", "/memories?scope=team", "/memories?cursor=x", "/none"]:
        browser.open(f"{hub.url}{path}")
        for look in looks(browser):
            if found := wrong_with(browser, axe):
                wrong[f"{path} {look}"] = found
    against = [one for one in browser.complaints() if "Security Policy" in one]
    assert (wrong, against) == ({}, []), json.dumps(wrong, indent=1, ensure_ascii=False)


def test_axe_finds_nothing_before_the_log_in(browser, hub, axe):
    browser.call("DELETE", "cookie")
    wrong = {}
    for path in ("/", "/login", "/account/reset", "/signup"):
        browser.open(f"{hub.url}{path}")
        for look in looks(browser):
            if found := wrong_with(browser, axe):
                wrong[f"{path} {look}"] = found
    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)
