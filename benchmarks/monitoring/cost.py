"""What timing, ids, route and access line cost a request: the same application with and without."""

import argparse
import asyncio
import gc
import io
import os
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import django
import numpy as np

ROUNDS, REQUESTS = 7, 20_000
HEADERS = [(b"host", b"hub"), (b"user-agent", b"curl/8.5.0"), (b"accept", b"*/*")]
BODY = b"x" * 1000


def main(options: argparse.Namespace) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memory_hub.settings")
    django.setup()
    plain, watched, finish = applications()
    asyncio.run(times(plain, 2_000))
    asyncio.run(times(watched, 2_000))
    samples: dict[str, list[tuple[float, ...]]] = {"without": [], "with": []}
    for _ in range(ROUNDS):
        # Turn by turn, so that whatever else the machine does meets both.
        samples["without"].append(measured(plain, lambda: None))
        samples["with"].append(measured(watched, finish))
    show(samples)


def measured(application: Any, finish: Callable[[], None]) -> tuple[float, ...]:
    """Return nanoseconds: processor time a request, all threads, and the clock's p50 and p99."""
    cpu = time.process_time_ns()
    spent = asyncio.run(times(application, REQUESTS))
    finish()
    return ((time.process_time_ns() - cpu) / REQUESTS, *np.percentile(spent, (50, 99)))


def applications() -> tuple[Any, Any, Any]:
    """Return the application without and with monitoring, and what flushes the lines."""
    from memory_hub.http.request_guard import RequestGuard
    from monitoring.logs.output import ecs_format
    from monitoring.logs.writer import LineWriter
    from monitoring.record.route_notes import note_route
    from monitoring.record.timing_middleware import TimingMiddleware

    match = SimpleNamespace(route="superthread/memories/<str:doc_id>")
    request = SimpleNamespace(resolver_match=match, path_info="/superthread/memories/x", auth=None)

    async def answer(_request: Any) -> bytes:
        return BODY

    def application(handler: Any) -> Any:
        async def respond(scope: Any, receive: Any, send: Any) -> None:
            body = await handler(request)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": body})

        return RequestGuard(respond)

    timing = TimingMiddleware(application(note_route(answer)))
    # The lines are rendered and written by their thread as in production, to nowhere.
    writer = LineWriter(io.BytesIO(), ecs_format())
    timing._log = writer

    def finish() -> None:
        writer.flush()
        writer._stream.seek(0)
        writer._stream.truncate()
        assert not writer.dropped

    return application(answer), timing, finish


async def times(application: Any, count: int) -> np.ndarray:
    """Return the nanoseconds of each of so many requests, one after the other."""
    spent = np.empty(count, dtype=np.int64)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        return

    gc.collect()
    for index in range(count):
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/superthread/memories/x",
            "headers": HEADERS,
            "client": ("127.0.0.1", 50_000),
            "http_version": "1.1",
        }
        started = time.perf_counter_ns()
        await application(scope, receive, send)
        spent[index] = time.perf_counter_ns() - started
        if not index % 100:
            await asyncio.sleep(0)
    return spent


def show(samples: dict[str, list[tuple[float, ...]]]) -> None:
    print("cost of timing, ids, route and access line, microseconds a request")
    print(f"{'':12}{'processor':>10}{'p50':>8}{'p99':>8}")
    # The quietest round: what the code costs, not what the neighbours did.
    rows = {name: np.array(min(rounds)) / 1000 for name, rounds in samples.items()}
    rows["difference"] = rows["with"] - rows["without"]
    for name, (busy, middle, high) in rows.items():
        print(f"{name:12}{busy:10.2f}{middle:8.2f}{high:8.2f}")
    extra = rows["difference"]
    print(f"limits: processor 20 {passed(extra[0] <= 20)}, p99 50 {passed(extra[2] <= 50)}")


def passed(good: bool) -> str:
    return "ok" if good else "EXCEEDED"
