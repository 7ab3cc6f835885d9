"""One token in whichever spelling: the same caller, the same answers, the same refusals."""

import json
import logging

import httpx
import pytest

from memory_hub.accounts import authentication
from memory_hub.caching.tests.exchange import ask, cached, hits
from testing.clients.in_process import Client, _loop
from testing.clients.spellings import SPELLINGS, basic, spelt

ME, TOKENS, MEMORIES = "/accounts/me", "/accounts/tokens", "/superthread/memories"
PAGE = "https://elsewhere.example"
WRONG = "mh_000000000000000000000000000000000000"


@pytest.mark.parametrize("how", SPELLINGS)
def test_a_token_is_its_users_however_it_is_spelt(mina, nobody, how):
    answer = nobody.get(ME, headers=spelt(mina.token, how))
    assert (answer.status_code, answer.json()["email"]) == (200, "mina@example.com")
    made = nobody.post(MEMORIES, json={"content": "Jun."}, headers=spelt(mina.token, how))
    assert made.status_code == 201


@pytest.mark.parametrize("how", SPELLINGS)
def test_what_is_no_token_is_401_in_every_spelling_and_asks_for_bearer(nobody, settings, how):
    settings.HUB_PUBLIC_READ = True
    for shown in ("", "no token", "mh_short", WRONG):
        answer = nobody.get(MEMORIES, headers=spelt(shown, how))
        assert answer.status_code == 401, shown
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize(
    "header",
    [
        *("Basic", "Basic ", "Basic :", "Basic not base64", "Basic 한", "Digest {}", "{}"),
        *("Bearer  {}", "Token  {}", 'Token token="{}"', "Bearer {}, Bearer {}"),
    ],
)
def test_what_looks_like_a_credential_and_is_none_is_401(mina, nobody, header):
    shown = header.replace("{}", mina.token).encode()
    assert nobody.get(ME, headers={"Authorization": shown}).status_code == 401


def test_the_user_name_beside_a_token_is_not_looked_at(mina, api, nobody):
    api("jun@example.com")
    shown = {"Authorization": f"Basic {basic(mina.token, 'jun@example.com')}"}
    assert nobody.get(ME, headers=shown).json()["email"] == "mina@example.com"
    swapped = {"Authorization": f"Basic {basic('', mina.token)}"}
    assert nobody.get(ME, headers=swapped).status_code == 401


def test_two_credentials_that_differ_are_401_whichever_is_good(mina, api, nobody):
    jun = api("jun@example.com")
    for one, other in ((mina.token, jun.token), (mina.token, WRONG), (WRONG, mina.token)):
        for word in ("Bearer", "Token"):
            shown = {"Authorization": f"{word} {one}", "x-api-key": other}
            assert nobody.get(ME, headers=shown).status_code == 401
    shown = {"Authorization": f"Basic {basic(mina.token)}", "x-api-key": jun.token}
    assert nobody.get(ME, headers=shown).status_code == 401
    assert nobody.get(ME, headers={**mina.headers, "x-api-key": ""}).status_code == 401


def test_one_header_that_comes_twice_is_401(mina):
    for name, value in (("Authorization", f"Bearer {mina.token}"), ("x-api-key", mina.token)):
        assert status_with([(name, value)]) == 200
        assert status_with([(name, value), (name, value)]) == 401


def status_with(headers):
    async def send():
        transport = httpx.ASGITransport(cached)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(ME, headers=headers)

    return _loop.run_until_complete(send()).status_code


def test_a_header_with_underscores_is_another_header(mina, nobody):
    assert nobody.get(ME, headers={"x_api_key": mina.token}).status_code == 401


@pytest.mark.parametrize("how", SPELLINGS)
def test_kept_answers_are_found_and_never_anothers(mina, api, how):
    jun = api("jun@example.com")
    mina.save("Jun has the key.")
    shown = {name.lower(): value for name, value in spelt(mina.token, how).items()}
    shown = {name.replace("-", "_"): value for name, value in shown.items()}
    for _ in range(2):
        found = ask(cached, None, MEMORIES, **shown)
        assert (found.status, json.loads(found.body)["count"]) == (200, 1)
    before = hits()
    ask(cached, None, MEMORIES, **shown)
    # Two headers are looked at each time anew.
    assert hits() == before + (how != "both")
    other = {name: value.replace(mina.token, jun.token) for name, value in shown.items()}
    if how.startswith("Basic"):
        other = {"authorization": f"Basic {basic(jun.token)}"}
    assert json.loads(ask(cached, None, MEMORIES, **other).body)["count"] == 0
    mixed = {"authorization": f"Bearer {mina.token}", "x_api_key": jun.token}
    assert ask(cached, None, MEMORIES, **mixed).status == 401


def test_a_key_has_one_answer_however_the_token_is_spelt(mina, nobody):
    body = {"name": "editor", "scopes": ["memories:read"]}
    told = [
        nobody.post(TOKENS, json=body, headers=spelt(mina.token, how) | {"Idempotency-Key": "once"})
        for how in SPELLINGS
    ]
    assert {answer.status_code for answer in told} == {201}
    # The answer holds a secret: it is opened with the token alone.
    assert len({answer.json()["token"] for answer in told}) == 1
    assert [answer.headers.get("Idempotent-Replayed") for answer in told] == [
        None,
        *["true"] * (len(SPELLINGS) - 1),
    ]


def test_a_page_elsewhere_changes_nothing_by_what_a_browser_sends_by_itself(mina, nobody, settings):
    """Browsers keep what was once typed for Basic, and send it along whoever's page asks."""
    by_itself = {**spelt(mina.token, "Basic"), "Origin": PAGE}
    memory = mina.save()
    path = f"{MEMORIES}/{memory['doc_id']}"
    assert nobody.delete(path, headers=by_itself).status_code == 403
    assert nobody.post(MEMORIES, json={"content": "x"}, headers=by_itself).status_code == 403
    assert nobody.delete(path, headers={**by_itself, "Origin": "null"}).status_code == 403
    # What it only reads it cannot see, and what a script names it chose to send.
    assert nobody.get(path, headers=by_itself).status_code == 200
    named = {"Authorization": f"Token {mina.token}", "Origin": PAGE}
    assert nobody.patch(path, json={"content": "y"}, headers=named).status_code == 200
    settings.CORS_ALLOWED_ORIGINS = [PAGE]
    assert nobody.patch(path, json={"content": "z"}, headers=by_itself).status_code == 200
    own = {**by_itself, "Origin": "http://localhost"}
    assert nobody.delete(path, headers=own).status_code == 204


def test_nobody_is_asked_for_a_password(client, nobody):
    pages = ("/", "/admin/", "/account/login", "/monitoring/dashboard", "/docs")
    for path in (*pages, ME, MEMORIES, "/mcp", "/oauth/token", "/nowhere"):
        for method in ("get", "post"):
            answer = getattr(nobody, method)(path)
            assert "basic" not in answer.headers.get("WWW-Authenticate", "").lower(), path


def test_no_spelling_of_a_token_is_logged(mina, nobody, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    hidden = {mina.token, basic(mina.token), basic(mina.token, "mina@example.com")}

    def ask_all():
        for how in SPELLINGS:
            for path in (ME, "/accounts/nowhere", f"{MEMORIES}?unknown=1"):
                answer = nobody.get(path, headers=spelt(mina.token, how))
                assert not any(text in answer.text for text in hidden)

    ask_all()
    monkeypatch.setattr(authentication, "principal_of_token", lambda *_: 1 / 0)
    ask_all()
    assert "ZeroDivisionError" in caplog.text
    assert not any(text in caplog.text for text in hidden)


@pytest.mark.parametrize("how", SPELLINGS)
def test_ai_clients_may_spell_it_so_too(mina, threads, how):
    client = Client(None, threads=threads)
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2025-11-25",
    }
    answer = client.post("/mcp", json=asked, headers=headers | spelt(mina.token, how))
    assert answer.status_code == 200
    assert answer.json()["result"]["tools"]


def test_pages_of_other_origins_may_name_both_headers(nobody, settings):
    settings.CORS_ALLOWED_ORIGINS = [PAGE]
    asked = {"Access-Control-Request-Method": "POST", "Origin": PAGE}
    told = nobody.request("OPTIONS", MEMORIES, headers=asked)
    allowed = told.headers["access-control-allow-headers"]
    assert {"authorization", "x-api-key"} <= {name.strip() for name in allowed.split(",")}


def test_the_document_has_every_spelling(mina):
    document = mina.get("/openapi.json").json()
    schemes = document["components"]["securitySchemes"]
    assert {name: one.get("scheme", one.get("name")) for name, one in schemes.items()} == {
        "token": "bearer",
        "basic": "basic",
        "apiKey": "x-api-key",
        "session": "sessionid",
    }
    for asked in (document["paths"][path]["get"]["security"] for path in (ME, TOKENS)):
        assert [{name: []} for name in ("token", "basic", "apiKey", "session")] == asked[:4]
