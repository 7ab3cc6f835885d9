"""W3C Trace Context: which trace a request belongs to (https://www.w3.org/TR/trace-context/)."""

import re
from contextvars import ContextVar
from typing import NamedTuple

from memory_hub.core.random_ids import random_id

# Version 00 has exactly four fields; a higher version may append more after a hyphen.
_HEADER = re.compile(
    rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[\x20-\x7e]*)?", re.ASCII
)
_LONGEST = 512


class TraceContext(NamedTuple):
    """The trace of a request, the span that is the hub's part of it, and the caller's span."""

    trace_id: str
    span_id: str
    parent_id: str | None
    flags: str

    @property
    def header(self) -> str:
        """Return the ``traceparent`` to send with calls that this request makes."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


# Set for the time of a request and copied into the threads that work for it.
current_trace: ContextVar[TraceContext | None] = ContextVar("current_trace", default=None)


def continue_trace(header: bytes | None) -> TraceContext:
    """Return the context of a request with that ``traceparent`` header.

    An absent, malformed or all-zero one begins a new trace, as the recommendation demands; such a
    trace is not marked as sampled.
    """
    span_id = random_id(8)
    parsed = _parse(header) if header else None
    if parsed is None:
        return TraceContext(random_id(16), span_id, None, "00")
    trace_id, parent_id, flags = parsed
    return TraceContext(trace_id, span_id, parent_id, flags)


def _parse(header: bytes) -> tuple[str, str, str] | None:
    match = _HEADER.fullmatch(header) if len(header) <= _LONGEST else None
    if match is None:
        return None
    version, trace_id, parent_id, flags, more = match.groups()
    if version == b"ff" or (version == b"00" and more is not None):
        return None
    if not trace_id.strip(b"0") or not parent_id.strip(b"0"):
        return None
    # Of the flags only "sampled" has a meaning that a receiver may pass on.
    return trace_id.decode(), parent_id.decode(), f"{int(flags, 16) & 1:02x}"
