"""A Google that is gone is left alone for a while, and found again when it is back."""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import pytest

from google_docs.client import connections, transport
from google_docs.config import QuotaLimits
from google_docs.tests.client.test_garbage import RINGS
from google_docs.tests.conftest import DocsClient
from memory_hub.core.circuit_breaker import Breaker
from testing.garbage import left_to_the_collector
from testing.google import Double, Fault

BAD_GATEWAY = HTTPStatus.BAD_GATEWAY
MISSING = "memories/" + "1" * 44
WORDS = "Google cannot be reached from here; it is tried again every 3 s."


class Clock:
    """Time for the breaker, moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    """Of the breakers that are made from now on."""
    clock = Clock()
    monkeypatch.setattr(
        transport,
        "new_breaker",
        lambda: Breaker(connections.GONE_SECONDS, failures=connections.GONE_AFTER, clock=clock),
    )
    return clock


@pytest.fixture
def tried(monkeypatch):
    """The connections that were tried: one entry each."""
    tried, connect = [], connections.httplib2.HTTPConnectionWithTimeout.connect

    def counted(connection):
        tried.append(connection.host)
        connect(connection)

    monkeypatch.setattr(connections.httplib2.HTTPConnectionWithTimeout, "connect", counted)
    return tried


@pytest.fixture
def gone(double, docs, clock, configure):
    """Mina's client of a hub whose Google is gone, as it knows; she had saved `gone.doc_id`."""
    configure(root=double.root, retry_base=0.05, limits=QuotaLimits(docs_reads=20))
    docs.doc_id = docs.save()["doc_id"]
    double.stop()
    _notice(docs, MISSING)
    return docs


def _notice(docs: DocsClient, path: str) -> None:
    """Have the hub find out that Google is gone."""
    for _ in range(connections.GONE_AFTER):
        assert docs.get(path).status_code == BAD_GATEWAY


@contextmanager
def _back(double: Double) -> Iterator[None]:
    """Google, again where it was, with all that it had."""
    again = Double(port=double.server.server_address[1])
    again.world, again.api, again.oauth = double.world, double.api, double.oauth
    again.start()
    yield
    again.stop()
    assert again.violations == []


def test_a_google_that_is_gone_is_not_tried_again_for_some_seconds(gone, tried):
    for _ in range(5):
        answer = gone.get(MISSING)
        assert (answer.status_code, answer.json()["code"]) == (BAD_GATEWAY, "google-unavailable")
        assert answer.json()["detail"] == WORDS
        assert answer.headers["retry-after"] == "3"
    assert tried == []


def test_one_connection_at_a_time_finds_out_whether_google_is_back(gone, tried, clock):
    for _ in range(3):
        clock.now += connections.GONE_SECONDS
        for _ in range(3):
            assert gone.get(MISSING).status_code == BAD_GATEWAY
    assert len(tried) == 3


def test_a_google_that_came_back_is_used_after_these_seconds(gone, double, clock):
    with _back(double):
        assert gone.get(f"memories/{gone.doc_id}").status_code == BAD_GATEWAY
        clock.now += connections.GONE_SECONDS
        assert gone.read(gone.doc_id)["content"] == "Jun has the key."


def test_a_save_that_was_refused_meanwhile_was_not_made(gone, double, clock):
    assert gone.post("memories", json={"content": "a"}).status_code == BAD_GATEWAY
    with _back(double):
        clock.now += connections.GONE_SECONDS
        gone.save("a")
        listed = gone.get("memories", params={"include": "content"}).json()["memories"]
        assert sorted(memory["content"] for memory in listed) == ["Jun has the key.", "a"]


def test_calls_that_were_not_made_use_up_nothing_of_what_google_allows(gone, double, clock):
    for _ in range(40):
        gone.get(MISSING)
    with _back(double):
        clock.now += connections.GONE_SECONDS
        gone.read(gone.doc_id)


def test_info_and_health_say_it_in_words(gone, double, clock):
    assert gone.get("info").json()["unreachable"] == WORDS
    health = gone.get("health")
    assert health.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert health.json()["credentials"][0]["detail"] == WORDS
    with _back(double):
        clock.now += connections.GONE_SECONDS
        gone.read(gone.doc_id)
        assert gone.get("info").json()["unreachable"] is None


@pytest.mark.parametrize(
    ("error", "gone"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no such name"), True),
        (OSError(errno.ENETUNREACH, "no way there"), True),
        (OSError(errno.EHOSTUNREACH, "nobody there"), True),
        (ConnectionResetError(errno.ECONNRESET, "cut while keys were exchanged"), False),
    ],
    ids=repr,
)
def test_only_connections_that_cannot_be_made_count(docs, clock, monkeypatch, error, gone):
    def connect(connection):
        raise error

    monkeypatch.setattr(connections.httplib2.HTTPConnectionWithTimeout, "connect", connect)
    _notice(docs, MISSING)
    assert ("retry-after" in docs.get(MISSING).headers) is gone


@pytest.mark.parametrize(
    "fault",
    [Fault("rst"), Fault("fin"), Fault("slow", seconds=0.5), Fault.drive(503, "backendError")],
    ids=repr,
)
def test_a_google_that_can_be_reached_is_asked_however_it_fails(docs, double, configure, fault):
    configure(root=double.root, timeout=0.2, deadline=0.4)
    saved = docs.save()
    double.faults.add("drive.files.get", fault, times=60)
    for _ in range(connections.GONE_AFTER + 1):
        answer = docs.get(f"memories/{saved['doc_id']}")
        assert answer.status_code in {502, 504}
        assert "retry-after" not in answer.headers
    assert docs.get("info").json()["unreachable"] is None


@pytest.mark.drill
def test_nothing_is_left_of_a_call_that_was_not_made(gone):
    with left_to_the_collector() as left:
        assert gone.get(MISSING).status_code == BAD_GATEWAY
    assert [one for one in left if isinstance(one, RINGS)] == []
