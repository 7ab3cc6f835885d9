"""Clients that register, as anybody may."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.oauth import jobs
from integrations.oauth.clients import registration
from integrations.oauth.models import Client, Code, ConnectedClient
from integrations.oauth.tests.flow import BACK, Agent, described, sent_back


def test_a_program_that_names_no_method_and_is_native_gets_no_secret(nobody):
    answer = nobody.post("/oauth/register", json=described(BACK))
    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert told["token_endpoint_auth_method"] == "none"
    assert "client_secret" not in told
    assert told["grant_types"] == ["authorization_code", "refresh_token"]


def test_the_standards_default_is_a_secret_which_is_kept_as_a_digest(nobody):
    metadata = {"redirect_uris": ["https://agent.example.com/back"]}
    told = nobody.post("/oauth/register", json=metadata).json()
    assert told["token_endpoint_auth_method"] == "client_secret_basic"
    assert told["client_secret_expires_at"] == 0
    client = Client.objects.get(client_id=told["client_id"])
    assert client.secret_digest
    assert told["client_secret"] not in str(vars(client))


def test_what_is_not_for_this_hub_is_left_out(nobody):
    """As VS Code asks."""
    told = nobody.post(
        "/oauth/register",
        json={
            "client_name": "An editor",
            "client_uri": "https://code.example.com",
            "grant_types": [
                "authorization_code",
                "refresh_token",
                "urn:ietf:params:oauth:grant-type:device_code",
            ],
            "response_types": ["code"],
            "redirect_uris": ["https://code.example.com/redirect", "http://127.0.0.1:33418/"],
            "token_endpoint_auth_method": "none",
            "application_type": "native",
            "scope": "memories:read accounts:manage openid",
        },
    ).json()
    assert told["grant_types"] == ["authorization_code", "refresh_token"]
    assert told["scope"] == "memories:read"


@pytest.mark.parametrize(
    "uri",
    [
        "https://agent.example.com/back?x=1",
        "http://127.0.0.1:8787/callback",
        "http://localhost/callback",
        "http://[::1]:5000/callback",
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "com.example.agent:/back",
    ],
)
def test_addresses_that_a_client_may_name(nobody, person, uri):
    agent = Agent(nobody, uri).registered()
    assert sent_back(person.allows(agent.question()))["code"]
    page = person.get(agent.question())
    assert "form-action 'self' " in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "uri",
    [
        "http://agent.example.com/back",
        "https:///back",
        "https://user@agent.example.com/back",
        "https://agent.example.com/back#part",
        "https://agent.example.com/ba ck",
        "https://agent.example.com/\r\nback",
        "https://agent.example.com:x/back",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "agent:/back",
        "back",
        "",
        "https://agent.example.com/" + "x" * 3000,
    ],
)
def test_addresses_that_no_client_may_name(nobody, uri):
    answer = nobody.post("/oauth/register", json=described(uri))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")
    assert not Client.objects.exists()


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": None}, "invalid_redirect_uri"),
        ({"redirect_uris": BACK}, "invalid_client_metadata"),
        ({"redirect_uris": [BACK] * 50}, "invalid_redirect_uri"),
        ({"redirect_uris": [7]}, "invalid_client_metadata"),
        ({"grant_types": ["client_credentials"]}, "invalid_client_metadata"),
        ({"grant_types": "authorization_code"}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": ["none"]}, "invalid_client_metadata"),
    ],
)
def test_what_cannot_be_registered(nobody, metadata, error):
    answer = nobody.post("/oauth/register", json=described(BACK, **metadata))
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert not Client.objects.exists()


@pytest.mark.parametrize("body", [b"", b"no", b"[]", b"7", b"null", b'"x"', b"[" * 20_000])
def test_a_body_that_describes_nothing(nobody, body):
    answer = nobody.post("/oauth/register", content=body)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


def test_a_body_too_long_is_not_read(nobody):
    assert nobody.post("/oauth/register", content=b"x" * 40_000).status_code == 413


def test_one_address_registers_so_many_an_hour(nobody, settings):
    settings.HUB_OAUTH_REGISTRATIONS = "3/hour"
    registration.per_address.cache_clear()
    try:
        statuses = [
            nobody.post("/oauth/register", json=described(BACK)).status_code for _ in range(5)
        ]
    finally:
        registration.per_address.cache_clear()
    assert statuses == [201, 201, 201, 429, 429]
    assert Client.objects.count() == 3


def test_clients_that_nobody_lets_in_are_forgotten(nobody, person):
    used, asked, new = (Agent(nobody).registered() for _ in range(3))
    Agent(nobody).registered()
    used.let_in(person)
    person.allows(asked.question())
    Client.objects.exclude(client_id=new.client_id).update(
        created_at=timezone.now() - timedelta(days=2)
    )
    jobs.forget_clients()
    left = {client.client_id for client in Client.objects.all()}
    assert left == {used.client_id, asked.client_id, new.client_id}
    assert used.refresh(used.told["refresh_token"]).status_code == 200


def test_what_is_over_is_forgotten(agent, person):
    agent.let_in(person)
    Code.objects.update(expires_at=timezone.now() - timedelta(days=2))
    jobs.forget_clients()
    assert not Code.objects.exists()
    assert ConnectedClient.objects.exists()
    ConnectedClient.objects.update(ends_at=timezone.now())
    assert agent.refresh(agent.told["refresh_token"]).json() == {"error": "invalid_grant"}
    Client.objects.update(created_at=timezone.now() - timedelta(days=2))
    jobs.forget_clients()
    assert not ConnectedClient.objects.exists()
    assert not Client.objects.exists()
    assert jobs.forget_clients() == 0
