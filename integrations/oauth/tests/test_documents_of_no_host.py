"""Documents at addresses inside, behind proxies or nowhere: nothing is asked there."""

import socket
import threading

import pytest

from integrations.oauth.clients import fetching
from integrations.oauth.tests.flow import Agent
from testing.servers.https_host import resolving

HOSTILE = [
    *("127.0.0.1", "127.8.8.8", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254"),
    *("100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "::1", "::", "fe80::1", "fc00::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::"),
    *("ff02::1", "2001:0:7f00:1::", "198.51.100.1 127.0.0.1", "2606:4700::1 fe80::1"),
]


@pytest.fixture
def connected_to(monkeypatch):
    """The addresses that anything connected to; nothing answers there."""
    addresses = []

    def refuse(address, *_, **__):
        addresses.append(address[0])
        raise OSError("refused")

    monkeypatch.setattr("urllib3.util.connection.create_connection", refuse)
    return addresses


@pytest.mark.parametrize("addresses", HOSTILE)
def test_nothing_inside_is_asked(nobody, person, connected_to, monkeypatch, addresses):
    monkeypatch.setattr(socket, "getaddrinfo", resolving(evil_example_com=[addresses]))
    agent = Agent(nobody)
    agent.client_id = "https://evil.example.com/client.json"
    assert person.get(agent.question()).status_code == 400
    assert connected_to == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "localhost"])
def test_nothing_inside_is_asked_by_its_address(nobody, person, connected_to, host):
    agent = Agent(nobody)
    agent.client_id = f"https://{host}/client.json"
    assert person.get(agent.question()).status_code == 400
    assert connected_to == []


def test_a_name_that_changes_after_it_was_looked_at_leads_nowhere(
    nobody, person, connected_to, monkeypatch
):
    """The address that was looked at is the one that is connected to."""
    changing = resolving(evil_example_com=["93.184.215.14", "127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", changing)
    agent = Agent(nobody)
    agent.client_id = "https://evil.example.com/client.json"
    assert person.get(agent.question()).status_code == 400
    assert connected_to == ["93.184.215.14"]


def test_no_proxy_is_asked_in_between(nobody, person, connected_to, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setattr(socket, "getaddrinfo", resolving(evil_example_com=["93.184.215.14"]))
    agent = Agent(nobody)
    agent.client_id = "https://evil.example.com/client.json"
    person.get(agent.question())
    assert connected_to == ["93.184.215.14"]


def test_a_resolver_that_says_nothing_is_not_waited_for(nobody, person, monkeypatch):
    over = threading.Event()

    def silent(*_, **__):
        over.wait(30)
        return []

    monkeypatch.setattr(fetching, "SECONDS", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", silent)
    agent = Agent(nobody)
    agent.client_id = "https://slow.example.com/client.json"
    assert person.get(agent.question()).status_code == 400
    over.set()
