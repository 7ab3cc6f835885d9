"""Kept answers, given without entering the application.

A request on its way in passes the timing, the guard, the limits and the response cache, each a
coroutine, in a task of its own. One that the cache can answer waits for nothing in any of them, so
all they do for it is done here by plain calls; a server that knows of `at_once` even needs no task.
Whatever cannot be decided without waiting is left to the application, and nothing is counted twice.
"""

import time
from typing import Protocol

from memory_hub.core.asgi_types import Application, Receive, Scope, Send
from memory_hub.core.raw_headers import headers_of
from memory_hub.core.request_id import id_for_request
from memory_hub.http.rate_limiting import RateLimiting
from memory_hub.http.response_cache import CachedAnswer, ResponseCache

_TRIED = "hub.fast_path_tried"
_ID = b"x-request-id"
# Of bodies, and of who waits to be told to send one: the application deals with them.
_NOT_HERE = (b"content-length", b"transfer-encoding", b"expect")
_LOOKED_AT = frozenset((_ID, *_NOT_HERE))

# A complete answer: what was kept, and the lines of the headers that are this request's own.
Whole = tuple[CachedAnswer, bytes]


class CountsKept(Protocol):
    def note_kept(self, scope: Scope, kept: CachedAnswer, request_id: str, started_ns: int) -> None:
        """Count a request that was answered here."""


class FastPath:
    """Wraps the whole application; answers what it can at once and passes on the rest."""

    def __init__(
        self,
        application: Application,
        timing: CountsKept,
        limits: RateLimiting,
        cache: ResponseCache,
    ) -> None:
        self.application = application
        self._timing, self._limits, self._cache = timing, limits, cache

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tried = scope["type"] != "http" or _TRIED in scope
        answer = None if tried else self.at_once(scope)
        if answer is None:
            await self.application(scope, receive, send)
            return
        kept, own = answer
        headers = [*kept.headers, *headers_of(own)]
        await send({"type": "http.response.start", "status": kept.status, "headers": headers})
        await send({"type": "http.response.body", "body": kept.body})

    def at_once(self, scope: Scope) -> Whole | None:
        """The answer to a request of type "http"; None where the application has to be asked."""
        started_ns = time.perf_counter_ns()
        scope[_TRIED] = True
        found = self._cache.at_once(scope)
        if found is None:
            return None
        offered = None
        for name, value in scope["headers"]:
            if name in _LOOKED_AT:
                if name != _ID:
                    return None
                offered = value if offered is None else offered
        kept, credential = found
        # Last: from here on the request is counted.
        charged = self._limits.at_once(credential, kept.points)
        if charged is None:
            return None
        self._cache.note_hit(kept)
        request_id = id_for_request(offered)
        self._timing.note_kept(scope, kept, request_id, started_ns)
        return kept, b"x-request-id: %b\r\n%b" % (request_id.encode(), charged)
