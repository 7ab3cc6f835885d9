"""What one worker remembers of Google for some seconds.

The hub's own writes, in whichever worker, are seen through the table of recent writes; what was
edited in Google's editor through `changes.list`, asked at most every `POLL_EVERY` seconds.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from google_docs.calls import Calls
from google_docs.errors import GoogleDocsError

POLL_EVERY = 5.0
MAX_PAGES = 5


class TtlCache:
    """Values by key, each for `ttl` seconds, the least recently used ones dropped first."""

    def __init__(self, ttl: float, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.ttl, self.size, self.clock = ttl, size, clock
        self._entries: OrderedDict[Any, tuple[float, Any]] = OrderedDict()

    def get(self, key: Any) -> Any:
        """The value, or None."""
        entry = self._entries.get(key)
        if entry is None or entry[0] <= self.clock():
            self._entries.pop(key, None)
            return None
        self._entries.move_to_end(key)
        return entry[1]

    def put(self, key: Any, value: Any) -> None:
        self._entries[key] = (self.clock() + self.ttl, value)
        self._entries.move_to_end(key)
        while len(self._entries) > self.size:
            self._entries.popitem(last=False)

    def drop(self, key: Any) -> None:
        self._entries.pop(key, None)

    def clear(self) -> None:
        self._entries.clear()

    async def kept(self, key: Any, make: Callable[[], Awaitable[Any]]) -> Any:
        """The value, made if need be."""
        value = self.get(key)
        if value is None:
            value = await make()
            self.put(key, value)
        return value


@dataclass(frozen=True)
class Seen:
    """A file and its document, and when we began to ask for them."""

    file: dict[str, Any]
    document: dict[str, Any]
    asked_at: datetime


class _Watch:
    """Which files of one identity changed, asked for now and then."""

    def __init__(self, calls: Calls) -> None:
        self.calls, self.token, self.asked = calls, "", 0.0
        self.since: datetime | None = None  # from when on changes are known
        self.lock = asyncio.Lock()


class ReadCache:
    """Documents read lately, by identity and id."""

    def __init__(self, ttl: float, size: int = 2000) -> None:
        self._documents = TtlCache(ttl, size)
        self._watches = TtlCache(3600, size)

    async def get(self, calls: Calls, doc_id: str, written_at: datetime | None) -> Seen | None:
        """What was read, unless the hub wrote it since or Google says that it changed."""
        key = (calls.identity, doc_id)
        if self._documents.get(key) is None:
            return None
        await self._drop_changed(calls)
        seen = self._documents.get(key)
        if seen is not None and written_at is not None and written_at >= seen.asked_at:
            self._documents.drop(key)
            return None
        return seen

    def put(self, calls: Calls, seen: Seen) -> None:
        """Remember a document, if it was asked for while its changes can be told."""
        watch = self._watches.get(calls.identity)
        if watch is not None and watch.since is not None and watch.since <= seen.asked_at:
            self._documents.put((calls.identity, seen.file["id"]), seen)

    async def watch(self, calls: Calls) -> None:
        """Begin to follow the changes of an identity; awaited beside its first read."""
        if self._watches.get(calls.identity) is not None:
            return
        watch = _Watch(calls)
        self._watches.put(calls.identity, watch)
        try:
            watch.token = await calls.change_token()
            watch.asked, watch.since = time.monotonic(), now()
        except GoogleDocsError:
            self._watches.drop(calls.identity)

    async def _drop_changed(self, calls: Calls) -> None:
        watch = self._watches.get(calls.identity)
        if watch is None:
            self._documents.clear()
            return
        async with watch.lock:
            if time.monotonic() - watch.asked < POLL_EVERY:
                return
            try:
                await self._follow(watch)
            except GoogleDocsError:
                # Nobody can tell what changed: start anew.
                self._watches.drop(calls.identity)
                self._documents.clear()

    async def _follow(self, watch: _Watch) -> None:
        for _ in range(MAX_PAGES):
            page = await watch.calls.changes(watch.token)
            for change in page.get("changes", []):
                self._documents.drop((watch.calls.identity, change.get("fileId")))
            watch.token = page.get("nextPageToken") or page["newStartPageToken"]
            watch.asked = time.monotonic()
            if "nextPageToken" not in page:
                return
        self._documents.clear()


def now() -> datetime:
    return datetime.now(UTC)
