"""The access log: one line a request, as JSON in the Elastic Common Schema or for people.

A line names the route template and never the path, query string, body or credential of a request,
so that nothing a user wrote can be in it. https://www.elastic.co/docs/reference/ecs
"""

import os
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

import orjson

from memory_hub.core import ecs
from monitoring.logs.text import harmless, harmless_bytes
from monitoring.logs.tracing import TraceContext

DATASET = "memory_hub.access"
_SERVER_ERROR, _CLIENT_ERROR = 500, 400


class Access(NamedTuple):
    """One answered request; small enough to queue, turned into text off the request's path."""

    finished_ns: int  # wall clock, nanoseconds since the epoch
    duration_ns: int
    method: str
    route: str
    status: int
    request_id: str
    trace: TraceContext
    user_id: int | None
    client_ip: str | None
    user_agent: bytes | None
    http_version: str
    bytes_out: int
    cache_hit: bool
    wait_ns: int
    db_ns: int


class EcsFormat:
    """Renders lines for machines: one JSON document each, fields of the Elastic Common Schema."""

    def __init__(self, *, service: str, version: str, environment: str, host: str):
        self._fixed = {
            "ecs.version": ecs.VERSION,
            "service.name": service,
            "service.version": version,
            "service.environment": environment,
            "host.hostname": host,
            "event.kind": "event",
            "event.category": ["web"],
            "event.type": ["access"],
            "event.dataset": DATASET,
            "message": "request",
        }

    def __call__(self, access: Access) -> bytes:
        """Return one line, line feed included."""
        line = {
            "@timestamp": iso_time(access.finished_ns),
            "log.level": level_of(access.status),
            **self._fixed,
            # Asked anew: a worker is a fork.
            "process.pid": os.getpid(),
            "event.duration": access.duration_ns,
            "event.outcome": "failure" if access.status >= _CLIENT_ERROR else "success",
            "http.request.method": access.method,
            "http.request.id": harmless(access.request_id, 64),
            "http.response.status_code": access.status,
            "http.response.body.bytes": access.bytes_out,
            "http.version": access.http_version,
            "url.path": access.route,
            "trace.id": access.trace.trace_id,
            "span.id": access.trace.span_id,
            "labels.cache": "hit" if access.cache_hit else "miss",
            "memory_hub.wait_ns": access.wait_ns,
            "memory_hub.db_ns": access.db_ns,
        }
        if access.trace.parent_id:
            line["parent.id"] = access.trace.parent_id
        if access.user_id:
            line["user.id"] = str(access.user_id)
        if access.client_ip:
            line["client.ip"] = access.client_ip
        if access.user_agent:
            line["user_agent.original"] = known_agent(access.user_agent)
        return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


class PlainFormat:
    """Renders lines for a person at a terminal."""

    def __call__(self, access: Access) -> bytes:
        """Return one line, line feed included."""
        cached = " cached" if access.cache_hit else ""
        return (
            f"{iso_time(access.finished_ns)} {access.status} {access.method} {access.route} "
            f"{access.duration_ns / 1e6:.2f} ms{cached} {harmless(access.request_id, 64)}\n"
        ).encode()


def level_of(status: int) -> str:
    """Return the log level of an answer."""
    if status >= _SERVER_ERROR:
        return "error"
    return "warning" if status >= _CLIENT_ERROR else "info"


def iso_time(moment_ns: int) -> str:
    """Return a moment as ECS wants it: RFC 3339, UTC, milliseconds."""
    seconds, rest = divmod(moment_ns, 1_000_000_000)
    return f"{_second(seconds)}.{rest // 1_000_000:03d}Z"


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@lru_cache(maxsize=512)
def known_agent(raw: bytes) -> str:
    """Return a user agent as harmless text; a hub has few different ones."""
    return harmless_bytes(raw)
