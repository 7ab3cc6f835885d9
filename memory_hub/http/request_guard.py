"""The outermost door, pure ASGI: one Host, request ids, body limits and complete bodies.

Django reads a whole body before it knows who is asking, and DRF takes a chunked one (no
Content-Length) for none. Here a body that is too large is refused from its declared length, a slow
one after a time limit, and every body reaches Django whole and with its length.
"""

import asyncio
from io import BytesIO
from typing import NamedTuple

from django.conf import settings

from memory_hub.core.addresses import unmapped
from memory_hub.core.asgi_types import BODY, UPLOAD, Application, Message, Receive, Scope, Send
from memory_hub.core.errors import BadInput, HubError, TooLarge, problem
from memory_hub.core.raw_headers import Headers
from memory_hub.core.request_id import begin_request
from memory_hub.http import cors
from memory_hub.http.answering import send_answer
from memory_hub.http.body_budget import HeldBody
from memory_hub.http.error_pages import refused
from memory_hub.http.long_answers import ON_STREAM
from memory_hub.http.paths import body_limit, has_plain_errors, is_page, is_probe
from memory_hub.http.uploads import (
    BodyTooSlow,
    Upload,
    upload_limit,
    without_body,
)

# In the scope: headers that every answer to this request gets, whoever makes it.
ADDED = "hub.added_headers"
PROBLEM = b"application/problem+json"
# Bytes of a body that is short.
SHORT_BODY = 32 * 1024


class ClientGone(Exception):
    """The client closed the connection before its body was complete."""


class RequestGuard:
    """Wraps an ASGI application; answers transport errors itself, as problem details or as a
    page."""

    def __init__(self, application: Application):
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        told = _told(scope["headers"])
        request_id = begin_request(told.request_id).encode()
        added = scope[ADDED] = [(b"x-request-id", request_id)]
        if scope.get("client"):
            scope["client"] = (unmapped(scope["client"][0]), scope["client"][1])

        plain = _plainly(send) if has_plain_errors(scope["path"]) else send
        send_with_added = _adding(added, told.origin, plain)
        held = HeldBody()
        try:
            if told.hosts != 1 and not is_probe(scope["path"]):
                # Without one Django would take the server's own address for what was asked for.
                raise BadInput("A request names its host, once.")
            limit = upload_limit(scope)
            if limit is not None:
                declared = _declared(told, limit)
                scope[UPLOAD] = upload = Upload(scope, receive, limit, declared)
                receive, send_with_added = without_body(), _closing(upload, send_with_added)
            elif told.length is not None or told.coding is not None:
                receive = await _complete_body(scope, receive, told, held)
                scope.setdefault(ON_STREAM, []).append(held.let_go)
        except HubError as error:
            answer = refused(error) if is_page(scope["path"]) else problem(error)
            await send_answer(answer, send_with_added)
        except ClientGone:
            return
        else:
            await self.application(scope, receive, send_with_added)
        finally:
            held.let_go()


def _adding(added: Headers, origin: bytes | None, send: Send) -> Send:
    """A ``send`` that adds these headers, and to a refusal what a page of the origin needs."""

    async def send_with_added(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *added]
            if origin is not None and message["status"] >= 400:
                message["headers"] += _for_other_origins(message["headers"], origin)
        await send(message)

    return send_with_added


def _plainly(send: Send) -> Send:
    """A ``send`` that calls problem documents plain JSON."""

    async def send_plainly(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (name, b"application/json" if value == PROBLEM else value)
                for name, value in message.get("headers", ())
            ]
        await send(message)

    return send_plainly


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
    scope: Scope,
    receive: Receive,
    told: _Told,
    held: HeldBody,
) -> Receive:
    """Reads the body within its limits, counts what is held of it, and returns a ``receive`` that
    gives it in one piece."""
    limit = body_limit(scope["path"])
    declared = _declared(told, limit)
    try:
        async with asyncio.timeout(settings.HUB_BODY_SECONDS):
            body = await _read(receive, limit, held)
    except TimeoutError as error:
        raise BodyTooSlow(f"It must be complete in {settings.HUB_BODY_SECONDS:g} s.") from error
    if declared is None:
        kept = [pair for pair in scope["headers"] if pair[0] != b"transfer-encoding"]
        scope["headers"] = [*kept, (b"content-length", str(len(body)).encode())]
    if len(body) <= SHORT_BODY:
        scope[BODY] = body
    return _replay(body, receive)


def _declared(told: _Told, limit: int) -> int | None:
    """The length that the headers say, 0 where they say nothing of a body, None for a chunked one.
    Raises BadInput and TooLarge."""
    if told.length is None:
        return None if told.coding is not None else 0
    if told.coding is not None:
        # Two lengths: what is in front of the hub may have believed the other one.
        raise BadInput("A body has a Content-Length or a Transfer-Encoding, not both.")
    if not told.length.isdigit():
        raise BadInput("The Content-Length header is not a number.")
    if len(told.length) > 18 or int(told.length) > limit:
        raise TooLarge(f"A body here may have {limit} bytes.", headers={"Connection": "close"})
    return int(told.length)


def _closing(upload: Upload, send: Send) -> Send:
    """A ``send`` that ends the connection behind an answer whose request was not read."""

    async def send_and_close(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = upload.closing(list(message.get("headers", ())))
        await send(message)

    return send_and_close


async def _read(receive: Receive, limit: int, held: HeldBody) -> bytes:
    # Its parts and their sum would be twice as much.
    whole, size = BytesIO(), 0
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
