"""A request ends in time, and changes nothing afterwards or says that it may have."""

import asyncio
import math
from functools import partial

from django.conf import settings

from memory_hub.core import deadline
from memory_hub.core.asgi_types import Application, Message, Receive, Scope, Send
from memory_hub.core.deadline import Deadline
from memory_hub.core.errors import problem
from memory_hub.http.answering import send_answer
from memory_hub.http.error_pages import refused
from memory_hub.http.long_answers import ON_STREAM
from memory_hub.http.paths import is_page

# In the scope: gives the request so many seconds from now, None for as long as it takes.
RENEW = "hub.renew_time"


class TimeLimit:
    """Wraps an ASGI application; a request that takes longer than its limit is answered 503, and
    changes nothing any more (deadline.py).

    Inside the response cache: a kept answer takes no time, and watching it would cost some.
    """

    def __init__(self, application: Application):
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        begun, present = False, _deadline_of(scope)
        token = deadline.current.set(present)

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            async with asyncio.timeout(settings.HUB_REQUEST_SECONDS) as limit:
                scope.setdefault(ON_STREAM, []).append(partial(limit.reschedule, None))
                scope[RENEW] = partial(_renew, limit, present)
                await self.application(scope, receive, watched)
        except TimeoutError:
            if begun or not limit.expired():
                raise
            error = present.end()
            answer = refused(error) if is_page(scope["path"]) else problem(error)
            await send_answer(answer, send)
        finally:
            deadline.current.reset(token)


def _renew(limit: asyncio.Timeout, present: Deadline, seconds: float | None) -> None:
    present.renew(math.inf if seconds is None else seconds)
    clock = asyncio.get_running_loop().time
    limit.reschedule(None if seconds is None else clock() + seconds)


def _deadline_of(scope: Scope) -> Deadline:
    return Deadline(
        settings.HUB_REQUEST_SECONDS,
        reads=scope["method"] in ("GET", "HEAD", "OPTIONS"),
        keyed=any(name == b"idempotency-key" for name, _ in scope["headers"]),
    )
