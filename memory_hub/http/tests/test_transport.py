"""What only a socket can show: bodies in pieces, too large, too slow, or with lies about them."""

import json

import pytest

from testing.clients.wire import Wire


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    """One hub for all of this file: it is only asked."""
    directory = tmp_path_factory.mktemp("hub")
    with nursery.hub(directory, workers=1, HUB_BODY_SECONDS="0.5") as started:
        started.secret = started.token("mina@example.com")
        yield started


PATH = "/superthread/memories"


def problem(answer) -> tuple[int, str]:
    status, headers, content = answer
    assert headers["content-type"] == "application/problem+json"
    body = json.loads(content)
    assert body["request_id"] == headers["x-request-id"]
    return status, body["code"]


def test_a_chunked_body_arrives_whole(hub, wire):
    body = json.dumps({"content": "안녕 " * 1000}).encode()
    head = wire.head("POST", PATH, hub.secret, "Transfer-Encoding: chunked")
    chunks = [body[at : at + 700] for at in range(0, len(body), 700)]
    sent = b"".join(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks)
    status, _, content = wire.send(head).send(sent + b"0\r\n\r\n").answer()
    assert status == 201
    assert json.loads(content)["content"] == "안녕 " * 1000
    # The connection is in order for the next request.
    assert wire.send(wire.head("GET", PATH, hub.secret)).answer()[0] == 200


def test_a_body_declared_too_large_is_refused_before_it_is_sent(hub, wire):
    head = wire.head("POST", PATH, hub.secret, f"Content-Length: {8 * 2**20 + 1}")
    assert problem(wire.send(head).answer()) == (413, "too-large")
    assert wire.closed()


def test_a_client_that_asks_first_is_spared_sending(hub, wire):
    lines = [f"Content-Length: {2**30}", "Expect: 100-continue"]
    assert problem(wire.send(wire.head("POST", PATH, hub.secret, *lines)).answer())[0] == 413


def test_a_chunked_body_is_counted_and_refused_at_the_limit(hub, wire):
    wire.send(wire.head("POST", PATH, hub.secret, "Transfer-Encoding: chunked"))
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    for _ in range(128):
        wire.send(chunk)
    assert problem(wire.send(b"1\r\n \r\n").answer()) == (413, "too-large")


def test_what_follows_a_body_is_no_header_of_the_request(hub, wire):
    head = wire.head("POST", PATH, "x", "Transfer-Encoding: chunked").decode()
    lines = [line for line in head.splitlines(keepends=True) if "Bearer" not in line]
    trailer = f"0\r\nAuthorization: Bearer {hub.secret}\r\n\r\n"
    wire.send("".join(lines).encode() + b"2\r\n{}\r\n" + trailer.encode())
    assert problem(wire.answer()) == (401, "not-authenticated")
    wire.send(wire.head("GET", PATH, hub.secret))
    assert wire.answer()[0] == 200


def test_what_follows_a_body_is_counted_and_refused_at_the_limit(hub, wire):
    lines = ("Transfer-Encoding: chunked", "Expect: 100-continue")
    wire.send(wire.head("POST", PATH, hub.secret, *lines) + b"2\r\n{}\r\n0\r\nX: ")
    assert wire.answer()[0] == 100
    assert problem(wire.send(b"x" * 65537).answer()) == (431, "headers-too-large")
    assert wire.closed()


def test_chunks_may_be_longer_than_what_follows_them(hub, wire):
    body = json.dumps({"content": "x" * 300_000}).encode()
    wire.send(wire.head("POST", PATH, hub.secret, "Transfer-Encoding: chunked"))
    # What a chunk begins with comes together with the end of the one before.
    parts = [body[start : start + 70_000] for start in range(0, len(body), 70_000)]
    wire.send(f"{len(parts[0]):x}\r\n".encode())
    for part, following in zip(parts, [*parts[1:], b""], strict=True):
        wire.send(part + f"\r\n{len(following):x}\r\n".encode())
    assert wire.send(b"\r\n").answer()[0] == 201


def test_a_batch_may_be_larger(hub, wire):
    head = wire.head("POST", "/superthread/batch/save", "x", f"Content-Length: {32 * 2**20 + 1}")
    assert problem(wire.send(head).answer())[0] == 413


def test_a_body_that_does_not_come_is_408(hub, wire):
    wire.send(wire.head("POST", PATH, hub.secret, "Content-Length: 20") + b'{"con')
    assert problem(wire.answer()) == (408, "body-timeout")
    assert wire.closed()


def test_a_head_that_does_not_end_is_408(hub, wire):
    wire.send(wire.head("GET", PATH, hub.secret)[:-2])
    assert problem(wire.answer()) == (408, "body-timeout")
    assert wire.closed()


def test_a_client_that_goes_away_in_mid_body_harms_nobody(hub, wire):
    for _ in range(5):
        gone = Wire(hub)
        gone.send(gone.head("POST", PATH, hub.secret, "Content-Length: 20") + b'{"con')
        gone.close()
    assert wire.send(wire.head("GET", PATH, hub.secret)).answer()[0] == 200


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 2", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 2"),
        ("Content-Length: 2", "Content-Length: 3"),
        ("Content-Length: +2",),
        ("Content-Length: 0x2",),
        ("Content-Length: 2, 2",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding : chunked",),
        ("Content-Length: 2\r\n Transfer-Encoding: chunked",),
        ("X: a\nContent-Length: 2",),
    ],
)
def test_a_body_whose_end_is_doubtful_is_refused(hub, wire, lines):
    smuggled = wire.head("GET", "/superthread/stats", hub.secret)
    answer = wire.send(wire.head("POST", PATH, hub.secret, *lines) + b"{}" + smuggled).answer()
    assert answer[0] in (400, 408, 413, 501), answer


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /superthread/memories%00 HTTP/1.1",
        b"GET //superthread/memories HTTP/1.1",
        b"GET /superthread/../superthread/nothing HTTP/1.1",
        b"GET http://other.example/superthread/nothing HTTP/1.1",
    ],
)
def test_odd_paths_are_problems_too(hub, wire, request_line):
    lines = f"\r\nHost: {wire.host}\r\nAuthorization: Bearer {hub.secret}\r\n\r\n".encode()
    assert problem(wire.send(request_line + lines).answer())[0] in (400, 404)


def test_bytes_outside_ascii_in_headers_are_harmless(hub, wire):
    head = wire.head(
        "GET", PATH, "m\u00fc\u00ff", "X-Request-ID: \u00e9", "Cookie: sessionid=\u00e9"
    )
    assert problem(wire.send(head).answer()) == (401, "not-authenticated")


def test_head_has_the_headers_of_get_and_no_body(hub, wire):
    got = wire.send(wire.head("GET", PATH, hub.secret)).answer()
    wire.send(wire.head("HEAD", PATH, hub.secret) + wire.head("GET", PATH, hub.secret))
    status = int(wire.stream.readline().split()[1])
    headers = {}
    while (line := wire.stream.readline().strip()) != b"":
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    assert (status, headers["content-length"]) == (200, got[1]["content-length"])
    # Had HEAD a body, this would begin within it.
    assert wire.answer()[0] == 200


def test_both_forms_of_every_path_answer_without_a_redirect(hub, wire):
    for path in (PATH, "/superthread/info", "/accounts/me", "/openapi.json", "/docs", "/redoc"):
        plain = wire.send(wire.head("GET", path, hub.secret)).answer()
        slash = wire.send(wire.head("GET", f"{path}/", hub.secret)).answer()
        assert plain[0] == slash[0] == 200, path


def test_requests_that_are_together_longer_than_one_may_be_are_answered(hub, wire):
    body = json.dumps({"content": "first"}).encode()
    save = wire.head("POST", PATH, hub.secret, f"Content-Length: {len(body)}") + body
    get = wire.head("GET", "/superthread/info", hub.secret)
    wire.send(save + get * 1000)
    assert [wire.answer()[0] for _ in range(1001)] == [201] + [200] * 1000


def test_the_pointer_to_a_text_that_cannot_be_stored_is_escaped(mina):
    body = {"content": "a", "metadata": {"a/b": {"c~d": ["x", "\x00"]}}}
    answer = mina.post("/superthread/memories", json=body)
    assert answer.json()["errors"][0]["pointer"] == "/metadata/a~1b/c~0d/1"


@pytest.mark.drill
def test_large_bodies_find_room_or_503_and_small_ones_are_taken(new_hub):
    hub = new_hub(workers=1, HUB_BODIES_MB=40)
    secret = hub.token("mina@example.com")
    first, second, third = Wire(hub), Wire(hub), Wire(hub)
    head = first.head("POST", "/superthread/batch/save", secret, f"Content-Length: {2**25}")
    first.send(head + b" " * 30 * 2**20)
    second.send(head + b" " * 11 * 2**20)
    status, headers, _ = second.answer()
    assert (status, headers["connection"]) == (503, "close")
    body = json.dumps({"content": "x" * 1000}).encode()
    save = third.head("POST", PATH, secret, f"Content-Length: {len(body)}") + body
    assert third.send(save).answer()[0] == 201
    first.close()
    body = json.dumps({"memories": [{"content": "x" * 2**20}] * 20}).encode()
    head = third.head("POST", "/superthread/batch/save", secret, f"Content-Length: {len(body)}")
    assert third.send(head + body).answer()[0] == 200
    second.close()
    third.close()
