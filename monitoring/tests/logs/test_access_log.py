"""One access line a request: ECS, escaped, and written off the request's path."""

import io
import json
import os
import threading

import pytest

from monitoring.logs.access import Access, EcsFormat, PlainFormat
from monitoring.logs.tracing import continue_trace
from monitoring.logs.writer import LineWriter

render_ecs = EcsFormat(service="memory-hub", version="1.0", environment="test", host="h")
EVIL = "a\r\nGET /forged 200\x1b[31m\u202egnp\u2028\u200b\x00"
MARKS = ["\r", "\x1b", "\u202e", "\u2028", "\u200b", "\x00", "\x9b"]


def access(**changes) -> Access:
    fields = {
        "finished_ns": 1_700_000_000_123_999_999,
        "duration_ns": 1_500_000,
        "method": "GET",
        "route": "/superthread/memories/{doc_id}",
        "status": 200,
        "request_id": "abc",
        "trace": continue_trace(None),
        "user_id": 17,
        "client_ip": "192.0.2.1",
        "user_agent": b"curl/8",
        "http_version": "1.1",
        "bytes_out": 120,
        "cache_hit": False,
        "wait_ns": 10,
        "db_ns": 20,
    }
    return Access(**fields | changes)


def test_a_line_is_one_json_document_with_ecs_names():
    raw = render_ecs(access())
    line = json.loads(raw)
    assert raw.count(b"\n") == 1
    assert line["@timestamp"] == "2023-11-14T22:13:20.123Z"
    assert line["event.duration"] == 1_500_000
    assert line["url.path"] == "/superthread/memories/{doc_id}"
    assert line["http.request.id"] == "abc"
    assert line["user.id"] == "17"


@pytest.mark.parametrize(
    ("status", "outcome", "level"),
    [(200, "success", "info"), (404, "failure", "warning"), (503, "failure", "error")],
)
def test_outcome_and_level_follow_the_status(status, outcome, level):
    line = json.loads(render_ecs(access(status=status)))
    assert (line["event.outcome"], line["log.level"]) == (outcome, level)


def test_what_is_unknown_is_left_out():
    line = json.loads(render_ecs(access(user_id=None, client_ip=None, user_agent=None)))
    assert not {"user.id", "client.ip", "user_agent.original", "parent.id"} & set(line)


@pytest.mark.parametrize("render", [render_ecs, PlainFormat()])
def test_client_text_cannot_forge_or_hide_anything(render):
    raw = render(access(user_agent=EVIL.encode() + b"\xff\xc2\x9b31m", request_id=EVIL))
    text = raw.decode()
    assert text.count("\n") == 1
    assert not [mark for mark in MARKS if mark in text]
    if render is render_ecs:
        assert not [mark for mark in MARKS if mark in json.loads(text)["user_agent.original"]]


def test_a_long_user_agent_is_cut():
    line = json.loads(render_ecs(access(user_agent=b"x" * 100_000)))
    assert len(line["user_agent.original"]) < 300


class Stream(io.BytesIO):
    """Says when something was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def flush(self) -> None:
        self.written.set()


def test_lines_are_written_in_order_by_another_thread():
    stream = Stream()
    writer = LineWriter(stream, str.encode, interval=0.001)
    for letter in "abc":
        writer.put(letter)
    assert stream.written.wait(5)
    writer.close()
    assert stream.getvalue() == b"abc"


def test_closing_writes_what_is_still_queued():
    stream = Stream()
    writer = LineWriter(stream, str.encode, interval=3600)
    writer.put("last")
    writer.close()
    assert stream.getvalue() == b"last"


def test_a_stuck_reader_costs_lines_and_never_a_request():
    stream = Stream()
    writer = LineWriter(stream, str.encode, interval=3600, max_pending=2)
    for letter in "abcde":
        writer.put(letter)
    assert writer.dropped == 3
    writer.close()
    assert stream.getvalue() == b"ab"


def test_a_broken_stream_is_counted_and_not_raised():
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "wb", buffering=0) as stream:
        writer = LineWriter(stream, str.encode, interval=3600)
        writer.put("x")
        writer.close()
        assert writer.dropped == 1


class Narrow(io.BytesIO):
    """Takes a few bytes at a time, as the kernel may of a pipe, and at last none: it is full."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def write(self, data) -> int | None:
        taken = super().write(data[: min(3, self.room)])
        self.room -= taken
        return taken or None


def two_lines_to(stream) -> LineWriter:
    writer = LineWriter(stream, str.encode, interval=3600)
    for line in ("first\n", "second\n"):
        writer.put(line)
    writer.close()
    return writer


def test_a_stream_that_takes_a_part_at_a_time_gets_all_of_it():
    stream = Narrow(room=1_000)
    writer = two_lines_to(stream)
    assert (stream.getvalue(), writer.dropped) == (b"first\nsecond\n", 0)


def test_what_a_full_pipe_does_not_take_is_counted():
    stream = Narrow(room=8)
    writer = two_lines_to(stream)
    assert (stream.getvalue(), writer.dropped) == (b"first\nse", 1)
    stream.room = 1_000
    writer.put("third\n")
    writer.flush()
    assert (stream.getvalue(), writer.dropped) == (b"first\nse\nthird\n", 1)


def test_a_forked_process_writes_its_own_lines_only():
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "wb") as stream:
        writer = LineWriter(stream, str.encode, interval=3600)
        writer.put("parent")
        child = os.fork()
        if child == 0:
            writer.put("child")
            writer.close()
            os._exit(0)
        os.waitpid(child, 0)
        writer.close()
    with os.fdopen(read_end, "rb") as reader:
        assert reader.read() == b"childparent"
