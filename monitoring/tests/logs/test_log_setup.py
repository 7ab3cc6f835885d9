"""Every other log line: one format, the request's ids, nothing that could forge another line."""

import io
import json
import logging
import logging.config

import pytest
import structlog

from memory_hub.core.request_id import begin_request
from monitoring.logs.setup import configure
from monitoring.logs.tracing import continue_trace, current_trace

EVIL = "name\r\n2026-01-01 forged entry\x1b[2J\u202e"


@pytest.fixture
def lines():
    """Return a function that configures logging and reads what was logged since."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    stream = io.StringIO()

    def read(**options) -> io.StringIO:
        logging.config.dictConfig(configure(**options))
        root.handlers[0].setStream(stream)
        return stream

    yield read
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def test_standard_and_structured_loggers_write_the_same_ecs_fields(lines):
    stream = lines(json_lines=True)
    logging.getLogger("library").warning("disk %s", "full")
    structlog.get_logger("ours").warning("disk full", disk="sda")
    one, other = map(json.loads, stream.getvalue().splitlines())
    assert one["message"] == other["message"] == "disk full"
    for line in (one, other):
        assert line["log.level"] == "warning"
        assert line["ecs.version"]
        assert line["@timestamp"].endswith("Z")
        # Log shippers pick the hub's lines by it.
        assert line["service"]["name"] == "memory-hub"
    assert one["log"]["logger"] == "library"


def test_lines_of_a_request_carry_its_ids(lines):
    stream = lines(json_lines=True)
    trace = continue_trace(None)
    begin_request(b"req-1")
    token = current_trace.set(trace)
    logging.getLogger("x").error("oops")
    current_trace.reset(token)
    line = json.loads(stream.getvalue())
    assert line["trace"]["id"] == trace.trace_id
    assert line["http"]["request"]["id"] == "req-1"


@pytest.mark.parametrize("json_lines", [True, False])
def test_client_text_stays_on_its_line(lines, json_lines):
    stream = lines(json_lines=json_lines)
    logging.getLogger("x").warning("user %s", EVIL)
    structlog.get_logger("x").warning("user", agent=EVIL)
    written = stream.getvalue()
    assert len(written.splitlines()) == 2
    assert not set("\r\x1b\u202e") & set(written)


@pytest.mark.parametrize("json_lines", [True, False])
def test_a_stack_trace_is_kept_and_cannot_begin_a_line(lines, json_lines):
    stream = lines(json_lines=json_lines)
    try:
        raise ValueError(EVIL)
    except ValueError:
        logging.getLogger("x").exception("failed")
    written = stream.getvalue()
    assert "ValueError" in written
    assert "\x1b" not in written
    assert not [line for line in written.splitlines() if line.startswith("2026-01-01 forged")]
    if json_lines:
        assert "Traceback" in json.loads(written)["error"]["stack_trace"]
