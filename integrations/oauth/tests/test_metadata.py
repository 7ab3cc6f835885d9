"""What clients read before they ask, wherever they look for it."""

from dataclasses import replace

import pytest
from django.apps import apps

from integrations.oauth.tests.flow import HUB
from memory_hub.core import installed

SERVER, RESOURCE = (
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resource",
)
OPENID = "/.well-known/openid-configuration"


def test_the_server_tells_its_addresses_below_its_issuer(nobody):
    answer = nobody.get(SERVER)
    told = answer.json()
    assert told["issuer"] == HUB
    for name in ("authorization", "token", "registration", "revocation"):
        assert told[f"{name}_endpoint"].startswith(f"{HUB}/oauth/")
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["response_types_supported"] == ["code"]
    assert told["grant_types_supported"] == ["authorization_code", "refresh_token"]
    assert "none" in told["token_endpoint_auth_methods_supported"]
    assert told["authorization_response_iss_parameter_supported"] is True
    assert told["client_id_metadata_document_supported"] is True
    assert "accounts:manage" not in told["scopes_supported"]
    assert "max-age" in answer.headers["Cache-Control"]


def test_who_looks_for_a_provider_of_openid_finds_the_same(nobody):
    told, whole = nobody.get(SERVER).json(), nobody.get(OPENID).json()
    assert whole | told == whole
    assert nobody.get(whole["jwks_uri"].removeprefix(HUB)).json() == {"keys": []}


def test_the_hub_is_a_resource_and_says_who_lets_clients_in(nobody):
    told = nobody.get(RESOURCE).json()
    assert told["resource"] == HUB
    assert told["authorization_servers"] == [nobody.get(SERVER).json()["issuer"]]
    assert told["scopes_supported"] == ["memories:read", "memories:write"]


@pytest.mark.parametrize("path", [f"{SERVER}/x", f"{OPENID}/x", f"{RESOURCE}/superthread"])
def test_nothing_is_told_of_what_is_not_there(nobody, path):
    answer = nobody.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_they_are_read_and_nothing_else(nobody):
    answer = nobody.post(SERVER, json={})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert nobody.head(SERVER).status_code == 200


def test_below_a_path_each_stands_where_clients_look(nobody, settings):
    settings.HUB_PUBLIC_URL, settings.HUB_PATH_PREFIX = "https://example.com/hub", "/hub"
    for path in (SERVER, f"{SERVER}/hub", OPENID, f"{OPENID}/hub", RESOURCE, f"{RESOURCE}/hub"):
        told = nobody.get(path).json()
        assert told.get("issuer", told.get("resource")) == "https://example.com/hub", path


@pytest.fixture
def own_resource(monkeypatch):
    """The app of the memories as a resource of its own."""
    config = apps.get_app_config("superthread")
    monkeypatch.setattr(config, "features", replace(config.features, is_resource=True))
    installed.features.cache_clear()
    yield f"{HUB}/superthread"
    installed.features.cache_clear()


def test_an_app_may_be_a_resource_of_its_own(own_resource, nobody, agent, person):
    told = nobody.get(f"{RESOURCE}/superthread").json()
    assert told["resource"] == own_resource
    refused = nobody.get("/superthread/memories").headers["WWW-Authenticate"]
    assert f'resource_metadata="{HUB}{RESOURCE}/superthread"' in refused
    agent.let_in(person, resource=own_resource)
    assert agent.using().get("/superthread/memories").status_code == 200
    assert agent.using().get("/accounts/me").status_code == 401


def test_who_is_refused_is_told_where_to_ask(nobody):
    where = f'resource_metadata="{HUB}{RESOURCE}"'
    answer = nobody.get("/accounts/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == f'Bearer realm="memory-hub", {where}'
    answer = nobody.get("/superthread/memories", headers={"Authorization": "Bearer mho_no"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer realm="memory-hub", error="invalid_token", {where}'
    )


def test_who_lacks_a_scope_is_told_which(api):
    reader = api("jun@example.com", scopes=["memories:read"])
    answer = reader.post("/superthread/memories", json={"content": "No."})
    assert answer.status_code == 403
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer realm="memory-hub", error="insufficient_scope", scope="memories:write", '
        f'resource_metadata="{HUB}{RESOURCE}"'
    )
    assert "WWW-Authenticate" not in reader.get("/accounts/tokens").headers


@pytest.mark.parametrize(
    ("url", "changes", "reason"),
    [
        ("https://hub.example.com", {"HUB_OAUTH": False}, "HUB_OAUTH=0"),
        ("", {"PRODUCTION": True}, "HUB_PUBLIC_URL is not set"),
        ("", {"HUB_HOST": "0.0.0.0"}, "HUB_PUBLIC_URL is not set"),
        ("http://hub.example.com", {}, "not https"),
    ],
)
def test_a_hub_that_is_no_server_says_why(nobody, agent, person, settings, url, changes, reason):
    settings.HUB_PUBLIC_URL = url
    for name, value in changes.items():
        setattr(settings, name, value)
    for answer in (
        nobody.get(SERVER),
        nobody.get(RESOURCE),
        nobody.post("/oauth/register", json={}),
        agent.exchange("code"),
        person.get(agent.question()),
    ):
        assert answer.status_code == 404
        assert reason in answer.text
    assert nobody.get("/accounts/me").headers["WWW-Authenticate"] == 'Bearer realm="memory-hub"'


def test_a_hub_on_a_machine_of_ones_own_needs_no_address(nobody, settings):
    settings.HUB_PUBLIC_URL = ""
    assert nobody.get(SERVER).json()["issuer"] == "http://127.0.0.1:8000"
    settings.HUB_HOST, settings.HUB_PORT = "::1", 8123
    assert nobody.get(SERVER).json()["issuer"] == "http://[::1]:8123"


@pytest.mark.parametrize("path", [SERVER, RESOURCE, "/oauth/token", "/oauth/register"])
def test_pages_of_any_origin_may_ask_what_clients_ask(nobody, path):
    asking = {"Origin": "https://inspector.example.com"}
    preflight = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, mcp-protocol-version",
    }
    answer = nobody.request("OPTIONS", path, headers=asking | preflight)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == asking["Origin"]
    assert "mcp-protocol-version" in answer.headers["Access-Control-Allow-Headers"]
    told = nobody.post(path, json={}, headers=asking)
    assert told.headers["Access-Control-Allow-Origin"] == asking["Origin"]


@pytest.mark.parametrize("path", ["/oauth/authorize", "/accounts/me"])
def test_no_page_of_another_origin_reads_anything_else(nobody, path):
    answer = nobody.get(path, headers={"Origin": "https://inspector.example.com"})
    assert "Access-Control-Allow-Origin" not in answer.headers
