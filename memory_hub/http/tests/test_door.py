"""Hosts, schemes and addresses: what stands in front of the hub, and what clients make up."""

import json

import httpx
import pytest

from memory_hub.asgi import application
from memory_hub.core.budget import bodies
from memory_hub.http.body_budget import USUAL
from memory_hub.http.proxies import BehindProxies
from testing.clients.in_process import _loop
from testing.clients.wire import Wire

PROBES = ["/monitoring/health/live", "/monitoring/health/ready", "/monitoring/metrics"]
INFO, MEMORIES = "/superthread/info", "/superthread/memories"


@pytest.fixture
def production(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.HUB_SCRAPE_TOKEN = "scrape-" + "x" * 30


@pytest.fixture
def in_production(production, monkeypatch):
    """The lean way with its middleware made anew: some of it reads its settings only once."""
    from memory_hub.http import application as entrance
    from memory_hub.http.api_handler import ApiHandler

    monkeypatch.setattr(entrance, "api", ApiHandler())


def ask(method, path, *, client=("127.0.0.1", 9), base="http://localhost", **options):
    """One request from this address, through the whole application."""

    async def send():
        transport = httpx.ASGITransport(options.pop("application", application), client=client)
        async with httpx.AsyncClient(transport=transport, base_url=base) as asking:
            return await asking.request(method, path, **options)

    return _loop.run_until_complete(send())


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize("path", PROBES)
@pytest.mark.parametrize("host", ["evil.example", "10.0.0.7:8000", "", "not a host"])
def test_probes_and_the_scrape_answer_whatever_the_host_is(mina, in_production, path, host):
    bearer = {"Authorization": "Bearer scrape-" + "x" * 30}
    for form in (path, path + "/"):
        answer = mina.get(form, headers={"Host": host, **bearer})
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("path", [INFO, "/monitoring/pool", "/docs", "/login"])
@pytest.mark.parametrize("host", ["evil.example", ""])
def test_everything_else_is_for_our_hosts(mina, path, host):
    assert mina.get(path, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", INFO),
        ("POST", "/superthread/memories"),
        ("DELETE", "/accounts/tokens/1"),
        ("GET", "/google-docs/info"),
        ("GET", "/monitoring/pool"),
        ("GET", "/openapi.json"),
        ("GET", "/superthread/nothing"),
    ],
)
def test_the_api_over_plain_http_is_refused_and_not_redirected(mina, in_production, method, path):
    answer = mina.request(method, path, json={"content": "Jun has the key."})
    assert (answer.status_code, answer.json()["code"]) == (403, "https-required")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "Location" not in answer.headers


def test_over_https_the_api_answers(mina, in_production):
    assert ask("GET", INFO, base="https://localhost", headers=mina.headers).status_code == 200


@pytest.mark.parametrize("forged", ["X-Forwarded-Host", "X-Forwarded-Prefix", "Forwarded"])
def test_no_header_of_a_client_changes_a_link(mina, nobody, forged):
    proxied = BehindProxies(application, ["127.0.0.1"])
    headers = {forged: "evil.example" if forged[0] == "X" else "host=evil.example"}
    answers = [
        mina.post("/superthread/memories", json={"content": "x"}, headers=headers),
        nobody.get("/admin/", headers=headers),
        nobody.get("/docs", headers=headers),
        ask("GET", "/", headers=headers, application=proxied),
    ]
    assert [answer.status_code for answer in answers] == [201, 302, 200, 302]
    assert not any("evil" in f"{answer.headers} {answer.text}" for answer in answers)


@pytest.mark.parametrize(
    "known", ["10.0.0.1", "10.0.0.0/8", "::ffff:10.0.0.1", "::ffff:10.0.0.0/104"]
)
@pytest.mark.parametrize("peer", ["10.0.0.1", "::ffff:10.0.0.1", "::ffff:a00:1"])
def test_a_proxy_is_known_by_its_address_in_either_spelling(monkeypatch, known, peer):
    from memory_hub.conf import env

    monkeypatch.setenv("HUB_TRUSTED_PROXIES", known)
    seen = []

    async def see(scope, receive, send):
        seen.append((scope["client"][0], scope["scheme"]))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    chain = "::ffff:192.0.2.7, [::ffff:10.0.0.1]:80, ::ffff:10.0.0.1"
    told = {"X-Forwarded-For": chain, "X-Forwarded-Proto": "https"}
    proxied = BehindProxies(see, env.networks("HUB_TRUSTED_PROXIES"))
    ask("GET", "/", client=(peer, 9), headers=told, application=proxied)
    assert seen == [("192.0.2.7", "https")]
    ask("GET", "/", client=("::ffff:11.0.0.1", 9), headers=told, application=proxied)
    assert seen[1][1] == "http"


@pytest.mark.django_db
def test_log_ins_of_an_address_count_in_either_spelling(threads, settings, monkeypatch):
    from memory_hub.http import rate_limiting
    from memory_hub.rate_limits import limiter

    settings.HUB_LOGIN_LIMIT = "2/minute"
    limiter.per_login.cache_clear()
    monkeypatch.setattr(rate_limiting, "per_login", limiter.per_login)
    form = {"login": "x@example.com", "password": "wrong"}
    spellings = ["192.0.2.9", "::ffff:192.0.2.9", "::ffff:c000:209"]
    try:
        answers = [ask("POST", "/login", client=(one, 9), data=form) for one in spellings]
    finally:
        limiter.per_login.cache_clear()
    assert answers[-1].status_code == 429
    assert "Too many requests" in answers[-1].text
    assert "다시 시도하세요" in answers[-1].text


def test_a_log_in_is_remembered_by_one_spelling_of_its_address(threads, rf, settings):
    seen = []
    settings.AXES_USERNAME_CALLABLE = lambda request, _: seen.append(request.META["REMOTE_ADDR"])
    ask(
        "POST",
        "/login",
        client=("::ffff:192.0.2.10", 9),
        data={"login": "x@example.com", "password": "wrong"},
    )
    assert set(seen) <= {"192.0.2.10"}


CORS = {"Origin": "https://app.example.com"}


@pytest.fixture
def shared(settings):
    settings.CORS_ALLOWED_ORIGINS = [CORS["Origin"]]


def readable(answer) -> bool:
    """Whether a page of the other origin may read the answer."""
    exposed = answer.headers.get("access-control-expose-headers", "")
    return (
        answer.headers.get("access-control-allow-origin") == CORS["Origin"]
        and "Retry-After" in exposed
        and "origin" in answer.headers.get("vary", "").lower()
    )


def test_what_is_refused_at_the_door_is_readable_for_pages_of_other_origins(
    mina, shared, settings, monkeypatch
):
    settings.HUB_REQUEST_SECONDS = 30
    large = mina.post(
        "/superthread/memories", content=b"x", headers={**CORS, "Content-Length": "99999999"}
    )
    assert (large.status_code, readable(large)) == (413, True)
    settings.HUB_REQUEST_SECONDS = 0.0
    late = mina.get("/superthread/stats", headers=CORS)
    assert (late.status_code, readable(late)) == (503, True)
    other = mina.get("/superthread/stats", headers={"Origin": "https://evil.example"})
    assert (other.status_code, other.headers.get("access-control-allow-origin")) == (503, None)


def test_a_large_body_is_refused_while_others_have_all_room_and_a_usual_one_is_not(
    mina, shared, monkeypatch
):
    monkeypatch.setattr(bodies, "spent", bodies.most)
    large = mina.post(MEMORIES, json={"content": "x" * 2 * USUAL}, headers=CORS)
    assert (large.status_code, readable(large)) == (503, True)
    assert (large.headers["Retry-After"], large.headers["Connection"]) == ("1", "close")
    assert bodies.spent == bodies.most
    assert mina.post(MEMORIES, json={"content": "x"}).status_code == 201
    monkeypatch.setattr(bodies, "spent", 0)
    assert mina.post(MEMORIES, json={"content": "x" * 2 * USUAL}).status_code == 201
    assert bodies.spent == 0


def test_https_required_is_readable_for_pages_of_other_origins(mina, shared, in_production):
    answer = mina.get(INFO, headers=CORS)
    assert (answer.status_code, readable(answer)) == (403, True)


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    """One hub for the rest of this file: it is only asked."""
    directory = tmp_path_factory.mktemp("hub")
    variables = {"HUB_BODY_SECONDS": "0.5", "HUB_CORS_ORIGINS": CORS["Origin"]}
    with nursery.hub(directory, workers=1, **variables) as started:
        started.secret = started.token("mina@example.com")
        yield started


def sent(wire, target, *lines, version="1.1"):
    head = [f"GET {target} HTTP/{version}", *lines, "", ""]
    return wire.send("\r\n".join(head).encode()).answer()


def status(answer) -> int:
    return answer[0]


def test_a_target_in_absolute_form_is_for_our_hosts_too(hub):
    bearer = f"Authorization: Bearer {hub.secret}"
    for target, host, expected in (
        (f"http://localhost{INFO}", "localhost", 200),
        (f"http://localhost{INFO}", "evil.example", 200),  # RFC 9112 3.2.2: the target counts
        (f"http://evil.example{INFO}", "localhost", 400),
        (f"http://user@localhost{INFO}", "localhost", 400),
        (f"http://evil.example{PROBES[0]}", "localhost", 200),
        (f"https://evil.example:1{INFO}", "localhost", 400),
    ):
        wire = Wire(hub)
        answer = sent(wire, target, f"Host: {host}", bearer)
        assert status(answer) == expected, (target, host)
        wire.close()


def test_a_request_without_a_host_or_with_two_is_refused(hub):
    bearer = f"Authorization: Bearer {hub.secret}"
    for lines, version, expected in (
        ([], "1.1", 400),
        ([], "1.0", 400),
        (["Host: localhost", "Host: localhost"], "1.1", 400),
        (["Host: localhost"], "1.1", 200),
        (["Host: localhost"], "1.0", 200),
    ):
        wire = Wire(hub)
        assert status(sent(wire, INFO, *lines, bearer, version=version)) == expected, lines
        wire.close()
    wire = Wire(hub)
    assert status(sent(wire, PROBES[0], version="1.0")) == 200
    wire.close()


def test_what_the_server_itself_refuses_is_readable_for_pages_of_other_origins(hub):
    origin = f"Origin: {CORS['Origin']}"
    for lines, expected in (
        (["Content-Length: 20", ""], 408),  # a body that does not come
        (["X-Unfinished: "], 408),  # a head that does not end
        (["X: " + "x" * 9000, ""], 431),
    ):
        wire = Wire(hub)
        head = [f"POST {INFO} HTTP/1.1", "Host: localhost", origin, *lines]
        code, headers, content = wire.send("\r\n".join([*head, ""]).encode()).answer()
        assert code == expected
        assert json.loads(content)["status"] == expected
        assert headers["access-control-allow-origin"] == CORS["Origin"], lines
        wire.close()
