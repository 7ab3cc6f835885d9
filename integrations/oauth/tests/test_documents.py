"""Clients whose id is the address of a document: what it says is taken, and what it is read by."""

import socket
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.oauth.clients import documents, fetching, lookup
from integrations.oauth.models import Client
from integrations.oauth.tests.flow import Agent
from memory_hub.http import outgoing
from testing.servers.https_host import NAME, HttpsHost, resolving, send


@pytest.fixture(scope="module")
def https_host(tmp_path_factory):
    with HttpsHost(tmp_path_factory.mktemp("https")).listening() as made:
        yield made


@pytest.fixture
def host(https_host, monkeypatch):
    """The host, whose address passes for one on the internet."""
    https_host.answers.clear()
    https_host.asked.clear()
    monkeypatch.setattr(socket, "getaddrinfo", resolving(agent_example_com=["127.0.0.1"]))
    monkeypatch.setattr(outgoing, "is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setattr(outgoing, "trusted", https_host.trusting)
    return https_host


@pytest.fixture
def known(host, nobody):
    """An agent known by its document."""
    agent = Agent(nobody, "http://127.0.0.1:40000/callback")
    agent.client_id = host.document()
    return agent


def test_a_client_is_let_in_by_its_document(known, host, person):
    page = person.get(known.question())
    assert NAME in page.text
    assert "An agent with a document" in page.text
    told = known.let_in(person)
    assert known.using().get("/accounts/me").status_code == 200
    assert known.refresh(told["refresh_token"]).status_code == 200
    assert set(host.asked) == {"/client.json"}
    assert set(host.hosts) == {f"{NAME}:{host.port}"}


def test_nothing_is_read_for_who_is_not_logged_in(known, host, nobody):
    nobody.get(known.question())
    known.exchange("code")
    known.refresh("mhr_none")
    assert host.asked == []


def test_a_document_is_kept_as_long_as_it_says_within_bounds(known, host, person):
    said = host.answers["/client.json"]
    for given, kept in (
        ("max-age=3600", 3600),
        ("no-store", 300),
        ("public, max-age=10", 300),
        ("max-age=99999999", 86400),
        ("max-age=x", 86400),
    ):
        host.answers["/client.json"] = lambda handler, given=given: send(
            handler, said, Cache_Control=given
        )
        Client.objects.all().delete()
        before = timezone.now()
        person.get(known.question())
        until = Client.objects.get().fresh_until
        assert timedelta(seconds=kept) <= until - before < timedelta(seconds=kept + 30), given
    asked = len(host.asked)
    person.get(known.question())
    assert len(host.asked) == asked


def test_what_the_document_says_later_counts(known, host, person):
    assert person.get(known.question()).status_code == 200
    host.document(redirect_uris=["https://agent.example.com/back"])
    Client.objects.update(fresh_until=timezone.now())
    assert person.get(known.question()).status_code == 400


def test_a_host_that_is_away_for_a_day_ends_nothing(known, host, person):
    person.get(known.question())
    host.answers.clear()
    Client.objects.update(fresh_until=timezone.now() - timedelta(days=1))
    assert person.get(known.question()).status_code == 200
    Client.objects.update(fresh_until=timezone.now() - timedelta(days=8))
    assert person.get(known.question()).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        # As VS Code says.
        {
            "grant_types": [
                "authorization_code",
                "refresh_token",
                "urn:ietf:params:oauth:grant-type:device_code",
            ]
        },
        # As ChatGPT does.
        {
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
            "jwks_uri": "https://agent.example.com/keys",
        },
        {"token_endpoint_auth_method": None, "grant_types": None, "response_types": None},
    ],
)
def test_documents_of_the_clients_there_are(known, host, person, changes):
    host.document(**changes)
    assert known.let_in(person)["scope"] == "memories:read memories:write"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://agent.example.com/other.json"},
        {"client_id": None},
        {"client_secret": "x"},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"redirect_uris": []},
        {"redirect_uris": ["http://evil.example.com/"]},
        {"grant_types": ["implicit"]},
    ],
)
def test_a_document_that_is_not_taken(known, host, person, changes):
    host.document(**changes)
    if "client_id" in changes:
        host.answers["/client.json"]["client_id"] = changes["client_id"]
    assert person.get(known.question()).status_code == 400
    assert not Client.objects.exists()


def _redirect(handler):
    handler.send_response(302)
    handler.send_header("Location", "/client.json")
    handler.end_headers()


def _chunks_without_end(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(1000):
        handler.wfile.write(b" " * 1024)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        ["no object"],
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno",
        b"nothing of HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + b" " * 20_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\nContent-Encoding: gzip\r\n\r\n" + b"x" * 30,
        b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\n{}",
        _redirect,
        _chunks_without_end,
    ],
    ids=[
        *("none", "no-object", "cut-short", "no-http", "too-long", "encoded", "broken"),
        *("redirected", "endless"),
    ],
)
def test_what_is_no_document_is_no_client(known, host, person, answer):
    host.document("/other.json")
    host.answers["/client.json"] = answer
    assert person.get(known.question()).status_code == 400
    assert host.asked == ["/client.json"]
    assert not Client.objects.exists()


def test_a_host_that_says_a_byte_at_a_time_is_not_waited_for(known, host, person, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    over, heard = threading.Event(), threading.Event()

    def drip(handler):
        try:
            while not over.wait(0.05):
                handler.wfile.write(b"H")
        except OSError:
            heard.set()

    host.answers["/client.json"] = drip
    assert person.get(known.question()).status_code == 400
    assert heard.wait(10)
    over.set()
    assert fetching.fetches.spent == 0


def test_a_certificate_for_another_name_is_not_believed(known, host, person, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolving(other_example_com=["127.0.0.1"]))
    known.client_id = known.client_id.replace(NAME, "other.example.com")
    assert person.get(known.question()).status_code == 400
    assert host.asked == []


@pytest.mark.parametrize(
    "client_id",
    [
        "http://agent.example.com/client.json",
        "https://agent.example.com",
        "https://agent.example.com/",
        "https://user@agent.example.com/client.json",
        "https://agent.example.com/client.json#part",
        "https://agent.example.com/a/../client.json",
        "https://agent.example.com/./client.json",
        "https://agent.example.com:x/client.json",
        "https:///client.json",
        "https://agent.example.com/client.json\r\nX: y",
        "https://agent.example.com/cl ient.json",
        "HTTPS://agent.example.com/client.json\0",
        "https://agent.example.com/" + "x" * 300,
    ],
)
def test_addresses_that_name_no_document(known, host, person, client_id):
    known.client_id = client_id
    assert person.get(known.question()).status_code == 400
    assert host.asked == []


def test_so_many_are_read_at_once_and_for_one_person(known, host, person, settings):
    with fetching.fetches.holding(fetching.AT_ONCE):
        answer = person.get(known.question())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    settings.HUB_OAUTH_DOCUMENTS = "1/hour"
    lookup.per_person.cache_clear()
    try:
        assert person.get(known.question()).status_code == 200
        known.client_id = host.document("/second.json")
        assert person.get(known.question()).status_code == 429
    finally:
        lookup.per_person.cache_clear()


def test_an_address_of_a_document_is_told_from_a_name():
    assert documents.is_address("HTTPS://agent.example.com/x")
    assert not documents.is_address("agent")
