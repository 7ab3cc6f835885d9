"""The outermost ASGI application: times every request, whoever answers it, and writes its line.

All of it runs on the event loop and does no I/O: it counts in memory and queues the line.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.conf import settings

from memory_hub import observation
from memory_hub.caching.responses import Answer as Kept
from memory_hub.observation import Observation
from memory_hub.request_id import current_request_id
from monitoring.flusher import flusher
from monitoring.logs.access import Access
from monitoring.logs.output import access_log
from monitoring.measure import performance
from monitoring.models import SlowRequest
from monitoring.recorder import known_method
from monitoring.tally import UNMATCHED, Series
from monitoring.tracing import TraceContext, continue_trace, current_trace

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

CLIENT_GONE = 499  # nginx's number for a client that left before the answer


class Answer:
    """What was sent so far."""

    __slots__ = ("bytes_out", "status")

    def __init__(self) -> None:
        self.status = 0
        self.bytes_out = 0


class Observer:
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
        elif scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        else:
            await self.application(scope, receive, send)

    async def _watch(self, scope: Scope, receive: Receive, send: Send) -> None:
        started_ns = time.perf_counter_ns()
        agent, trace = _told(scope)
        present, answer = Observation(), Answer()
        present.traceparent = trace.header
        noting = observation.current.set(present)
        tracing = current_trace.set(trace)

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
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
            duration_ns = time.perf_counter_ns() - started_ns
            status, request_id = answer.status or CLIENT_GONE, current_request_id()
            self._count(scope, present, status, duration_ns, request_id)
            if self._log is not None:
                line = (request_id, trace, agent, answer.bytes_out)
                self._write(scope, present, status, duration_ns, *line)
            current_trace.reset(tracing)
            observation.current.reset(noting)

    def note_kept(self, scope: Scope, kept: Kept, request_id: str, started_ns: int) -> None:
        """Count a request that was answered from the cache without coming here."""
        duration_ns = time.perf_counter_ns() - started_ns
        self._count(scope, kept.seen, kept.status, duration_ns, request_id)
        if self._log is not None:
            agent, trace = _told(scope)
            line = (request_id, trace, agent, len(kept.body))
            self._write(scope, kept.seen, kept.status, duration_ns, *line)

    def _count(
        self,
        scope: Scope,
        present: Observation,
        status: int,
        duration_ns: int,
        request_id: str,
    ) -> None:
        method = known_method(scope["method"])
        route = present.route or UNMATCHED
        slow = duration_ns > self._slow_ns
        self._record(
            route,
            method,
            status,
            duration_ns,
            slow=slow,
            cache_hit=present.cache_hit,
            wait_ns=present.wait_ns,
            db_ns=present.db_ns,
        )
        if slow:
            _keep_slow(Series(route, method, status), present, duration_ns, request_id)

    def _write(
        self,
        scope: Scope,
        present: Observation,
        status: int,
        duration_ns: int,
        request_id: str,
        trace: TraceContext,
        agent: bytes | None,
        bytes_out: int,
    ) -> None:
        client = scope.get("client")
        self._log.put(
            Access(
                time.time_ns(),
                duration_ns,
                known_method(scope["method"]),
                present.route or UNMATCHED,
                status,
                request_id,
                trace,
                present.user_id,
                client[0] if client else None,
                agent,
                scope.get("http_version", ""),
                bytes_out,
                present.cache_hit,
                present.wait_ns,
                present.db_ns,
            )
        )

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Start flushing when the server has started this process, and stop with it."""

        async def watched(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                flusher.start()
            elif message["type"] == "lifespan.shutdown.complete":
                flusher.stop()
                if self._log is not None:
                    self._log.flush()
            await send(message)

        await self.application(scope, receive, watched)

    def _lines_dropped(self) -> int:
        return self._log.dropped if self._log is not None else 0


def _told(scope: Scope) -> tuple[bytes | None, TraceContext]:
    """The user agent of a request and the trace that it belongs to."""
    agent = parent = None
    for name, value in scope["headers"]:
        if name == b"user-agent":
            agent = value
        elif name == b"traceparent":
            parent = value
    return agent, continue_trace(parent)


def _keep_slow(series: Series, present: Observation, duration_ns: int, request_id: str) -> None:
    """Have the flusher store it; the row is made there, and only if it is among the last ones."""
    flusher.slow.append(
        partial(
            SlowRequest,
            at=datetime.now(UTC),
            **series._asdict(),
            duration_ms=round(duration_ns / 1e6, 3),
            db_ms=round(present.db_ns / 1e6, 3),
            wait_ms=round(present.wait_ns / 1e6, 3),
            request_id=request_id,
            user_id=str(present.user_id or ""),
        )
    )
