"""What one answer depends on, noted while it is made, so that it may be kept.

A GET handler under `@cache_read_only` declares the generation keys of its answer; what it reads may
add moments after which the answer is no longer true (`valid_until`). The stamp is taken before the
caller is authenticated and before anything is read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.http import QueryDict

from memory_hub.caching import generations
from memory_hub.caching.generations import ANYTHING, Stamp
from memory_hub.caching.memoize import generation_of
from memory_hub.core.identity import Identity

Keys = Callable[[Identity, Mapping[str, str], QueryDict], Sequence[str]]
Handler = TypeVar("Handler", bound=Callable[..., Any])
NEVER = float("inf")


class CachePolicy(NamedTuple):
    """How the answers of one handler may be kept: seconds, and the keys they depend on."""

    ttl: float
    keys: Keys


def cache_read_only(
    ttl: float = 300, depends_on: Keys | None = None
) -> Callable[[Handler], Handler]:
    """For `get` of a HubView: keep whole answers, per caller, for at most `ttl` seconds.

    `depends_on(principal, path parameters, query)` gives the generation keys of an answer. Without
    it, answers hold until `cache_invalidate` names the handler's operation: its `__qualname__`, as
    in `cache_invalidate("ReportView.get")`. Changes of the caller always count.
    """

    def decorate(handler: Handler) -> Handler:
        own = (generation_of(handler.__qualname__),)

        handler.read_only = CachePolicy(ttl, depends_on or (lambda *_: own))
        return handler

    return decorate


def caller_key(user_id: int) -> str:
    """Changes with everything that says who a user is and what they may: tokens, teams, roles."""
    return f"accounts/caller/{user_id}"


class KnownCaller(NamedTuple):
    """Whom a credential belonged to when the stamp, of the caller's key alone, was taken.

    `until` is when the credential expires, in seconds of the epoch.
    """

    principal: Identity
    stamp: Stamp
    until: float


class Recording:
    """Accompanies one request that the response cache could not answer."""

    def __init__(self, known: KnownCaller | None) -> None:
        self.known = known  # the caller, if seen before
        self.principal: Identity | None = None
        self.until = NEVER  # seconds since the epoch
        # What it shows that is counted each time the answer is given (`journal/tallies.py`).
        self.shows: list[tuple[str, int]] = []
        self._policy: CachePolicy | None = None  # with _place: set by begin
        self._place: Any = ()
        self._stamp: Stamp | None = None

    @property
    def wanted(self) -> bool:
        """Whether the handler's answers may be kept at all."""
        return self._policy is not None

    async def begin(
        self, handler: Callable[..., Any], parameters: Mapping[str, str], query: QueryDict
    ) -> None:
        """Take the stamp, if the handler's answers may be kept. Before anything is read."""
        policy: CachePolicy | None = getattr(handler, "read_only", None)
        if policy is None:
            return
        self._policy, self._place = policy, (parameters, query)
        keys = self._keys(self.known.principal) if self.known else [ANYTHING]
        self._stamp = await generations.current().astamp(keys)
        if self.known and self._stamp and self._stamp.first(1) != self.known.stamp:
            # The caller has changed, so other keys may be the right ones: learn them anew.
            self.known = None
            self._stamp = await generations.current().astamp([ANYTHING])

    def give_up(self) -> None:
        """This answer must not be kept."""
        self._policy = None

    def forbid(self) -> None:
        """Note that the answer must not be kept, whatever its handler says."""
        self._policy = None

    def authenticated(self, principal: Identity) -> None:
        """Note who is asking; in the worker thread."""
        self.principal = principal
        if self.wanted and self.known is None and principal.via == "token":
            # Loaded here, in a thread: `finish` and later requests ask for them on the loop.
            principal.load()
        if principal.expires_at is not None:
            self.until = min(self.until, principal.expires_at.timestamp())

    async def finish(self) -> tuple[Stamp, float] | None:
        """The stamp to keep the answer with and its time to live; None where it must not be."""
        principal, stamp = self.principal, self._stamp
        if self._policy is None or principal is None or stamp is None:
            return None
        if principal.via != "token":
            return None
        if self.known is None:
            stamp = await self._learned(principal, stamp)
        elif principal != self.known.principal:
            return None
        return None if stamp is None else (stamp, self._policy.ttl)

    async def _learned(self, principal: Identity, before: Stamp) -> Stamp | None:
        """The keys are known only now; they count from the start if nothing at all was bumped."""
        after = await generations.current().astamp([ANYTHING, *self._keys(principal)])
        if after is None or after.first(1) != before:
            return None
        return after.without_first()

    def _keys(self, principal: Identity) -> list[str]:
        return [caller_key(principal.user_id), *self._policy.keys(principal, *self._place)]


class Shared(Recording):
    """What is noted while an answer is made that several requests get: each is told it then."""

    def __init__(self) -> None:
        super().__init__(None)
        self._is_forbidden = False

    def forbid(self) -> None:
        self._is_forbidden = True

    def tell(self) -> None:
        """Note it of the present request; not what is shown, which is counted."""
        recording = current.get()
        if recording is None:
            return
        recording.until = min(recording.until, self.until)
        if self._is_forbidden:
            recording.forbid()


current: ContextVar[Recording | None] = ContextVar("recording", default=None)


def valid_until(moment: datetime | None) -> None:
    """Tell that what is being answered will not be true any more after `moment` (None: always)."""
    recording = current.get()
    if recording is not None and moment is not None:
        recording.until = min(recording.until, moment.timestamp())


def never_kept() -> None:
    """Tell that what is being answered is true for this moment alone."""
    recording = current.get()
    if recording is not None:
        recording.forbid()


def answered_to(principal: Identity) -> None:
    """Tell who was authenticated for the present request, and until when that holds."""
    recording = current.get()
    if recording is not None:
        recording.authenticated(principal)


@contextmanager
def shared() -> Iterator[Shared]:
    """A block that makes an answer which several requests get."""
    on = Shared()
    token = current.set(on)
    try:
        yield on
    finally:
        current.reset(token)
