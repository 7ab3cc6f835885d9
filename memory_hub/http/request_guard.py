"""The outermost door, pure ASGI: request ids, body limits and complete bodies.

Django reads a whole body before it knows who is asking, and DRF takes a chunked one (no
Content-Length) for none. Here a body that is too large is refused from its declared length, a slow
one after a time limit, and every body reaches Django whole and with its length.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from io import BytesIO
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpResponse

from memory_hub.core import deadline
from memory_hub.core.addresses import unmapped
from memory_hub.core.deadline import Deadline
from memory_hub.core.errors import BadInput, HubError, TooLarge, problem
from memory_hub.core.raw_headers import Headers
from memory_hub.core.request_id import begin_request
from memory_hub.http import cors
from memory_hub.http.body_budget import HeldBody
from memory_hub.http.error_pages import is_page, refused

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

# In the scope: headers that every answer to this request gets, whoever makes it.
ADDED = "hub.added_headers"


class BodyTooSlow(HubError):
    status, code, title = 408, "body-timeout", "The request body did not arrive in time"
    headers = {"Connection": "close"}


class ClientGone(Exception):
    """The client closed the connection before its body was complete."""


class RequestGuard:
    """Wraps an ASGI application; answers transport errors itself as problem details."""

    def __init__(self, application: Application):
        self.application = application

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        told = _told(scope["headers"])
        request_id = begin_request(told.request_id).encode()
        added = scope[ADDED] = [(b"x-request-id", request_id)]
        if scope.get("client"):
            scope["client"] = (unmapped(scope["client"][0]), scope["client"][1])

        send_with_added = _adding(added, told.origin, send)
        held = HeldBody()
        try:
            if told.hosts != 1 and not is_probe(scope["path"]):
                # Without one Django would take the server's own address for what was asked for.
                raise BadInput("A request names its host, once.")
            if told.length is not None or told.coding is not None:
                receive = await _complete_body(scope, receive, told, held)
        except HubError as error:
            await send_problem(error, send_with_added)
        except ClientGone:
            return
        else:
            await self.application(scope, receive, send_with_added)
        finally:
            held.let_go()


class TimeLimit:
    """Wraps an ASGI application; a request that takes longer than its limit is answered 503, and
    changes nothing any more (deadline.py).

    Inside the response cache: a kept answer takes no time, and watching it would cost some.
    """

    def __init__(self, application: Application):
        self.application = application

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
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
                await self.application(scope, receive, watched)
        except TimeoutError:
            if begun or not limit.expired():
                raise
            error = present.end()
            answer = refused(error) if is_page(scope["path"]) else problem(error)
            await send_answer(answer, send)
        finally:
            deadline.current.reset(token)


def _deadline_of(scope: MutableMapping[str, Any]) -> Deadline:
    return Deadline(
        settings.HUB_REQUEST_SECONDS,
        reads=scope["method"] in ("GET", "HEAD", "OPTIONS"),
        keyed=any(name == b"idempotency-key" for name, _ in scope["headers"]),
    )


def _adding(added: Headers, origin: bytes | None, send: Send) -> Send:
    """A ``send`` that adds these headers, and to a refusal what a page of the origin needs."""

    async def send_with_added(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *added]
            if origin is not None and message["status"] >= 400:
                message["headers"] += _for_other_origins(message["headers"], origin)
        await send(message)

    return send_with_added


def is_probe(path: str) -> bool:
    """Whether the path is asked by what watches the hub from beside it: by any name, and in plain
    HTTP."""
    return path.rstrip("/") in settings.HUB_PROBES


def _for_other_origins(headers: Headers, origin: bytes) -> Headers:
    """What lets a page of another origin read a refusal that its middleware has not seen."""
    seen = any(name == b"access-control-allow-origin" for name, _ in headers)
    return [] if seen else cors.headers_for(origin)


class _Told(NamedTuple):
    """What the headers of a request say of it: the first X-Request-ID and Content-Length, the last
    Transfer-Encoding and Origin, and how many Hosts there are."""

    request_id: bytes | None
    length: bytes | None
    coding: bytes | None
    origin: bytes | None
    hosts: int


def _told(headers: Headers) -> _Told:
    offered = declared = coding = origin = None
    hosts = 0
    for name, value in headers:
        if name == b"content-length":
            declared = value if declared is None else declared
        elif name == b"x-request-id":
            offered = value if offered is None else offered
        elif name == b"transfer-encoding":
            coding = value
        elif name == b"origin":
            origin = value
        elif name == b"host":
            hosts += 1
    return _Told(offered, declared, coding, origin, hosts)


async def _complete_body(
    scope: MutableMapping[str, Any],
    receive: Receive,
    told: _Told,
    held: HeldBody,
) -> Receive:
    """Reads the body within its limits, counts what is held of it, and returns a ``receive`` that
    gives it in one piece."""
    limit, declared, coding = _limit(scope["path"]), told.length, told.coding
    if declared is not None:
        if coding is not None:
            # Two lengths: what is in front of the hub may have believed the other one.
            raise BadInput("A body has a Content-Length or a Transfer-Encoding, not both.")
        if not declared.isdigit():
            raise BadInput("The Content-Length header is not a number.")
        if len(declared) > 18 or int(declared) > limit:
            raise TooLarge(f"A body here may have {limit} bytes.", headers={"Connection": "close"})
    try:
        async with asyncio.timeout(settings.HUB_BODY_SECONDS):
            body = await _read(receive, limit, held)
    except TimeoutError as error:
        raise BodyTooSlow(f"It must be complete in {settings.HUB_BODY_SECONDS:g} s.") from error
    if declared is None:
        kept = [pair for pair in scope["headers"] if pair[0] != b"transfer-encoding"]
        scope["headers"] = [*kept, (b"content-length", str(len(body)).encode())]
    return _replay(body, receive)


def _limit(path: str) -> int:
    return settings.HUB_BATCH_BODY_LIMIT if "/batch/" in path else settings.HUB_BODY_LIMIT


async def _read(receive: Receive, limit: int, held: HeldBody) -> bytes:
    whole, size = BytesIO(), 0  # its parts and their sum would be twice as much
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        part = message.get("body", b"")
        size += len(part)
        held.grow(len(part))
        if size > limit:
            raise TooLarge(f"A body here may have {limit} bytes.", headers={"Connection": "close"})
        whole.write(part)
        if not message.get("more_body"):
            return whole.getvalue()


def _replay(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay


async def send_problem(error: HubError, send: Send) -> None:
    """Answers a request with the problem document of an error."""
    await send_answer(problem(error), send)


async def send_answer(answer: HttpResponse, send: Send) -> None:
    """Answers a request without going through Django."""
    answer.headers["Content-Length"] = str(len(answer.content))
    raw = [(key.lower().encode(), value.encode()) for key, value in answer.items()]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": raw})
    await send({"type": "http.response.body", "body": answer.content})
