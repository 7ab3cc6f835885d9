"""Limits: points of whoever asks, requests at once of a credential (or of all that a client has for
a user), attempts to log in.

In front of the response cache, so that kept answers are counted like others. Whoever is over the
limit is told so after the credential was checked: a bad one is 401 whatever the count. A page for
people has no such order: it is refused at once.
"""

from collections.abc import Hashable
from contextlib import ExitStack

from django.conf import settings

from memory_hub.core.asgi_types import Application, Receive, Scope, Send
from memory_hub.core.callers import allowance_of, credential_of
from memory_hub.http.answering import send_answer
from memory_hub.http.error_pages import refused
from memory_hub.http.long_answers import ON_STREAM
from memory_hub.http.paths import is_page, is_probe, takes_passwords
from memory_hub.http.request_guard import ADDED
from memory_hub.rate_limits import bill
from memory_hub.rate_limits.bill import Bill
from memory_hub.rate_limits.limiter import Payer, RateLimited, per_login, per_payer
from memory_hub.rate_limits.prices import price


class RateLimiting:
    """Wraps an ASGI application, inside the guard."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._under_way: dict[Hashable, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_probe(scope["path"]):
            await self.application(scope, receive, send)
            return
        refusal = await self._logging_in(scope) if _is_log_in(scope) else None
        if refusal is None:
            await self._limited(scope, receive, send)
        else:
            await send_answer(refused(refusal), send)

    def at_once(self, credential: bytes, points: int) -> bytes | None:
        """Charge for a kept answer without waiting; the lines that tell it.

        `credential` is the digest of the request's token. None, and no charge, where points have to
        be drawn first or the caller is over a limit.
        """
        own = allowance_of(credential)
        under_way = self._under_way.get(own)
        if under_way is not None and under_way >= settings.HUB_CONCURRENT_REQUESTS:
            return None
        limiter = per_payer()
        if limiter is None:
            return b""
        count = limiter.charge_leased(own, points)
        return None if count is None else count.lines

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        credential = credential_of(scope)
        points = price(scope["method"], scope["path"], _body(scope))
        present = Bill(per_payer(), credential, points, scope[ADDED])
        await present.begin()
        own = allowance_of(credential.digest) if credential.digest else credential.address
        at_once = self._under_way.get(own, 0)
        if at_once >= settings.HUB_CONCURRENT_REQUESTS:
            text = f"{at_once} requests of yours are being answered."
            present.refusal = RateLimited(text, headers={"Retry-After": "1"})
        if present.refusal is not None and is_page(scope["path"]):
            await send_answer(refused(present.refusal), send)
            return
        self._under_way[own] = at_once + 1
        token = bill.current.set(present)
        with ExitStack() as place:
            place.callback(self._leave, own)
            scope.setdefault(ON_STREAM, []).append(place.close)
            try:
                await self.application(scope, receive, send)
            finally:
                bill.current.reset(token)

    def _leave(self, own: Hashable) -> None:
        left = self._under_way[own] - 1
        if left:
            self._under_way[own] = left
        else:
            del self._under_way[own]

    async def _logging_in(self, scope: Scope) -> RateLimited | None:
        limiter = per_login()
        if limiter is None:
            return None
        count = await limiter.acharge(Payer(f"login/{credential_of(scope).address}"), 1)
        return None if count.allowed else count.refusal()


def _is_log_in(scope: Scope) -> bool:
    return scope["method"] == "POST" and takes_passwords(scope["path"])


def _body(scope: Scope) -> int:
    """Bytes of the body, which the guard has counted."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value)
    return 0
