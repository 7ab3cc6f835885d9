"""What the API's middleware put around an answer, without asking them for each.

What they say of a plain answer (security headers, Vary, its length) is the same for all requests
that look alike, and asking them costs more than to read what is answered. So they are asked once
for each kind of request, about answers that stand for all, and what they made of these is used.
"""

from collections.abc import Hashable
from typing import Any, NamedTuple

from django.core.signals import setting_changed
from django.http import HttpRequest, HttpResponse
from orjson import Fragment

from memory_hub.core.asgi_types import Scope, Send
from memory_hub.core.errors import JsonAnswer
from memory_hub.core.raw_headers import Headers
from memory_hub.http.api_handler import ApiHandler, headers_to_send, send_response
from memory_hub.http.middleware import GZIP_FROM

# Kinds of requests; whoever asks chooses how many there are.
MOST = 256


class Plain(NamedTuple):
    """An answer before the middleware: JSON, with or without a tag, or that the client has it;
    with a location that something was made there."""

    etag: str | None
    body: bytes | None = None
    location: str | None = None

    @property
    def form(self) -> tuple[bool, int, bool]:
        """What middleware treat alike: with a tag or without; none, short or long; at a place."""
        size = 0 if self.body is None else 1 + (len(self.body) >= GZIP_FROM)
        return self.etag is not None, size, self.location is not None

    @property
    def status(self) -> int:
        if self.body is None:
            return 304
        return 200 if self.location is None else 201

    def response(self) -> HttpResponse:
        """The same as a view gives it."""
        said = {"ETag": self.etag, "Location": self.location}
        headers = {name: value for name, value in said.items() if value is not None}
        if self.body is None:
            return HttpResponse(status=304, headers=headers)
        return JsonAnswer(Fragment(self.body), self.status, headers)


def copied(response: HttpResponse) -> HttpResponse:
    """The same response once more, for middleware to change."""
    return HttpResponse(response.content, status=response.status_code, headers=response.headers)


_BODIES = (b"0", b"0" * GZIP_FROM)
# One of each form that there is.
_SAMPLES = [Plain(tag, body) for tag in ('"1"', None) for body in _BODIES]
_SAMPLES += [Plain('"1"'), *(Plain('"1"', body, "/") for body in _BODIES)]


class _Around(NamedTuple):
    """Headers, and where among them those are that each answer has of its own."""

    headers: Headers
    tag: int | None
    length: int | None
    location: int | None


class Envelope:
    """What stands around the answers to one kind of request."""

    def __init__(self, handler: ApiHandler, around: dict[Any, _Around | None]) -> None:
        self._handler, self._around = handler, around

    async def send(self, plain: Plain, scope: Scope, send: Send) -> None:
        """Sends the answer; through the middleware where each is another one, as compressed."""
        body, around = plain.body, self._around[plain.form]
        if around is None:
            await self.send_whole(plain.response(), scope, send)
            return
        headers = around.headers.copy()
        if plain.etag is not None:
            headers[around.tag] = (headers[around.tag][0], plain.etag.encode("latin-1"))
        if plain.location is not None:
            place = headers[around.location][0]
            headers[around.location] = (place, plain.location.encode("latin-1"))
        if around.length is not None:
            headers[around.length] = (headers[around.length][0], b"%d" % len(body or b""))
        await send({"type": "http.response.start", "status": plain.status, "headers": headers})
        await send({"type": "http.response.body", "body": body or b""})

    async def send_whole(self, response: HttpResponse, scope: Scope, send: Send) -> None:
        """Sends a response of whatever kind, through the middleware."""
        made = await _made(self._handler, scope, response)
        await send_response(made, scope["method"], send)


class Envelopes:
    """The envelopes of all kinds of requests. Equal kinds must be of requests that differ in
    nothing that a middleware looks at."""

    def __init__(self) -> None:
        self._forget()
        # Of tests: in a running hub settings stay as they are.
        setting_changed.connect(self._forget)

    async def of(self, kind: Hashable, scope: Scope) -> Envelope | None:
        """The envelope of this kind of request; None where the middleware refuse it."""
        if kind not in self._known:
            around = {one.form: await self._around(scope, one) for one in _SAMPLES}
            if len(self._known) >= MOST:
                self._known.clear()
            is_refused = around[_SAMPLES[0].form] is None
            self._known[kind] = None if is_refused else Envelope(self._handler, around)
        return self._known[kind]

    async def _around(self, scope: Scope, sample: Plain) -> _Around | None:
        made = await _made(self._handler, scope, sample.response())
        if made.status_code != sample.status or made.has_header("Content-Encoding"):
            return None
        headers = headers_to_send(made)
        names = [name.lower() for name, _ in headers]
        own = (b"etag", b"content-length", b"location")
        return _Around(headers, *(names.index(name) if name in names else None for name in own))

    def _forget(self, **_: Any) -> None:
        # Anew: some of the middleware read their settings once.
        self._handler = ApiHandler(_given)
        self._known: dict[Hashable, Envelope | None] = {}


async def _made(handler: ApiHandler, scope: Scope, response: HttpResponse) -> HttpResponse:
    """What the middleware make of a response."""
    return await handler.answer({**scope, _GIVEN: response}, b"")


async def _given(request: HttpRequest) -> HttpResponse:
    return request.scope[_GIVEN]


# In the scope: what the middleware are to think that a view has answered.
_GIVEN = "hub.given_answer"
