"""The door as a resource of its own, which a client can be let in to alone."""

import pytest

from integrations.mcp.tests.client import Mcp, older
from memory_hub.accounts.models import Token

HUB = "https://hub.example.com"
WELL_KNOWN = "/.well-known/oauth-protected-resource"


@pytest.fixture(autouse=True)
def public_url(settings):
    settings.HUB_PUBLIC_URL = HUB


def test_it_tells_of_itself_and_so_does_the_hub(nobody):
    for path in ("/mcp", ""):
        told = nobody.get(f"{WELL_KNOWN}{path}").json()
        assert told["resource"] == f"{HUB}{path}"
        assert told["authorization_servers"] == [HUB]
    server = nobody.get("/.well-known/oauth-authorization-server").json()
    assert f"{HUB}/mcp" in server["protected_resources"]


def test_a_token_for_the_door_is_good_there_and_nowhere_else(mina):
    Token.objects.update(resource=f"{HUB}/mcp")
    assert len(Mcp(mina).result("tools/list")["tools"]) == 8
    assert older(mina, "/mcp?profile=chatgpt").result("tools/list")["tools"]
    assert mina.get("/superthread/memories").status_code == 401


def test_a_token_for_another_resource_is_not_good_here(mina):
    Token.objects.update(resource=f"{HUB}/other")
    assert Mcp(mina).post("tools/list").status_code == 401
