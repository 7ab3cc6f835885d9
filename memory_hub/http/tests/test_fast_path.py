"""Kept answers given by the server's protocol itself: as the long way gives them, and in turn."""

import itertools
import json
import sys

import httpx
import pytest

from testing.clients.protocol import finish

PATH = "/superthread/memories"
# What two answers to the same request may differ in.
OWN = ("x-request-id", "ratelimit-remaining", "ratelimit-reset", "date", "connection")


def request(client, path):
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {client.token}"]
    return "\r\n".join([*lines, "", ""]).encode()


def test_a_kept_answer_needs_no_turn_of_the_event_loop(mina, protocol):
    asked = request(mina, f"{PATH}/{mina.save()['doc_id']}")
    protocol.data_received(asked)
    finish(protocol)
    before = len(protocol.transport.written)
    protocol.data_received(asked)
    assert not protocol.tasks
    assert protocol.transport.written[before:].startswith(b"HTTP/1.1 200 OK\r\n")


def test_kept_answers_in_a_queue_are_not_given_one_inside_the_other(mina, protocol):
    asked = request(mina, f"{PATH}/{mina.save()['doc_id']}")
    protocol.data_received(asked)
    finish(protocol)
    # Behind one that has to wait; deeper than calls can be nested.
    protocol.data_received(request(mina, PATH) + asked * sys.getrecursionlimit())
    finish(protocol)
    assert protocol.transport.written.count(b"HTTP/1.1 200 OK") == 2 + sys.getrecursionlimit()


def test_what_waits_behind_a_kept_answer_is_no_idle_connection(mina, protocol):
    asked = request(mina, f"{PATH}/{mina.save()['doc_id']}")
    protocol.data_received(asked)
    finish(protocol)
    protocol.data_received(asked + request(mina, PATH))
    assert protocol.tasks
    assert protocol.timeout_keep_alive_task is None
    finish(protocol)
    assert protocol.timeout_keep_alive_task is not None


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    """One hub for all of this file, with one memory, whose answers are kept."""
    with nursery.hub(tmp_path_factory.mktemp("hub"), workers=1) as started:
        started.secret = started.token(
            "mina@example.com", "--scopes", "memories:read,memories:write"
        )
        with httpx.Client(headers={"Authorization": f"Bearer {started.secret}"}) as client:
            saved = client.post(started.url + PATH, json={"content": "열쇠는 준에게 " * 100})
            started.path = f"{PATH}/{saved.json()['doc_id']}"
        yield started


def essence(answer):
    status, headers, body = answer
    return status, {name: value for name, value in headers.items() if name not in OWN}, body


VARIANTS = [
    (),
    ("Accept-Encoding: gzip",),
    ("Accept-Encoding: gzip;q=0",),
    ("Origin: https://elsewhere.example",),
    ("If-None-Match: *",),
    ("Accept: text/html", "User-Agent: somebody"),
]


@pytest.mark.parametrize("headers", VARIANTS, ids=str)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_both_ways_say_the_same_on_the_wire(hub, wire, method, headers):
    without_body = method == "HEAD"
    request = wire.head(method, hub.path, hub.secret, *headers)
    wire.send(request).answer(without_body=without_body)  # now it is kept
    kept = wire.send(request).answer(without_body=without_body)
    # An answer that ends its connection is given by the application.
    last = wire.head(method, hub.path, hub.secret, *headers, "Connection: close")
    assert essence(wire.send(last).answer(without_body=without_body)) == essence(kept)
    assert wire.closed()
    assert kept[0] == (304 if "If-None-Match" in str(headers) else 200)


def test_requests_sent_without_waiting_are_answered_in_turn(hub, wire):
    body = json.dumps({"content": "between"}).encode()
    save = wire.head("POST", PATH, hub.secret, f"Content-Length: {len(body)}") + body
    get = wire.head("GET", hub.path, hub.secret)
    head = wire.head("HEAD", hub.path, hub.secret)
    missing = wire.head("GET", PATH + "/nothing", hub.secret)
    wire.send(get).answer()
    wire.send(get + save + get + head + missing + get)
    found = [wire.answer(without_body=number == 3)[0] for number in range(6)]
    assert found == [200, 201, 200, 200, 404, 200]


def test_a_request_with_a_body_leaves_its_connection_in_order(hub, wire):
    get = wire.head("GET", hub.path, hub.secret)
    wire.send(get).answer()
    with_body = wire.head("GET", hub.path, hub.secret, "Content-Length: 2") + b"{}"
    assert [wire.send(with_body + get).answer()[0], wire.answer()[0]] == [200, 200]


def test_each_kept_answer_is_charged_once_and_named(hub, wire):
    get = wire.head("GET", hub.path, hub.secret, "X-Request-ID: mine-1")
    wire.send(get).answer()
    left = []
    # More than are drawn at a time.
    for _ in range(150):
        _, headers, _ = wire.send(get).answer()
        assert headers["x-request-id"] == "mine-1"
        left.append(int(headers["ratelimit-remaining"]))
    steps = {before - after for before, after in itertools.pairwise(left)}
    assert steps == {1} or max(left) > left[0]  # or the minute ended meanwhile
    ill = wire.head("GET", hub.path, hub.secret, "X-Request-ID: not well formed")
    assert wire.send(ill).answer()[1]["x-request-id"] != "not well formed"


def test_each_kept_answer_is_counted_once(hub, wire):
    staff = {
        "Authorization": f"Bearer {hub.token('mina@example.com', '--scopes', 'monitoring:read')}"
    }
    get = wire.head("GET", hub.path, hub.secret)
    wire.send(get).answer()

    def hits():
        answer = httpx.get(f"{hub.url}/monitoring/cache", headers=staff)
        caches = {cache["name"]: cache for cache in answer.json()["caches"]}
        return caches["responses"]["hits"]

    before = hits()
    for _ in range(20):
        wire.send(get).answer()
    assert hits() == before + 20


@pytest.mark.drill
def test_a_kept_answer_behind_a_proxy_is_logged_for_who_asked(new_hub):
    hub = new_hub(workers=1, HUB_TRUSTED_PROXIES="127.0.0.1", HUB_LOG_FORMAT="json")
    secret = hub.token("mina@example.com")
    said = {"Authorization": f"Bearer {secret}", "X-Forwarded-For": "203.0.113.9"}
    with httpx.Client(headers=said) as client:
        for _ in range(3):
            assert client.get(hub.url + PATH).status_code == 200
    hub.stop()
    lines = [json.loads(line) for line in hub.log.read_text().splitlines() if '"http.' in line]
    told = [(line["labels.cache"], line["client.ip"]) for line in lines if "client.ip" in line]
    assert told[-2:] == [("hit", "203.0.113.9")] * 2
