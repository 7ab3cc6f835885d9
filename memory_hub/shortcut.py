"""Kept answers, given without entering the application.

A request on its way in passes the observer, the guard, the limits and the response cache, each a
coroutine, in a task of its own. One that the cache can answer waits for nothing in any of them, so
all they do for it is done here by plain calls; a server that knows of `at_once` even needs no task.
Whatever cannot be decided without waiting is left to the application, and nothing is counted twice.
"""

import time
from typing import NamedTuple, Protocol

from memory_hub.caching.responses import Answer, ResponseCache, Scope, lines
from memory_hub.guard import Application, Headers, Receive, Send
from memory_hub.limits import Limits
from memory_hub.request_id import id_for_request

_TRIED = "hub.shortcut_tried"
# Bodies, and who waits to be told to send one: the application deals with them.
_NOT_HERE = frozenset((b"content-length", b"transfer-encoding", b"expect"))


class Whole(NamedTuple):
    """A complete answer: what was kept, and the headers that are this request's own."""

    kept: Answer
    added: Headers

    def lines(self, before: Headers) -> bytes:
        """All headers as they are sent, after some of the server's."""
        return lines(before) + self.kept.lines + lines(self.added)


class Observer(Protocol):
    def note_kept(self, scope: Scope, kept: Answer, request_id: str, started_ns: int) -> None:
        """Count a request that was answered here."""


class Shortcut:
    """Wraps the whole application; answers what it can at once and passes on the rest."""

    def __init__(
        self, application: Application, observer: Observer, limits: Limits, cache: ResponseCache
    ) -> None:
        self.application = application
        self._observer, self._limits, self._cache = observer, limits, cache

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tried = scope["type"] != "http" or _TRIED in scope
        answer = None if tried else self.at_once(scope)
        if answer is None:
            await self.application(scope, receive, send)
            return
        kept, headers = answer.kept, [*answer.kept.headers, *answer.added]
        await send({"type": "http.response.start", "status": kept.status, "headers": headers})
        await send({"type": "http.response.body", "body": kept.body})

    def at_once(self, scope: Scope) -> Whole | None:
        """The answer to a request of type "http"; None where the application has to be asked."""
        started_ns = time.perf_counter_ns()
        scope[_TRIED] = True
        kept = self._cache.at_once(scope)
        if kept is None:
            return None
        offered = None
        for name, value in scope["headers"]:
            if name in _NOT_HERE:
                return None
            if name == b"x-request-id" and offered is None:
                offered = value
        # Last: from here on the request is counted.
        charged = self._limits.at_once(scope)
        if charged is None:
            return None
        return self._answer(scope, kept, offered, charged, started_ns)

    def _answer(
        self,
        scope: Scope,
        kept: Answer,
        offered: bytes | None,
        charged: Headers,
        started_ns: int,
    ) -> Whole:
        self._cache.note_hit()
        request_id = id_for_request(offered)
        self._observer.note_kept(scope, kept, request_id, started_ns)
        return Whole(kept, [(b"x-request-id", request_id.encode()), *charged])
