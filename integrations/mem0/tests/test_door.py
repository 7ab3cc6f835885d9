"""The door as a part of the hub: imported when it is used, in no document, at the usual price."""

from integrations.mem0.tests.client import Mem0
from memory_hub.rate_limits.limiter import RateLimited
from memory_hub.rate_limits.prices import price
from testing.servers.programs import printed

PROGRAM = """
import django
django.setup()
import sys
from django.urls import resolve, reverse
reverse("admin:index"), resolve("/superthread/info"), resolve("/mcp")
loaded = [name for name in sys.modules if name.startswith("integrations.mem0.")]
print(sorted(set(loaded) - {"integrations.mem0.apps"}))
resolve("/mem0/v1/ping")
print("integrations.mem0.views.workspace" in sys.modules)
"""


def test_the_door_is_imported_when_it_is_used(tmp_path):
    assert printed(PROGRAM, tmp_path) == ["[]", "True"]


def test_the_calls_are_mem0s_and_in_no_document_of_the_hubs(mina):
    document = mina.get("/openapi.json").json()
    assert not [path for path in document["paths"] if path.startswith("/mem0")]


def test_a_search_costs_what_one_of_the_hubs_does():
    assert price("POST", "/mem0/v3/memories/search/") == price("POST", "/superthread/search")
    assert price("POST", "/mem0/v3/memories/") == price("GET", "/superthread/memories")
    assert price("GET", "/mem0/v1/entities/") == price("POST", "/superthread/search")
    assert price("POST", "/mem0/v3/memories/add/") == price("POST", "/superthread/memories")


def test_a_browser_at_another_origin_may_send_the_clients_headers(nobody, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    asked = {
        "Origin": "https://app.example.com",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,mem0-user-id,x-mem0-client",
    }
    told = nobody.request("OPTIONS", "/mem0/v3/memories/search/", headers=asked)
    allowed = told.headers["access-control-allow-headers"]
    assert {"authorization", "mem0-user-id", "x-mem0-client"} <= set(allowed.split(", "))


def test_a_client_over_its_allowance_is_told_when_to_come_again(mina, monkeypatch):
    def refuse():
        raise RateLimited("Enough.", headers={"Retry-After": "7"})

    monkeypatch.setattr("memory_hub.rate_limits.bill.refuse_if_over", refuse)
    ann = Mem0(mina)
    answer = ann.inner.get("/mem0/v1/ping/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["detail"]


def test_any_spelling_of_the_token_and_no_other_header_says_who_asks(mina, api, nobody):
    jun = api("jun@example.com")
    Mem0(jun).add(user_id="ann")
    ann = Mem0(mina, **{"Mem0-User-ID": "jun@example.com"})
    assert ann.texts({"user_id": "ann"}) == []
    answer = nobody.get("/mem0/v1/ping/", headers={"x-api-key": mina.token})
    assert answer.json()["user_email"] == "mina@example.com"
