"""Timing of database queries: the share of each request, and statements over the threshold."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db.backends.signals import connection_created

from memory_hub.core import request_stats
from memory_hub.core.request_id import current_request_id
from monitoring.models.slow import LONGEST_STATEMENT

log = structlog.get_logger("monitoring.record.query_timing")

# Values stand apart from Django's statements; a literal that someone wrote into one is cut out.
_LITERAL = re.compile(r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$", re.DOTALL)
# Rows of one INSERT, or values of one IN, differ in nothing once the values are gone.
_REPEATED = re.compile(r"(\((?:%s, )*%s\))(?:, \1)+|(%s)(?:, \2)+")


def connect() -> None:
    """Time the queries of every connection made from now on."""
    connection_created.connect(_time_connection, dispatch_uid="monitoring.record.query_timing")


def _time_connection(connection: Any, **kwargs: Any) -> None:
    # A connection object outlives what it is connected to: it may have the wrapper already.
    if timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(timed)


def timed(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Execute a statement and note how long it took (Django's execute_wrapper)."""
    started_ns = time.perf_counter_ns()
    try:
        return execute(sql, params, many, context)
    finally:
        duration_ns = time.perf_counter_ns() - started_ns
        present = request_stats.current.get()
        if present is not None:
            present.db_ns += duration_ns
        if duration_ns > settings.MONITORING_SLOW_QUERY_MS * 1e6:
            _note_slow(context["connection"].alias, str(sql), duration_ns, present)


def without_values(sql: str) -> str:
    """Return the statement with its literals replaced, on one line, cut to a bounded length."""
    line = " ".join(_LITERAL.sub("?", sql[: 4 * LONGEST_STATEMENT]).split())
    return _REPEATED.sub(r"\1\2, …", line)[:LONGEST_STATEMENT]


def _note_slow(
    database: str, sql: str, duration_ns: int, present: request_stats.RequestStats | None
) -> None:
    from monitoring.models import SlowQuery
    from monitoring.record.flusher import flusher

    route = (present.route if present else None) or ""
    statement = without_values(sql)
    duration_ms = round(duration_ns / 1e6, 3)
    log.warning(
        "slow query",
        database=database,
        duration_ms=duration_ms,
        statement=statement,
        route=route,
        request_id=current_request_id(),
    )
    flusher.slow.append(
        partial(
            SlowQuery,
            at=datetime.now(UTC),
            route=route,
            duration_ms=duration_ms,
            request_id=current_request_id(),
            database=database,
            statement=statement,
        )
    )
