"""Streams of Server-Sent Events: answers that go on for minutes, of any view.

A view whose handler is a coroutine returns an ``EventStream`` of an asynchronous generator. Until
then it is a request as any other (credential, points, scopes, problem documents); from its first
byte on it is nobody's place among the requests under way, has no time limit of a request, and is
counted as a route of its own with the time to that first byte. While it waits it holds a coroutine,
neither a thread nor a connection to the database: a generator waits with ``until_bumped`` and reads
in ``run_in_worker``.

It ends after ``SECONDS`` at most, with its token's time, within a second after the credential is
good no longer or is another one (``recheck``), and at once when its client goes or the worker ends.
Clients come again by themselves, after the ``retry:`` that begins it, with the ``Last-Event-ID``.
"""

import asyncio
import random
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone

from memory_hub.caching import generations
from memory_hub.caching.dependencies import caller_key
from memory_hub.caching.generations.watching import BEAT_OF_HOSTS, until_bumped
from memory_hub.core.asgi_types import Send
from memory_hub.core.errors import HubError, Unavailable, problem_for
from memory_hub.core.identity import Identity
from memory_hub.http.long_answers import LongAnswer, Over
from memory_hub.threads.worker_pool import run_in_worker

EVENTS = "text/event-stream"
# Seconds for which a stream goes on; some less for each, lest all come again at once.
SECONDS, LESS = 300.0, 60.0
# Seconds of silence after which a comment is sent: proxies end what says nothing.
PING = 15.0
# After so many milliseconds, from and to, a client comes again.
RETRY_MS = 1_000, 3_000
# Where a line of a stream ends. Texts know more ends, and JSON holds those as they are.
_LINE_END = re.compile(r"\r\n|\r|\n")


def event(data: bytes | str = "", *, event_id: str = "") -> bytes:
    """One event as it is sent. Without data it is none to the client, which takes its id all the
    same."""
    text = data.decode() if isinstance(data, bytes) else data
    lines = [f"id: {event_id}"] if event_id else []
    lines += [f"data: {line}" for line in _LINE_END.split(text)] if text else []
    return "".join(f"{line}\n" for line in [*lines, ""]).encode()


def prefers_events(request: HttpRequest) -> bool:
    """Whether the Accept header would rather have a stream than JSON."""
    return request.get_preferred_type(["application/json", EVENTS]) == EVENTS


class EventStream(LongAnswer):
    """An answer of events as they come.

    ``frames`` yields bytes, each a whole ``event``; at its end the stream ends. It is closed
    wherever it waits when the stream ends for another reason, and never begun if that comes first.
    Errors in it end the stream: what can be refused is refused before. It has no deadline and no
    time limit; what it costs beyond its request it charges itself (``bill.charge``).

    ``by`` is who asks. ``recheck`` is called in a worker thread whenever something about them has
    changed: it authenticates the request anew and returns whose it is, or raises. The same person
    with the same scopes and restrictions goes on (their teams may be others). ``farewell`` is sent
    when it ends, for whatever reason.

    Raises RateLimited where this person has too many streams, Unavailable where all together have
    or the worker is about to end.
    """

    def __init__(
        self,
        frames: AsyncGenerator[bytes, None],
        *,
        by: Identity,
        recheck: Callable[[], Identity],
        farewell: bytes = b"",
    ) -> None:
        headers = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
        super().__init__(by=by, kind=EVENTS, headers=headers)
        self._frames, self._recheck, self._farewell = frames, recheck, farewell

    def _parts(self, send: Send, over: Over) -> list[Awaitable[Any]]:
        return [self._pump(send), self._until_another(), _until(over, self._seconds())]

    async def _end(self, send: Send) -> None:
        with suppress(OSError):
            await send({"type": "http.response.body", "body": self._farewell})

    def _seconds(self) -> float:
        seconds = SECONDS - random.uniform(0, LESS)  # noqa: S311 - spreads load, hides nothing
        ends = self._by.expires_at
        return seconds if ends is None else min(seconds, (ends - timezone.now()).total_seconds())

    async def _pump(self, send: Send) -> None:
        """Sends what comes, and comments while nothing does."""
        retry = random.randint(*RETRY_MS)  # noqa: S311 - spreads load, hides nothing
        await _send(b"retry: %d\n\n" % retry, send)
        async with aclosing(self._frames) as frames:
            step = asyncio.ensure_future(anext(frames))
            try:
                while True:
                    done, _ = await asyncio.wait({step}, timeout=PING)
                    await _send(step.result() if done else b":\n\n", send)
                    if done:
                        step = asyncio.ensure_future(anext(frames))
            except StopAsyncIteration:
                return
            except Exception as error:
                # Which logs what is nobody's fault but the hub's.
                problem_for(error)
            finally:
                step.cancel()
                await asyncio.wait({step})

    async def _until_another(self) -> None:
        """Returns once the credential is good no longer, or is another one."""
        while True:
            # Before it is looked: what changes meanwhile is seen.
            stamp = await generations.current().astamp([caller_key(self._by.user_id)])
            try:
                if await run_in_worker(self._recheck) != self._by:
                    return
            except (Unavailable, DatabaseError):
                # It cannot be told now.
                await asyncio.sleep(BEAT_OF_HOSTS)
                continue
            except HubError:
                return
            while not await until_bumped(stamp, SECONDS):
                pass


async def _send(frame: bytes, send: Send) -> None:
    await send({"type": "http.response.body", "body": frame, "more_body": True})


async def _until(over: Over, seconds: float) -> None:
    await asyncio.wait({over}, timeout=max(0.0, seconds))
