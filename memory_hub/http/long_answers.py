"""Answers that go on for long: what streams of events and files of the disk have in common.

The request is its view's until the first byte. From then on the answer is nobody's place among the
requests under way, has no time limit of a request, holds none of its body, and is one of the
streams that its caller and the worker may have open.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any

from django.http import HttpResponse

from memory_hub.caching import dependencies
from memory_hub.core import deadline, request_stats
from memory_hub.core.asgi_types import Receive, Scope, Send
from memory_hub.core.errors import problem_for
from memory_hub.core.identity import Identity
from memory_hub.core.raw_headers import Headers
from memory_hub.http import open_streams

# In the scope: what is called without arguments when the answer turns out to be a long one.
ON_STREAM = "hub.on_stream"
Over = asyncio.Future[None]


class LongAnswer(HttpResponse):
    """``by`` is who asks. Raises RateLimited where this person has too many open, Unavailable where
    all together have or the worker is about to end."""

    streaming = True

    def __init__(self, *, by: Identity, kind: str, headers: dict[str, str]) -> None:
        open_streams.refuse_if_full(by)
        self._by = by
        super().__init__(content_type=kind, headers=headers)

    async def send_to(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        """Sends all of it, with these headers. Returns when it has ended."""
        begun = {"type": "http.response.start", "status": self.status_code, "headers": headers}
        if scope["method"] == "HEAD":
            await send(begun)
            await send({"type": "http.response.body", "body": b""})
            return
        for call in scope.get(ON_STREAM, ()):
            call()
        request_stats.streams()
        dependencies.current.set(None)
        deadline.current.set(None)
        with open_streams.taking_a_place(self._by) as over:
            await send(begun)
            await _until_first(*self._parts(send, over), _gone(receive))
        await self._end(send)

    def _parts(self, send: Send, over: Over) -> list[Awaitable[Any]]:
        """What goes on side by side until one of it is over: what sends the body, and what ends it
        before. ``over`` is done when the worker ends."""
        raise NotImplementedError

    async def _end(self, send: Send) -> None:
        """After the last of its parts."""


async def _gone(receive: Receive) -> None:
    """Returns when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _until_first(*parts: Awaitable[Any]) -> None:
    """Runs all until one of them is over; the others are cancelled, and waited for."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception) and not isinstance(ended, OSError):
                problem_for(ended)
