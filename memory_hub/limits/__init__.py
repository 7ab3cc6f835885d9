"""Limits: points per token and minute, requests at once per token, attempts to log in.

In front of the response cache, so that kept answers are counted like others. Whoever is over the
limit is told so after the credential was checked: a bad one is 401 whatever the count.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from hashlib import sha256
from typing import Any

from django.conf import settings

from memory_hub.guard import ADDED, send_problem
from memory_hub.limits.points import RateLimited, per_login, per_token, price

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_caller: ContextVar[str | None] = ContextVar("limited_caller", default=None)
_refusal: ContextVar[RateLimited | None] = ContextVar("rate_limited", default=None)


def is_over() -> bool:
    """Whether the present request is over its caller's limit."""
    return _refusal.get() is not None


def refuse_if_over() -> None:
    """Raise RateLimited if the present request is over its caller's limit."""
    refusal = _refusal.get()
    if refusal is not None:
        raise refusal


def charge(points: int) -> None:
    """Charge the caller for what the present request turned out to cost beyond its price.

    In a worker thread. Raises RateLimited when that is more than the caller has left.
    """
    limiter, caller = per_token(), _caller.get()
    if limiter is not None and caller is not None and points > 0:
        count = limiter.charge(caller, points)
        if not count.allowed:
            raise count.refusal()


class Limits:
    """Wraps an ASGI application, inside the guard."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._under_way: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
        elif scope["method"] == "POST" and scope["path"].rstrip("/") == "/admin/login":
            await self._log_in(scope, receive, send)
        elif (caller := _credential(scope)) and scope["path"].startswith(settings.API_PREFIXES):
            await self._limited(caller, scope, receive, send)
        else:
            await self.application(scope, receive, send)

    def at_once(self, scope: Scope, credential: bytes) -> bytes | None:
        """Charge for a request that is answered without waiting; the lines that tell the count.

        `credential` is the digest of the request's only one. None, and no charge, where points have
        to be drawn first or the caller is over a limit.
        """
        caller = credential.hex()
        under_way = self._under_way.get(caller)
        if under_way is not None and under_way >= settings.HUB_CONCURRENT_REQUESTS:
            return None
        limiter = per_token()
        if limiter is None:
            return b""
        count = limiter.charge_leased(caller, price(scope["method"], scope["path"]))
        return None if count is None else count.lines

    async def _limited(self, caller: str, scope: Scope, receive: Receive, send: Send) -> None:
        limiter, refusal = per_token(), None
        if limiter is not None:
            count = await limiter.acharge(caller, price(scope["method"], scope["path"]))
            scope[ADDED] += count.headers
            refusal = None if count.allowed else count.refusal()
        at_once = self._under_way.get(caller, 0)
        if at_once >= settings.HUB_CONCURRENT_REQUESTS:
            text = f"{at_once} requests of this token are being answered."
            refusal = RateLimited(text, headers={"Retry-After": "1"})
        self._under_way[caller] = at_once + 1
        refusing = _refusal.set(refusal) if refusal or is_over() else None
        calling = None if scope["method"] in ("GET", "HEAD") else _caller.set(caller)
        try:
            await self.application(scope, receive, send)
        finally:
            if refusing is not None:
                _refusal.reset(refusing)
            if calling is not None:
                _caller.reset(calling)
            self._leave(caller)

    def _leave(self, caller: str) -> None:
        left = self._under_way[caller] - 1
        if left:
            self._under_way[caller] = left
        else:
            del self._under_way[caller]

    async def _log_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        limiter, client = per_login(), scope.get("client")
        if limiter is not None:
            count = await limiter.acharge(f"address/{client[0] if client else 'unknown'}", 1)
            if not count.allowed:
                await send_problem(count.refusal(), send)
                return
        await self.application(scope, receive, send)


def _credential(scope: Scope) -> str | None:
    """A name for the credential that does not tell it."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return sha256(value).hexdigest()
    return None
