"""The outermost ASGI application: times every request, whoever answers it, and writes its line.

All of it runs on the event loop and does no I/O: it counts in memory and queues the line.
"""

import time
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from django.conf import settings

from memory_hub.core import request_stats
from memory_hub.core.asgi_types import Application, Message, Receive, Scope, Send
from memory_hub.core.request_id import current_request_id
from memory_hub.core.request_stats import RequestStats
from memory_hub.http.response_cache import CachedAnswer
from monitoring.aggregates.recorder import known_method
from monitoring.aggregates.series import UNMATCHED, Series
from monitoring.logs.access import Access
from monitoring.logs.output import access_log
from monitoring.logs.tracing import TraceContext, continue_trace, current_trace
from monitoring.models import SlowRequest
from monitoring.record.flusher import flusher
from monitoring.record.measure import performance

# Nginx's number for a client that left before the answer.
CLIENT_GONE = 499


class ObservedAnswer:
    """What was sent so far; at its end also in how many nanoseconds, and under which id."""

    __slots__ = ("bytes_out", "duration_ns", "request_id", "status")

    def __init__(self, status: int = 0, bytes_out: int = 0) -> None:
        self.status, self.bytes_out = status, bytes_out
        self.duration_ns, self.request_id = 0, ""


class _Told(NamedTuple):
    """What the headers of a request say about where it comes from."""

    agent: bytes | None
    trace: TraceContext


class TimingMiddleware:
    """Wraps an ASGI application and watches it; answers nothing itself."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._record = performance.recorder.record
        self._slow_ns = settings.MONITORING_SLOW_REQUEST_MS * 1_000_000
        self._log = access_log()
        if self._log is not None:
            flusher.lines_dropped = self._lines_dropped

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._watch(scope, receive, send)
        else:
            await self.application(scope, receive, send)

    async def _watch(self, scope: Scope, receive: Receive, send: Send) -> None:
        started_ns = time.perf_counter_ns()
        told = _told(scope)
        present, answer = RequestStats(), ObservedAnswer()
        present.traceparent = told.trace.header
        noting = request_stats.current.set(present)
        tracing = current_trace.set(told.trace)

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                if present.streams:
                    # It took as long as it took to begin: for how long it goes on is its client's.
                    answer.duration_ns = time.perf_counter_ns() - started_ns
                    self._count(scope, present, answer)
            else:
                answer.bytes_out += len(message.get("body", b""))
            await send(message)

        try:
            await self.application(scope, receive, watched)
        except Exception:
            # The server is about to answer 500 in our place.
            answer.status = answer.status or 500
            raise
        finally:
            answer.duration_ns = time.perf_counter_ns() - started_ns
            answer.status = answer.status or CLIENT_GONE
            answer.request_id = current_request_id()
            if not present.streams:
                self._count(scope, present, answer)
            self._log_line(scope, present, answer, told)
            current_trace.reset(tracing)
            request_stats.current.reset(noting)

    def note_kept(self, scope: Scope, kept: CachedAnswer, request_id: str, started_ns: int) -> None:
        """Count a request that was answered from the cache without coming here."""
        duration_ns = time.perf_counter_ns() - started_ns
        # Only what has a known method is kept. Nothing waited, neither for a thread nor a database.
        route, method = kept.seen.route or UNMATCHED, scope["method"]
        slow = duration_ns > self._slow_ns
        self._record(route, method, kept.status, duration_ns, slow=slow, cache_hit=True)
        if slow or self._log is not None:
            answer = ObservedAnswer(kept.status, len(kept.body))
            answer.duration_ns, answer.request_id = duration_ns, request_id
            if slow:
                _keep_slow(_series(scope, kept.seen, answer), kept.seen, answer)
            self._log_line(scope, kept.seen, answer, _told(scope))

    def _count(self, scope: Scope, present: RequestStats, answer: ObservedAnswer) -> None:
        series = _series(scope, present, answer)
        self._record(
            *series,
            answer.duration_ns,
            slow=answer.duration_ns > self._slow_ns,
            cache_hit=present.cache_hit,
            wait_ns=present.wait_ns,
            db_ns=present.db_ns,
        )
        if answer.duration_ns > self._slow_ns:
            _keep_slow(series, present, answer)

    def _log_line(
        self, scope: Scope, present: RequestStats, answer: ObservedAnswer, told: _Told
    ) -> None:
        if self._log is not None:
            series = _series(scope, present, answer)
            self._log.put(_line(scope, series, present, answer, told))

    def _lines_dropped(self) -> int:
        return self._log.dropped if self._log is not None else 0


def _series(scope: Scope, present: RequestStats, answer: ObservedAnswer) -> Series:
    return Series(present.route or UNMATCHED, known_method(scope["method"]), answer.status)


def _told(scope: Scope) -> _Told:
    agent = parent = None
    for name, value in scope["headers"]:
        if name == b"user-agent":
            agent = value
        elif name == b"traceparent":
            parent = value
    return _Told(agent, continue_trace(parent))


def _line(
    scope: Scope, series: Series, present: RequestStats, answer: ObservedAnswer, told: _Told
) -> Access:
    client = scope.get("client")
    return Access(
        time.time_ns(),
        answer.duration_ns,
        series.method,
        series.route,
        answer.status,
        answer.request_id,
        told.trace,
        present.user_id,
        client[0] if client else None,
        told.agent,
        scope.get("http_version", ""),
        answer.bytes_out,
        present.cache_hit,
        present.wait_ns,
        present.db_ns,
    )


def _keep_slow(series: Series, present: RequestStats, answer: ObservedAnswer) -> None:
    """Have the flusher store it; the row is made there, and only if it is among the last ones."""
    flusher.slow.append(
        partial(
            SlowRequest,
            at=datetime.now(UTC),
            **series._asdict(),
            duration_ms=round(answer.duration_ns / 1e6, 3),
            db_ms=round(present.db_ns / 1e6, 3),
            wait_ms=round(present.wait_ns / 1e6, 3),
            request_id=answer.request_id,
            user_id=str(present.user_id or ""),
        )
    )
