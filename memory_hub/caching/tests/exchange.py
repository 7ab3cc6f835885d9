"""Raw exchanges with an ASGI application, for comparing answers to the byte."""

import asyncio
import gzip
from collections.abc import Iterable
from typing import Any, NamedTuple

from memory_hub.caching.statistics import Counter
from memory_hub.http.application import application, route
from memory_hub.http.request_guard import RequestGuard
from testing.clients.in_process import _loop

cached, uncached = application, RequestGuard(route)
response_cache: Any = application
while not hasattr(response_cache, "answers"):
    inner = "application" if hasattr(response_cache, "application") else "_application"
    response_cache = getattr(response_cache, inner)


def hits() -> int:
    """How many answers this process has found kept."""
    return response_cache.answers.counters.cells[Counter.HITS]


class Answer(NamedTuple):
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def essence(self) -> tuple[Any, ...]:
        """What must be equal between the slow way and the cache.

        Not the request id, nor the file name of random length that Django puts into compressed
        bodies against BREACH.
        """
        headers = dict(self.headers)
        body = self.body
        if headers.get(b"content-encoding") == b"gzip":
            headers.pop(b"content-length")
            body = gzip.decompress(body) if body else b""
        return self.status, sorted(headers.items()), body


def ask(app: Any, token: str | None, path: str, method: str = "GET", **more: Any) -> Answer:
    """The answer of `app`; keyword arguments are the ``body`` and headers, with `_` for `-`."""
    return _loop.run_until_complete(asking(app, token, path, method, **more))


def ask_together(app: Any, questions: Iterable[tuple[Any, ...]], **more: Any) -> list[Answer]:
    """The answers to requests, by token, path and method, that come in the same turn of the event
    loop."""

    async def all_of_them() -> list[Answer]:
        return await asyncio.gather(*(asking(app, *one, **more) for one in questions))

    return _loop.run_until_complete(all_of_them())


async def asking(
    app: Any,
    token: str | None,
    path: str,
    method: str = "GET",
    body: bytes | None = None,
    **headers: str,
) -> Answer:
    """`ask`, to be awaited."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    if "host" not in headers:
        raw.append((b"host", b"localhost"))
    if "x_request_id" not in headers:
        # It is told in the bodies of problems.
        raw.append((b"x-request-id", b"the-same"))
    if token:
        raw.append((b"authorization", f"Bearer {token}".encode()))
    if body is not None:
        raw.append((b"content-length", str(len(body)).encode()))
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": raw,
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body or b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    told = [(name.lower(), value) for name, value in sent[0]["headers"]]
    kept = tuple(pair for pair in told if pair[0] not in VARYING)
    return Answer(sent[0]["status"], kept, b"".join(part["body"] for part in sent[1:]))


VARYING = frozenset(
    {b"x-request-id", b"ratelimit-limit", b"ratelimit-remaining", b"ratelimit-reset"}
)
