"""The response cache: whole answers of GET, in front of Django's handler.

An answer is kept as the bytes the slow way sent, under everything of the request that could have
made it different: the credential, the path, the query and every header but those listed as
harmless. So a kept answer, a 304 and a compressed one among them, is what the slow way would say,
to the byte; what is new in each answer (its request id, rate limit headers) is added outside.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from sys import getsizeof
from typing import Any

from memory_hub.caching import dependencies, generations, registry
from memory_hub.caching.dependencies import KnownCaller, Recording
from memory_hub.caching.generations import Generations, Stamp
from memory_hub.caching.statistics import Counter
from memory_hub.caching.stores import TTLCache
from memory_hub.core import request_stats
from memory_hub.core.asgi_types import Application, Message, Receive, Scope, Send
from memory_hub.core.credentials import API_KEY, AUTHORIZATION, token_in
from memory_hub.core.raw_headers import Header, Headers, lines_of
from memory_hub.core.request_stats import RequestStats
from memory_hub.journal import tallies
from memory_hub.journal.tallies import AnswerTally
from memory_hub.rate_limits import bill
from memory_hub.rate_limits.prices import price

# Headers that no answer of a cached route depends on. Any other one is part of the key, also one
# that nobody has thought of yet; the generated comparison test tries each of these.
HARMLESS = frozenset(
    {
        b"accept-language", b"cache-control", b"connection", b"content-length",
        b"dnt", b"forwarded", b"keep-alive", b"pragma", b"priority", b"referer", b"sec-ch-ua",
        b"sec-ch-ua-mobile", b"sec-ch-ua-platform", b"sec-fetch-dest", b"sec-fetch-mode",
        b"sec-fetch-site", b"sec-gpc", b"te", b"traceparent", b"tracestate",
        b"upgrade-insecure-requests", b"user-agent", b"via", b"x-forwarded-for", b"x-real-ip",
        b"x-request-id",
    }
)  # fmt: skip
Key = tuple[Any, ...]
_KEYS = "hub.cache_keys"
KEPT_STATUSES = frozenset({200, 304})
# A token's last use is noted by the slow way; every so often each caller must take it.
KNOWN_SECONDS = 60.0
# Bytes of an entry beside its body and its key's parts, measured: 1,160, and 300 for its lines.
_OVERHEAD = 1536


@dataclass(slots=True)
class CachedAnswer:
    """A kept answer; true while the stamp is current and before `until` (seconds of the epoch)."""

    status: int
    headers: Headers
    body: bytes
    stamp: Stamp
    until: float
    # What is noted of a request that it answers, for whoever watches.
    seen: RequestStats
    # What such a request costs, with the bytes of its answer.
    points: int
    of_answer: int  # of these the bytes, before compression
    tally: AnswerTally | None = None  # where it shows what is counted
    _lines: bytes = b""

    @property
    def lines(self) -> bytes:
        """The headers as they are sent; made when first wanted: most answers never are."""
        if not self._lines:
            self._lines = lines_of(self.headers)
        return self._lines


class ResponseCache:
    """Wraps an ASGI application; answers what it has and keeps what handlers allow it to."""

    def __init__(self, application: Application, *, max_bytes: int, max_callers: int = 10_000):
        self.application = application
        self.answers = TTLCache(300, max(1, max_bytes // 2048), max_weight=max_bytes)
        self.answers.name, self.answers.backend = "responses", "local"
        self.callers = TTLCache(KNOWN_SECONDS, max_callers, name="callers")
        self._registered_in: Any = None
        # A long page is not worth all the short answers that would go for it.
        self._most = max(max_bytes // 64, 2048)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        keys = _keys_of(scope) if scope["type"] == "http" else None
        if keys is None or bill.is_refused():
            await self.application(scope, receive, send)
            return
        # Before who asks has paid, only the slow way may say whose request it is.
        kept = await self._kept(keys[0]) if bill.is_settled() else None
        if kept is not None and not await bill.affords(kept.of_answer):
            await self.application(scope, receive, send)  # which says so
        elif kept is not None:
            _note_hit(kept)
            await send(
                {
                    "type": "http.response.start",
                    "status": kept.status,
                    "headers": kept.headers,
                }
            )
            await send({"type": "http.response.body", "body": kept.body})
        else:
            await self._make(keys, scope, receive, send)

    def at_once(self, scope: Scope) -> tuple[CachedAnswer, bytes] | None:
        """The kept answer and the digest of the token that it is kept for.

        None where it cannot be said without asking another server. Counts nothing.
        """
        keys = _keys_of(scope)
        if keys is None:
            return None
        whole, credential = keys
        entry = self.answers.peek(whole)
        if entry is None:
            return None
        answer: CachedAnswer = entry.value
        if answer.until <= time.time():
            return None
        now = generations.current()
        known = now.shared is None and now.is_locally_current(answer.stamp)
        return (answer, credential) if known else None

    def note_hit(self, answer: CachedAnswer) -> None:
        """Count an answer of `at_once` that was given."""
        self.answers.counters.add(Counter.HITS)
        if answer.tally is not None:
            answer.tally.hit()

    async def _kept(self, key: Key) -> CachedAnswer | None:
        entry = self.answers.peek(key)
        if entry is None:
            return None
        answer: CachedAnswer = entry.value
        if await _is_true(answer.stamp, answer.until):
            self.answers.counters.add(Counter.HITS)
            return answer
        self.answers.delete(key)
        return None

    async def _make(
        self, keys: tuple[Key, bytes], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let the application answer, and keep the answer if its handler said how."""
        whole, credential = keys
        record = Recording(self._known(credential))
        parts = _Parts(send)
        token = dependencies.current.set(record)
        try:
            await self.application(scope, receive, parts.send)
        finally:
            dependencies.current.reset(token)
        if record.wanted:
            self.answers.counters.add(Counter.MISSES)
        if parts.status not in KEPT_STATUSES or not parts.complete:
            return
        kept = await record.finish()
        if kept is not None:
            stamp, ttl = kept
            # A copy: what orjson makes holds four kilobytes or more, however short it is.
            body = bytes(memoryview(parts.body))
            headers = [_one_of_a_kind(pair) for pair in parts.headers]
            of_answer = bill.of_answer()
            points = price(scope["method"], scope["path"]) + of_answer
            tally = tallies.kept(record.shows, record.principal)
            answer = CachedAnswer(
                *(parts.status, headers, body, stamp, record.until, _seen()),
                *(points, of_answer, tally),
            )
            self._keep(whole, answer, ttl)
            if record.known is None:
                self._remember(credential, record, stamp)

    def _known(self, credential: bytes) -> KnownCaller | None:
        entry = self.callers.peek(credential)
        if entry is None:
            return None
        caller: KnownCaller = entry.value
        current = generations.current().is_locally_current(caller.stamp)
        if current and caller.until > time.time():
            return caller
        self.callers.delete(credential)
        return None

    def _keep(self, key: Key, answer: CachedAnswer, ttl: float) -> None:
        keeper = registry.housekeeper()
        if self._registered_in is not keeper:
            self._registered_in = keeper
            keeper.add(self.answers)
            keeper.add(self.callers)
        seconds = min(ttl, answer.until - time.time())
        # The caller chooses how many headers are in the key, and how long they are.
        weight = len(answer.body) + sum(map(getsizeof, key)) + _OVERHEAD
        if answer.tally is not None:
            weight += answer.tally.weight
        if weight > self._most:
            return
        self.answers.set(key, answer, ttl=seconds, weight=weight)

    def _remember(self, credential: bytes, record: Recording, stamp: Stamp) -> None:
        principal = record.principal
        until = principal.expires_at.timestamp() if principal.expires_at else dependencies.NEVER
        self.callers.set(credential, KnownCaller(principal, stamp.first(1), until))


@lru_cache(maxsize=1024)
def _one_of_a_kind(pair: Header) -> Header:
    """The first of several equal headers: most are the same for thousands of answers."""
    return pair


def _seen() -> RequestStats:
    """A kept answer counts under the route and the caller that it is made for."""
    seen, present = RequestStats(), request_stats.current.get()
    if present is not None:
        seen.route, seen.user_id = present.route, present.user_id
    seen.cache_hit = True
    return seen


def _note_hit(answer: CachedAnswer) -> None:
    if answer.tally is not None:
        answer.tally.hit()
    present, seen = request_stats.current.get(), answer.seen
    if present is not None:
        present.route, present.user_id, present.cache_hit = seen.route, seen.user_id, True


class _Parts:
    """Passes an answer on and keeps a copy, but for one that comes in parts: it may be long, and is
    kept by nobody."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.headers: Headers = []
        self.body = b""
        self.complete = self._is_long = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self._is_long |= message.get("more_body", False)
            self.complete = not self._is_long
            if self.complete:
                self.body = message.get("body", b"")
        await self._send(message)


def _keys_of(scope: Scope) -> tuple[Key, bytes] | None:
    """`_keys`, once a request."""
    if _KEYS not in scope:
        scope[_KEYS] = _keys(scope)
    return scope[_KEYS]


def _keys(scope: Scope) -> tuple[Key, bytes] | None:
    """The key of the answer and that of the caller; None for what is not cached at all."""
    if scope["method"] not in ("GET", "HEAD"):
        return None
    credential = None
    told: list[Any] = [scope["scheme"], scope.get("root_path"), scope["path"]]
    told += (scope["method"], scope["query_string"])
    for name, value in scope["headers"]:
        if name in (AUTHORIZATION, API_KEY):
            token = token_in(name, value)
            if token is None or credential is not None:
                return None
            # Credentials are not kept, not even in memory.
            credential = sha256(token).digest()
            told.append(credential)
        elif name == b"accept":
            # A stream is not kept; nothing else depends on what is accepted.
            if b"event-stream" in value.lower():
                return None
        elif name not in HARMLESS:
            told.append(name)
            told.append(sha256(value).digest() if name == b"cookie" else value)
    return None if credential is None else (tuple(told), credential)


async def _is_true(stamp: Stamp, until: float) -> bool:
    if until <= time.time():
        return False
    now: Generations = generations.current()
    if now.shared is None:
        return now.is_locally_current(stamp)
    return await now.ais_current(stamp)
