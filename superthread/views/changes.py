"""The change feed."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from hashlib import blake2b
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from memory_hub.api.describing import extend_schema
from memory_hub.api.preconditions import is_unmodified
from memory_hub.caching import cache_read_only
from memory_hub.caching.dependencies import never_kept
from memory_hub.caching.generations.watching import until_bumped
from memory_hub.core.errors import BadInput, JsonAnswer
from memory_hub.http.streaming import EVENTS, event, prefers_events
from memory_hub.threads.worker_pool import run_in_worker
from superthread.feed import changes, waiting
from superthread.feed.branches import FollowedList
from superthread.feed.following import Follower
from superthread.generations import KEPT, of_everything
from superthread.serializers.changes import ChangesPage, ChangesQuery
from superthread.views.base import MemoriesView

# Seconds of a request that are not waited.
SPARE = 5
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
            follower = self._follower()
            page = await follower.first(self._last_event() or cursor)
            return self.stream(self._events(follower, page))
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

    def _follower(self) -> Follower:
        return Follower(
            self.principal,
            who_now=self._caller_now,
            limit=self.parameters["limit"],
            place=FollowedList(self.parameters["scope"], self.parameters.get("team_key")),
        )

    async def _events(
        self, follower: Follower, first: changes.FeedPage
    ) -> AsyncGenerator[bytes, None]:
        """The page and all after it. Of what was looked at and is nothing to the caller, the place
        alone."""
        async with aclosing(follower.pages(first)) as pages:
            async for page in pages:
                data = orjson.dumps(page._asdict()) if page.changes else ""
                yield event(data, event_id=page.next_cursor)

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
        found = await run_in_worker(self._follower().read, cursor)
        return found._asdict()
