"""What one worker remembers of Google for some seconds.

The hub's own writes, in whichever worker, bump the generation of a document, and what was kept
under an older one is no longer used. What was edited in Google's editor is found through
`changes.list`, asked at most every `POLL_EVERY` seconds.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from google_docs.client.calls import Calls
from google_docs.errors import GoogleDocsError
from google_docs.text.pieces import Shown
from memory_hub.caching import TTLCache, generations, registry
from memory_hub.caching.generations import Stamp
from memory_hub.caching.single_flight import AsyncFlights

POLL_EVERY = 5.0
MAX_PAGES = 5
MAX_ENTRIES = 2000


def counted(name: str, ttl: float) -> TTLCache:
    """A cache that the hub's statistics show and its commands empty; a ttl of 0 keeps nothing."""
    cache = TTLCache(max(ttl, 0.001), MAX_ENTRIES, name=f"google_docs_{name}")
    registry.register(cache)
    return cache


_flights = AsyncFlights()


async def kept(cache: TTLCache, key: Any, make: Callable[[], Awaitable[Any]]) -> Any:
    """The value under a key, made if need be: once for all who ask meanwhile."""
    value = cache.get(key)
    if value is not None:
        return value

    async def made() -> Any:
        new = await make()
        cache.set(key, new)
        return new

    return await _flights.run((id(cache), key), made)


def _generation(doc_id: str) -> str:
    return f"google_docs:{doc_id}"


async def stamp_of(doc_id: str) -> Stamp | None:
    """To be taken before Google is asked; None when nothing may be kept now."""
    return await generations.current().astamp((_generation(doc_id),))


async def outdate(doc_ids: Iterable[str]) -> None:
    """End what any worker remembers of these documents."""
    await generations.current().abump(*(_generation(doc_id) for doc_id in doc_ids))


@dataclass(frozen=True)
class Seen:
    """A file and its document, when we began to ask for them, and the stamp of that moment."""

    file: dict[str, Any]
    document: Shown
    asked_at: datetime
    stamp: Stamp | None


class _Watch:
    """Which files of one identity changed, asked for now and then."""

    def __init__(self, calls: Calls) -> None:
        self.calls, self.token, self.asked = calls, "", 0.0
        self.since: datetime | None = None  # from when on changes are known
        self.lock = asyncio.Lock()


class ReadCache:
    """Documents read lately, by identity and id."""

    def __init__(self, ttl: float) -> None:
        self._documents = counted("documents", ttl)
        self._texts = counted("texts", ttl)
        self._watches = TTLCache(3600, MAX_ENTRIES)

    async def get(self, calls: Calls, doc_id: str, stamp: Stamp | None) -> Seen | None:
        """What was read, unless the hub wrote it since or Google says that it changed."""
        return await self._valid(self._documents, calls, doc_id, stamp)

    async def text(self, calls: Calls, doc_id: str, stamp: Stamp | None) -> Shown | None:
        """The text alone, as `get`: a list has its files from elsewhere."""
        seen = await self._valid(self._texts, calls, doc_id, stamp)
        return seen.document if seen else None

    async def _valid(
        self, cache: TTLCache, calls: Calls, doc_id: str, stamp: Stamp | None
    ) -> Seen | None:
        key = (calls.identity, doc_id)
        if key not in cache:
            # Counted as a miss.
            cache.get(key)
            return None
        await self._drop_changed(calls)
        seen = cache.get(key)
        if seen is not None and (
            stamp is None or seen.stamp != stamp or not self._told(calls, seen)
        ):
            cache.delete(key)
            return None
        return seen

    def put(self, calls: Calls, seen: Seen) -> None:
        """Remember a document, if it was asked for while its changes can be told."""
        if seen.stamp is not None and self._told(calls, seen):
            self._documents.set((calls.identity, seen.file["id"]), seen)

    def put_text(
        self, calls: Calls, doc_id: str, shown: Shown, asked_at: datetime, stamp: Stamp | None
    ) -> None:
        """Remember a text alone."""
        seen = Seen({}, shown, asked_at, stamp)
        if stamp is not None and self._told(calls, seen):
            self._texts.set((calls.identity, doc_id), seen)

    def _told(self, calls: Calls, seen: Seen) -> bool:
        """Whether changes since this was asked for are known."""
        watch = self._watches.get(calls.identity)
        return watch is not None and watch.since is not None and watch.since <= seen.asked_at

    async def watch(self, calls: Calls) -> None:
        """Begin to follow the changes of an identity; awaited beside its first read."""
        if self._watches.get(calls.identity) is not None:
            return
        watch = _Watch(calls)
        self._watches.set(calls.identity, watch)
        try:
            watch.token = await calls.change_token()
            watch.asked, watch.since = time.monotonic(), now()
        except GoogleDocsError:
            self._watches.delete(calls.identity)

    async def _drop_changed(self, calls: Calls) -> None:
        watch = self._watches.get(calls.identity)
        if watch is None or watch.since is None:
            return
        async with watch.lock:
            if time.monotonic() - watch.asked < POLL_EVERY:
                return
            try:
                known = await self._follow(watch)
            except GoogleDocsError:
                known = False
            if not known:
                # Nobody can tell what changed for this identity: what is kept for it is older than
                # its next watch, and no longer used.
                self._watches.delete(calls.identity)

    async def _follow(self, watch: _Watch) -> bool:
        """Drop what changed; whether all of it could be told."""
        for _ in range(MAX_PAGES):
            page = await watch.calls.changes(watch.token)
            for change in page.get("changes", []):
                for cache in (self._documents, self._texts):
                    cache.delete((watch.calls.identity, change.get("fileId")))
            watch.token = page.get("nextPageToken") or page["newStartPageToken"]
            watch.asked = time.monotonic()
            if "nextPageToken" not in page:
                return True
        return False


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)
