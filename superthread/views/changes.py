"""The change feed."""

import asyncio
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from memory_hub.threads.worker_pool import run_in_worker
from superthread.feed import changes, waiting
from superthread.serializers.changes import ChangesPage, ChangesQuery
from superthread.views.base import MemoriesView

SPARE = 5  # seconds of a request that are not waited


class ChangesView(MemoriesView):
    queries = {"GET": ChangesQuery}
    problems = {"GET": (410,)}
    # It changes nothing.
    tells_changes = True
    # What was elsewhere before is told of, too.
    heeds_restrictions = False

    def anonymous(self) -> None:
        """A follower is somebody."""

    @extend_schema(operation_id="list_changes", parameters=[ChangesQuery], responses=ChangesPage)
    async def get(self, request: Request) -> dict[str, Any]:
        """What happened to what the caller may read, in the order in which it became known.

        To begin: take the cursor `now`, list everything (`scope=all`), then follow. A change says
        which memory to take in anew; of what is not in the caller's lists any more, for whatever
        reason, it says that it is gone. Nothing that commits late is passed over. A page may hold
        few changes or none and have `more`. 410 `cursor-gone`: the hub was restored; begin again.
        """
        seconds = min(self.parameters["wait"], max(0, settings.HUB_REQUEST_SECONDS - SPARE))
        if not seconds:
            return await self._page(self.parameters.get("cursor"))
        with waiting.taking_a_place(self.principal):
            return await self._first(seconds)

    async def _first(self, seconds: float) -> dict[str, Any]:
        """The first page with a change, or the last one without when the time is over."""
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        # Their teams are read where waiting for the database is allowed.
        await run_in_worker(self.principal.load)
        page: dict[str, Any] = {"next_cursor": self.parameters.get("cursor")}
        while True:
            stamp = await waiting.stamp_for(self.principal)
            page = await self._page(page["next_cursor"])
            if page["changes"] or (not page["more"] and clock() >= end):
                return page
            if not page["more"]:
                await waiting.until_changed(stamp, end - clock())
            if await waiting.is_another_caller(stamp):
                return page

    async def _page(self, cursor: str | None) -> dict[str, Any]:
        found = await run_in_worker(self._read, cursor)
        return found._asdict()

    def _read(self, cursor: str | None) -> changes.Page:
        return changes.page(by=self.principal, cursor=cursor, limit=self.parameters["limit"])
