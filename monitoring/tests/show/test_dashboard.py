"""The dashboard in a real browser: live figures, light and dark, phone, not one complaint."""

import json
import os
import re
import struct
from pathlib import Path

import httpx
import pytest

from monitoring.show.pages import CONTENT_SECURITY_POLICY
from testing.clients.webdriver import Browser, missing

EMAIL, PASSWORD = "ops@example.com", "correct horse battery"
SCRIPTS = tuple((Path(__file__).resolve().parents[2] / "static" / "monitoring").glob("*.js"))
SCROLL_BAR = 20  # at most, in pixels
LOADED = "return document.body.dataset.loaded"
NAMES = "[...document.querySelectorAll('#most-used td.name')]"
FETCHES = "return performance.getEntriesByType('resource').filter(e => e.name.includes('charts?'))"

needs_chromium = pytest.mark.skipif(
    bool(missing()),
    reason=f"not installed: {missing()} (Debian: chromium, chromium-driver)",
)


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    directory = tmp_path_factory.mktemp("hub")
    with nursery.hub(directory, workers=1, HUB_FLUSH_SECONDS="1") as hub:
        hub.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
        hub.manage("createsuperuser", "--noinput", "--email", EMAIL)
        headers = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
        with httpx.Client(base_url=hub.url, headers=headers) as client:
            for _ in range(20):
                client.get("/superthread/memories")
                client.get("/superthread/versions/absent/diff")
                client.post("/superthread/versions/absent/restore/1")
            client.get("/superthread/memories/absent")
        yield hub


@pytest.fixture(scope="module")
def browser(hub, tmp_path_factory):
    """A browser that has signed in and come to the dashboard by itself."""
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.call("POST", "window/rect", width=1400, height=1300)
        browser.open(f"{hub.url}/monitoring/dashboard")
        browser.type("[name=login]", EMAIL)
        browser.type("[name=password]", PASSWORD)
        browser.click("[type=submit]")
        browser.wait("return location.pathname === '/monitoring/dashboard'")
        # Of the sign-in page, which is not ours.
        browser.complaints()
        yield browser


@pytest.fixture
def page(browser, hub):
    """The dashboard, newly opened with the figures of the last hour."""
    browser.open(f"{hub.url}/monitoring/dashboard")
    browser.wait(LOADED)
    yield browser
    assert browser.complaints() == []


@pytest.mark.drill
@needs_chromium
def test_figures_and_charts_are_shown(page):
    assert int(page.run("return document.getElementById('requests').textContent")) >= 21
    assert page.run("return document.querySelectorAll('[data-chart] canvas').length") == 4
    text = page.run("return document.querySelector('main').innerText")
    for expected in ("GET /superthread/memories", "404 ×", "live", "default"):
        assert expected in text
    assert page.run("return document.getElementById('problem').hidden")


@pytest.mark.drill
@needs_chromium
def test_it_is_live_and_another_window_is_fetched_at_once(page):
    page.run("document.body.dataset.intervalMs = '50'")
    page.click("input[value='24h'] + *, label:nth-of-type(3)")
    assert page.wait("return document.body.dataset.loaded === '24h'")
    page.wait(f"{FETCHES}.length > 2")


@pytest.mark.drill
@needs_chromium
def test_it_rests_while_nobody_sees_it(page):
    hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
    tell = "document.dispatchEvent(new Event('visibilitychange'));"
    page.run(hide % "true" + tell)
    assert page.run("return document.getElementById('state').textContent") == "Paused"
    page.run(hide % "false" + tell)
    page.wait("return document.getElementById('state').textContent.startsWith('Live')")


@pytest.mark.drill
@needs_chromium
def test_the_pause_button_says_what_it_does(page):
    page.click("#pause")
    pressed = "return document.getElementById('pause').getAttribute('aria-pressed')"
    assert page.run(pressed) == "true"
    assert page.run("return document.getElementById('state').textContent") == "Paused"
    page.click("#pause")
    assert page.run(pressed) == "false"


@pytest.mark.drill
@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("device", "width"), [("desk", 1400), ("phone", 375)])
def test_it_fits_every_screen_in_light_and_dark(page, tmp_path, scheme, device, width):
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.cdp("Emulation.setEmulatedMedia", features=features)
    page.cdp(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=900,
        deviceScaleFactor=1,
        mobile=device == "phone",
    )
    page.wait(f"return innerWidth === {width}")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    page.wait(f"return {overflow} <= 0")
    shown = page.run(f"return {NAMES}.map(e => e.innerText)")
    assert "POST /superthread/versions/{doc_id}/restore/{version_id}" in shown
    assert page.run(f"return {NAMES}.filter(e => e.scrollWidth > e.clientWidth).length") == 0
    background = page.run("return getComputedStyle(document.body).backgroundColor")
    brightness = sum(int(part) for part in background.strip("rgb()").split(","))
    assert (brightness > 600) == (scheme == "light")
    # Where the run keeps them, for a person to look at.
    folder = os.environ.get("SCREENSHOTS", str(tmp_path))
    image = page.screenshot(Path(folder) / f"dashboard-{device}-{scheme}.png")
    assert struct.unpack(">I", image[16:20])[0] >= width - SCROLL_BAR
    page.cdp("Emulation.clearDeviceMetricsOverride")
    page.cdp("Emulation.setEmulatedMedia", features=[])


@pytest.mark.drill
@needs_chromium
def test_an_ended_session_is_said_with_a_way_back(page):
    page.call("DELETE", "cookie")
    page.click("label:nth-of-type(1)")
    assert "session has ended" in page.wait("return document.getElementById('problem').innerText")
    # The refusals are the only thing the console shows.
    assert all("401" in message or "403" in message for message in page.complaints())


@pytest.mark.django_db(databases="__all__")
def test_only_staff_see_the_page(client, django_user_model):
    answer = client.get("/monitoring/dashboard")
    assert (answer.status_code, answer.url) == (302, "/admin/login/?next=/monitoring/dashboard")
    client.force_login(django_user_model.objects.create(email="jun@example.com"))
    assert client.get("/monitoring/dashboard").status_code == 302


@pytest.mark.django_db(databases="__all__")
def test_the_policy_is_strict_and_nothing_is_inline(client, django_user_model):
    client.force_login(django_user_model.objects.create(email=EMAIL, is_staff=True))
    for path in ("/monitoring/dashboard", "/monitoring/dashboard/"):
        answer = client.get(path)
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        page = answer.content.decode()
        assert "unsafe" not in CONTENT_SECURITY_POLICY
        assert "<style" not in page
        assert "style=" not in page
        assert "http" not in page


@pytest.mark.django_db(databases="__all__")
def test_all_that_its_scripts_say_is_in_the_language_of_the_page(client, django_user_model):
    client.force_login(django_user_model.objects.create(email=EMAIL, is_staff=True))
    page = client.get("/monitoring/dashboard", headers={"accept-language": "ko"}).content.decode()
    handed = json.loads(re.search(r'<script id="words"[^>]*>(.*?)</script>', page)[1])
    said = {one for script in SCRIPTS for one in re.findall(r'said\("(.+?)"', script.read_text())}
    assert len(said) > 20
    assert {one for one in said if not re.search("[가-힣]", handed[one])} == set()
