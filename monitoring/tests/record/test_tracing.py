"""W3C traceparent: continued when it is valid, replaced when it is not."""

import pytest

from monitoring.logs.tracing import continue_trace

TRACE = "0af7651916cd43dd8448eb211c80319c"
VALID = f"00-{TRACE}-b7ad6b7169203331-01".encode()


def test_a_valid_header_is_continued_with_a_span_of_our_own():
    context = continue_trace(VALID)
    assert (context.trace_id, context.parent_id) == (TRACE, "b7ad6b7169203331")
    assert context.span_id != context.parent_id
    assert context.header == f"00-{TRACE}-{context.span_id}-01"


def test_a_later_version_is_read_as_far_as_it_is_known():
    assert continue_trace(b"cc" + VALID[2:] + b"-what-comes").trace_id == TRACE
    assert continue_trace(b"cc" + VALID[2:] + b"-what-comes").header.startswith("00-")


def test_unknown_flags_are_not_passed_on():
    assert continue_trace(VALID[:-2] + b"ff").flags == "01"
    assert continue_trace(VALID[:-2] + b"fe").flags == "00"


@pytest.mark.parametrize(
    "header",
    [
        None,
        b"",
        VALID.upper(),
        VALID + b"-more",
        VALID + b"\n",
        b"ff" + VALID[2:],
        VALID.replace(TRACE.encode(), b"0" * 32),
        VALID.replace(b"b7ad6b7169203331", b"0" * 16),
        b"cc" + VALID[2:] + b"-" + b"a" * 600,
        b"\xff" * 55,
    ],
)
def test_any_other_header_begins_a_new_trace(header):
    context = continue_trace(header)
    assert context.trace_id != TRACE
    assert len(context.trace_id) == 32
    assert (context.parent_id, context.flags) == (None, "00")
