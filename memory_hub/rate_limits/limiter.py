"""Points per caller and minute: counted for all workers of a host, with Redis for all hosts."""

import time
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from limits import RateLimitItem
from limits import parse as parse_limit

from memory_hub.caching import generations
from memory_hub.core.circuit_breaker import Breaker
from memory_hub.core.errors import HubError
from memory_hub.core.raw_headers import Headers, headers_of
from memory_hub.rate_limits.counters import Counters, Used, counts_of_this_host
from memory_hub.rate_limits.mapped_storage import MappedStorage
from memory_hub.rate_limits.prices import table

# All tokens and sessions of a user together have so many times the allowance of one.
OF_A_USER = 3
MOST_LEASES = 10_000
_TELLING = b"ratelimit-limit: %d\r\nratelimit-remaining: %d\r\nratelimit-reset: %d\r\n"


class RateLimited(HubError):
    status, code, title = 429, "rate-limited", "Too many requests"


class Payer(NamedTuple):
    """Who pays: the digest of a token or session key, or of a client and user, or an address, with
    an allowance of its own; and the id of the user whose all of these share a second one."""

    own: Hashable
    user_id: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What the allowances are counted under, each with its times the limit in `_TIMES`."""
        own = self.own.hex() if isinstance(self.own, bytes) else str(self.own)
        return (own,) if self.user_id is None else (own, f"user/{self.user_id}")


_TIMES = (1, OF_A_USER)


class Count(NamedTuple):
    """Where a payer stands after a charge: points allowed and left, seconds to the next start."""

    limit: int
    left: int
    reset: int
    allowed: bool = True
    asked: int = 0

    @property
    def lines(self) -> bytes:
        """The headers that tell it, as they are sent."""
        return _TELLING % (self.limit, self.left, self.reset)

    @property
    def headers(self) -> Headers:
        return headers_of(self.lines)

    def refusal(self) -> RateLimited:
        return RateLimited(
            f"This costs {self.asked} points, and {self.left} of {self.limit} are left; "
            f"the limit starts anew in {self.reset} s.",
            headers={"Retry-After": str(self.reset)},
        )


class Lease:
    """Points that this process has drawn for a payer and may give out without asking again.

    ``beyond`` is what the limit had left after the draw. Where this host counts it is looked up
    anew, at the place of the payer's count and that of the user's (the same without a user).
    """

    __slots__ = ("beyond", "left", "limit", "place", "place_of_user")

    def __init__(self, limit: int, left: int, beyond: int, places: list[int | None]) -> None:
        self.limit, self.left, self.beyond = limit, left, beyond
        self.place, self.place_of_user = places[0], places[-1]


class Limiter:
    """Charges points against one limit, such as 6000/minute, in fixed windows.

    On the event loop, points are drawn a hundredth of the limit at a time, first a tenth of that: a
    draw costs a lock or a round trip, and a user may have many tokens that are used once each. What
    a process has drawn and does not give out is lost for the window, which makes the limit stricter
    by at most that much a process. What is refused is not counted.
    """

    def __init__(
        self, item: RateLimitItem, local: MappedStorage, *, url: str | None, breaker: Breaker | None
    ) -> None:
        self.amount, self.seconds = item.amount, item.get_expiry()
        self._draw = max(1, item.amount // 100)
        self._counters = Counters(item, local, url=url, breaker=breaker)
        self._words = local.words
        self._leases: dict[Hashable, Lease] = {}
        self._begun = self._ends = 0.0  # the window of the leases

    async def acharge(self, payer: Payer, points: int) -> Count:
        """Charge on the event loop."""
        count = self.charge_leased(payer.own, points)
        while count is None:
            first = payer.own not in self._leases
            drawn = max(points, self._draw // 10 if first else self._draw)
            used = [await self._counters.aadd(name, drawn) for name in payer.names]
            room = self._room(used) + drawn
            granted = min(drawn, room)
            if granted < points:
                granted = 0
            if granted < drawn:
                for name in payer.names:
                    await self._counters.aadd(name, granted - drawn)
            if not granted:
                return self._refused(used[0], room + self._leased(payer.own), points)
            self._lend(payer, used[0], granted, room - granted)
            count = self.charge_leased(payer.own, points)  # None if the window ended meanwhile
        return count

    def charge_leased(self, own: Hashable, points: int) -> Count | None:
        """Charge on the event loop what this process has drawn; None where that is too little."""
        now = time.time()
        if not self._begun <= now < self._ends:
            self._leases = {}
            self._begun = now // self.seconds * self.seconds
            self._ends = self._begun + self.seconds
        lease = self._leases.get(own)
        if lease is None or lease.left < points:
            return None
        lease.left = left = lease.left - points
        place, place_of_user = lease.place, lease.place_of_user
        if place is None:
            left += lease.beyond
        else:
            words = self._words
            beyond = self.amount - words[place]
            if place_of_user != place:
                of_user = OF_A_USER * self.amount - words[place_of_user]
                if of_user < beyond:
                    beyond = of_user
            left += beyond
        # Less than none after a late charge.
        return Count(lease.limit, left if left > 0 else 0, int(self._ends - now) + 1)

    def charge(self, payer: Payer, points: int) -> Count:
        """Charge in a worker thread."""
        used = [self._counters.add(name, points) for name in payer.names]
        room = self._room(used) + points
        if room < points:
            for name in payer.names:
                self._counters.add(name, -points)
            return self._refused(used[0], room + self._leased(payer.own), points)
        return self._told(payer, used[0], room - points)

    def charge_afterwards(self, payer: Payer, points: int) -> Count:
        """Charge in a worker thread for what was done already: it may use more than is left."""
        used = [self._counters.add(name, points) for name in payer.names]
        return self._told(payer, used[0], self._room(used))

    def _lend(self, payer: Payer, used: Used, granted: int, beyond: int) -> None:
        if len(self._leases) >= MOST_LEASES:
            # What was drawn for them is lost.
            self._leases.clear()
        places = [self._counters.place(name) for name in payer.names]
        left = granted + self._leased(payer.own)
        self._leases[payer.own] = Lease(self._part(1, used), left, beyond, places)

    def _leased(self, own: Hashable) -> int:
        lease = self._leases.get(own)
        return 0 if lease is None else lease.left

    def _room(self, used: list[Used]) -> int:
        """Points that the tightest of a payer's allowances has left."""
        return min(
            self._part(times, one) - one.points for one, times in zip(used, _TIMES, strict=False)
        )

    def _part(self, times: int, used: Used) -> int:
        return max(1, times * self.amount // used.part)

    def _told(self, payer: Payer, used: Used, beyond: int) -> Count:
        lease = self._leases.get(payer.own)
        if lease is not None:
            lease.beyond = beyond
        left = max(0, beyond + self._leased(payer.own))
        return Count(self._part(1, used), left, self._counters.reset())

    def _refused(self, used: Used, left: int, asked: int) -> Count:
        limit = self._part(1, used)
        return Count(limit, max(0, left), self._counters.reset(), False, asked)


def require(limiter: Limiter | None, payer: Payer) -> None:
    """Charges one point, where there is a limit. Raises RateLimited."""
    count = limiter.charge(payer, 1) if limiter else None
    if count is not None and not count.allowed:
        raise count.refusal()


def limiter_of(text: str) -> Limiter | None:
    """Counts against a rate such as 20/hour, for all processes as the others; None for "off"."""
    if text == "off":
        return None
    shared = generations.current().shared
    # The breaker of the cache: one fault of Redis must not be waited for twice.
    breaker = shared.breaker if shared else None
    url = settings.REDIS_URL
    return Limiter(parse_limit(text), counts_of_this_host(), url=url, breaker=breaker)


@lru_cache(maxsize=1)
def per_payer() -> Limiter | None:
    """The limit of each token, session and address; None when the operator turned it off."""
    return limiter_of(settings.HUB_RATE_LIMIT)


@lru_cache(maxsize=1)
def per_import() -> Limiter | None:
    """What all imports of a person may take: as much as their tokens together, and none of that."""
    item = parse_limit(settings.HUB_RATE_LIMIT) if settings.HUB_RATE_LIMIT != "off" else None
    return limiter_of(f"{OF_A_USER * item.amount}/{item.get_expiry()} second") if item else None


@lru_cache(maxsize=1)
def per_login() -> Limiter | None:
    """The limit of log-in attempts from one address, and of those at one account; django-axes has
    that of wrong ones at one account from one address."""
    return limiter_of(settings.HUB_LOGIN_LIMIT)


def told() -> dict[str, Any]:
    """The limits and the table of prices as JSON; the limits are None where there are none."""
    limiter = per_payer()
    return {
        "limit": limiter.amount if limiter else None,
        "limit_of_user": OF_A_USER * limiter.amount if limiter else None,
        "limit_of_imports": OF_A_USER * limiter.amount if limiter else None,
        "seconds": limiter.seconds if limiter else None,
        "prices": [row._asdict() for row in table()],
    }
