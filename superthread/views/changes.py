"""The change feed."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from hashlib import blake2b
from typing import Any, TypeVar

import orjson
from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from memory_hub.api.preconditions import is_unmodified
from memory_hub.caching import cache_read_only
from memory_hub.caching.dependencies import never_kept
from memory_hub.caching.generations import Stamp
from memory_hub.caching.generations.watching import until_bumped
from memory_hub.core.errors import BadInput, JsonAnswer, Unavailable
from memory_hub.http.streaming import EVENTS, SECONDS, event, prefers_events
from memory_hub.rate_limits import bill
from memory_hub.rate_limits.prices import READ
from memory_hub.threads.worker_pool import run_in_worker
from superthread.feed import changes, waiting
from superthread.feed.branches import Place
from superthread.generations import KEPT, of_everything
from superthread.serializers.changes import ChangesPage, ChangesQuery
from superthread.views.base import MemoriesView

T = TypeVar("T")

SPARE = 5  # seconds of a request that are not waited
LAST_EVENT_ID = "Last-Event-ID"


class ChangesView(MemoriesView):
    queries = {"GET": ChangesQuery}
    problems = {"GET": (410,)}
    # It changes nothing.
    tells_changes = True
    # What was elsewhere before is told of, too.
    heeds_restrictions = False

    def anonymous(self) -> None:
        """A follower is somebody."""

    @extend_schema(
        operation_id="list_changes",
        parameters=[ChangesQuery],
        responses={(200, "application/json"): ChangesPage, (200, EVENTS): ChangesPage},
    )
    @cache_read_only(KEPT, depends_on=lambda by, *_: of_everything(by))
    async def get(self, request: Request) -> HttpResponse:
        """What happened to what the caller may read, in the order in which it became known.

        To begin: take the cursor `now`, list everything (`scope=all`), then follow. A change says
        which memory to take in anew; of what is not in the caller's lists any more, for whatever
        reason, it says that it is gone. Nothing that commits late is passed over. A page may hold
        few changes or none and have `more`. 410 `cursor-gone`: the hub was restored; begin again.

        With `Accept: text/event-stream` the answer goes on: each page with changes is an event, its
        `data` the same JSON, its `id` the `next_cursor`. It ends after five minutes, when the hub
        restarts or who asks has changed; who comes again with the `Last-Event-ID`, as browsers do,
        misses nothing. `wait` is nothing to it.
        """
        cursor = self.parameters.get("cursor")
        if prefers_events(request._request):
            await run_in_worker(self.principal.load)
            page = await self._page(self._last_event() or cursor)
            return self.stream(self._events(page))
        seconds = min(self.parameters["wait"], max(0, settings.HUB_REQUEST_SECONDS - SPARE))
        if not seconds:
            return self._answer(await self._page(cursor))
        # What is kept answers at once.
        never_kept()
        with waiting.taking_a_place(self.principal):
            return self._answer(await self._first(seconds))

    def _answer(self, page: dict[str, Any]) -> HttpResponse:
        """The page, or 304 when the client has it."""
        answer = JsonAnswer(page)
        tag = f'"{blake2b(answer.content, digest_size=12).hexdigest()}"'
        if is_unmodified(self.request, tag):
            return HttpResponse(status=304, headers={"ETag": tag})
        answer.headers["ETag"] = tag
        return answer

    def _last_event(self) -> str | None:
        """Where a stream goes on that was broken off."""
        cursor = self.request._request.headers.get(LAST_EVENT_ID)
        if cursor and len(cursor) > ChangesQuery().fields["cursor"].max_length:
            raise BadInput.at(f"header:{LAST_EVENT_ID}", "bad-cursor", "It is no cursor.")
        return cursor

    async def _events(self, page: dict[str, Any]) -> AsyncGenerator[bytes, None]:
        """The page and all after it."""
        stamp, sent = None, ""
        while True:
            if page["next_cursor"] != sent:
                sent = page["next_cursor"]
                # Of what was looked at and is nothing to the caller, the place alone.
                yield event(orjson.dumps(page) if page["changes"] else "", event_id=sent)
            if not page["more"]:
                await until_bumped(stamp, SECONDS)
            # Before anything is read: what changes meanwhile is seen.
            stamp = await self._stamp(stamp)
            async with waiting.turn():
                page = await _when_there_is_room(self._read_in_stream, sent)

    async def _stamp(self, before: Stamp | None) -> Stamp | None:
        """The numbers of what whoever asks now can see, where these are the numbers of before; None
        where they are being changed."""
        while True:
            stamp = await waiting.stamp_for(self.principal)
            if stamp and before and stamp.first(1) == before.first(1):
                return stamp
            await _when_there_is_room(self._ask_who_it_is)
            if stamp is None:
                return None
            before = stamp

    def _ask_who_it_is(self) -> None:
        # The same person with the same scopes, or the stream is ended (`EventStream`).
        self.principal = self._caller_now()
        self.principal.load()

    def _read_in_stream(self, cursor: str) -> dict[str, Any]:
        """A page. Raises RateLimited and CursorGone: the stream ends, and whoever comes again is
        told so."""
        bill.charge(READ)
        return self._read(cursor)._asdict()

    async def _first(self, seconds: float) -> dict[str, Any]:
        """The first page with a change, or the last one without when the time is over."""
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        # Their teams are read where waiting for the database is allowed.
        await run_in_worker(self.principal.load)
        page: dict[str, Any] = {"next_cursor": self.parameters.get("cursor")}
        while True:
            stamp = await waiting.stamp_for(self.principal)
            async with waiting.turn():
                page = await self._page(page["next_cursor"])
            if page["changes"] or (not page["more"] and clock() >= end):
                return page
            if not page["more"]:
                await until_bumped(stamp, max(0.0, end - clock()))
            if await waiting.is_another_caller(stamp):
                return page

    async def _page(self, cursor: str | None) -> dict[str, Any]:
        found = await run_in_worker(self._read, cursor)
        return found._asdict()

    def _read(self, cursor: str | None) -> changes.Page:
        return changes.page(
            by=self.principal,
            cursor=cursor,
            limit=self.parameters["limit"],
            place=Place(self.parameters["scope"], self.parameters.get("team_key")),
        )


async def _when_there_is_room(unit: Callable[..., T], *arguments: Any) -> T:
    while True:
        try:
            return await run_in_worker(unit, *arguments)
        except Unavailable:
            await asyncio.sleep(1)
