"""A client that sends ahead of its answers, or does not read them, takes little of a worker."""

import asyncio
import socket
import threading
from pathlib import Path

import pytest

from memory_hub.server import backpressure
from testing.clients.in_process import _loop
from testing.clients.protocol import finish, new_protocol
from testing.clients.wire import Wire

TINY = b"GET / HTTP/1.1\r\n\r\n"


def resident_megabytes(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def send_for_a_while(address):
    """As many requests as the hub takes within two seconds, without reading an answer."""
    with socket.create_connection(address, timeout=2) as connection:
        try:
            connection.sendall(TINY * 500_000)
        except TimeoutError:
            return
    raise AssertionError("nine megabytes of requests were read at once")


@pytest.mark.parametrize("worker", ["uvicorn", "gunicorn"])
@pytest.mark.drill
def test_requests_sent_ahead_are_left_to_the_network(new_hub, worker):
    hub = new_hub(workers=1, HUB_WORKER_CLASS=worker, HUB_ACCESS_LOG=0)
    pid = hub.workers()[0]
    before = resident_megabytes(pid)
    address = ("127.0.0.1", hub.port)
    senders = [threading.Thread(target=send_for_a_while, args=(address,)) for _ in range(10)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert resident_megabytes(pid) - before < 40


@pytest.mark.parametrize("worker", ["uvicorn", "gunicorn"])
@pytest.mark.drill
def test_all_requests_sent_ahead_are_answered_in_turn(new_hub, worker):
    hub = new_hub(workers=1, HUB_WORKER_CLASS=worker, HUB_RATE_LIMIT="off")
    wire, secret = Wire(hub), hub.token("mina@example.com")
    paths = ["/accounts/me", "/superthread/memories", "/superthread/memories/none"]
    requests = [
        wire.head("GET", paths[number % 3], secret, f"X-Request-ID: number-{number}")
        for number in range(900)
    ]
    threading.Thread(target=wire.send, args=(b"".join(requests),)).start()
    for number in range(900):
        status, headers, _ = wire.answer()
        assert headers["x-request-id"] == f"number-{number}"
        assert status == (404 if number % 3 == 2 else 200)
    wire.close()


def test_a_connection_has_its_share_of_a_turn_and_reads_on_when_all_is_answered(protocol):
    protocol.data_received(b"GET /superthread/none HTTP/1.1\r\n\r\n" * 1000)
    assert len(protocol.pipeline) < backpressure.IN_A_TURN
    assert not protocol.transport.reading
    finish(protocol)
    assert protocol.transport.written.count(b"HTTP/1.1 4") == 1000
    assert protocol.transport.reading


@pytest.fixture
def time_passes(monkeypatch):
    """Lets the time go by in which a client takes something, at once."""

    def pass_by():
        now = _loop.time() + backpressure.TAKEN_SECONDS
        monkeypatch.setattr(_loop, "time", lambda: now)
        _loop.run_until_complete(asyncio.sleep(0))

    return pass_by


@pytest.mark.parametrize(("taken", "ended"), [(0, True), (backpressure.TAKEN_BYTES, False)])
def test_a_client_that_takes_nothing_of_its_answer_is_left(protocol, time_passes, taken, ended):
    transport = protocol.transport
    transport.left = 2**20
    protocol.pause_writing()
    transport.left -= taken
    time_passes()
    assert transport.aborted is ended


def test_an_idle_client_that_has_not_taken_its_answer_is_left(protocol, time_passes):
    protocol.transport.left = 100
    protocol.timeout_keep_alive_handler()
    time_passes()
    assert protocol.transport.aborted


def test_of_clients_that_are_behind_with_too_much_the_one_with_most_is_left(protocol, settings):
    settings.HUB_ANSWERS_MB = 256
    others = [new_protocol() for _ in range(2)]
    for number, one in enumerate([protocol, *others]):
        one.transport.left = (80 + 20 * number) * 2**20
        one.pause_writing()
    _loop.run_until_complete(asyncio.sleep(0))
    assert [one.transport.aborted for one in (protocol, *others)] == [False, False, True]
    for one in others:
        one.connection_lost(None)
