"""Letting a client in with a real browser, which holds forms, redirects and cookies to policies
that a test's own client knows nothing of."""

import json
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from integrations.oauth.tests.flow import Agent
from testing.clients.webdriver import IN_A_BROWSER, Browser
from testing.servers.serving import serving

EMAIL, PASSWORD = "mina@example.com", "a long pass phrase 1"
ACCOUNT = f"""
from memory_hub.accounts.models import User

User.objects.create_user({EMAIL!r}, {PASSWORD!r})
"""
START = "memories:read memories:write"
IS_READY = "return document.readyState === 'complete' && location.pathname === '{}'"

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    with nursery.hub(tmp_path_factory.mktemp("hub"), workers=1) as made:
        made.manage("shell", "--verbosity", "0", "-c", ACCOUNT)
        yield made


@pytest.fixture
def browser(tmp_path):
    with Browser(tmp_path / "profile") as made:
        yield made


@pytest.fixture
def listener():
    """The program on the person's machine: what its browser brings."""
    told: Queue = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path.startswith("/callback"):
                told.put(parse_qs(urlsplit(self.path).query))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<title>Back</title>")

        def log_message(self, *_):
            """Nothing."""

    # A connection that the browser opens in advance and keeps holds up no other, and not the end.
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with serving(server):
        yield server.server_address[1], told


class RealAgent(Agent):
    """A client over real connections, known to a real hub."""

    def __init__(self, hub, port, closing):
        self.hub, self.closing = hub, closing
        super().__init__(self.client(), f"http://127.0.0.1:{port}/callback")

    def client(self, **headers):
        return self.closing.enter_context(httpx.Client(base_url=self.hub.url, headers=headers))

    def question(self, **changes):
        return self.hub.url + super().question(resource=self.hub.url, **changes)

    def asking(self, token):
        return self.client(Authorization=f"Bearer {token}")


@pytest.fixture
def real_agent(hub, listener):
    """A registered client whose browser answers to the listener."""
    with ExitStack() as closing:
        yield RealAgent(hub, listener[0], closing).registered()


def told_by(told):
    return {name: values[0] for name, values in told.get(timeout=30).items()}


def test_a_person_lets_a_client_in_lets_it_do_more_and_shuts_it_out(
    hub, browser, listener, real_agent
):
    (_, told), agent = listener, real_agent
    browser.open(agent.question(scope=f"{START} memories:share"))
    browser.wait(IS_READY.format("/login"))
    browser.type("[name=login]", EMAIL)
    browser.type("[name=password]", PASSWORD)
    browser.click("main [type=submit]")
    browser.wait(IS_READY.format("/oauth/authorize"))
    shown = browser.run("return document.body.innerText")
    assert "An agent" in shown
    assert "a program on this computer" in shown
    assert "share memories" not in shown
    assert browser.run("return document.scripts.length") == 0
    browser.click("[value=allow]")
    answer = told_by(told)
    assert (answer["state"], answer["iss"]) == (agent.state, hub.url)
    agent.told = agent.exchange(answer["code"]).json()
    client = agent.asking(agent.told["access_token"])
    saved = client.post("/superthread/memories", json={"content": "By a client."})
    assert saved.status_code == 201
    path = f"/superthread/permissions/{saved.json()['doc_id']}"
    body = {"permissions": {"jun@example.com": "viewer"}}
    assert client.post(path, json=body).status_code == 403

    browser.open(agent.question(scope=f"{START} memories:share"))
    browser.wait(IS_READY.format("/oauth/authorize"))
    assert browser.run("return document.querySelector('fieldset strong').parentElement.innerText")
    browser.click("[value=everything]")
    browser.click("[value=allow]")
    more = agent.asking(agent.exchange(told_by(told)["code"]).json()["access_token"])
    assert more.post(path, json=body).status_code == 200

    browser.open(f"{hub.url}/oauth/clients")
    for left in (1, 0):
        browser.click("[name=end]")
        browser.wait(f"return document.querySelectorAll('[name=end]').length === {left}")
    assert client.get("/accounts/me").status_code == 401
    assert more.get("/accounts/me").status_code == 401
    assert browser.complaints() == []


def test_no_is_brought_to_the_client_as_well(hub, browser, listener, real_agent):
    (_, told), agent = listener, real_agent
    browser.open(f"{hub.url}/login")
    browser.type("[name=login]", EMAIL)
    browser.type("[name=password]", PASSWORD)
    browser.click("main [type=submit]")
    browser.wait(IS_READY.format("/memories"))
    browser.open(agent.question())
    browser.wait(IS_READY.format("/oauth/authorize"))
    browser.click("[value=deny]")
    assert told_by(told)["error"] == "access_denied"
    assert browser.complaints() == []


def test_a_refusal_reaches_the_client_of_a_person_who_just_logged_in(
    hub, browser, listener, real_agent
):
    (_, told), agent = listener, real_agent
    browser.open(agent.question(scope="accounts:manage"))
    browser.wait(IS_READY.format("/login"))
    browser.type("[name=login]", EMAIL)
    browser.type("[name=password]", PASSWORD)
    browser.click("main [type=submit]")
    answer = told_by(told)
    assert (answer["error"], answer["iss"]) == ("invalid_scope", hub.url)
    assert browser.complaints() == []


def test_a_page_of_another_origin_cannot_show_the_question(browser, listener, real_agent):
    """Who clicks would not see what on (clickjacking)."""
    (port, told), agent = listener, real_agent
    browser.open(f"http://127.0.0.1:{port}/other")
    browser.run(
        "const frame = document.createElement('iframe');"
        f"frame.src = {json.dumps(agent.question())}; document.body.append(frame); return true"
    )
    browser.wait("return document.querySelector('iframe').contentDocument === null")
    said = " ".join(browser.complaints())
    assert "frame-ancestors" in said
    assert told.empty()
