"""Bodies that go to the disk as they come: what is too long to be held, and for a time limit.

An app names the paths (``uploads`` of its features). There the guard reads nothing: the view, a
coroutine, knows who is asking before a byte is read, and has the body written with ``to_file``.
While it comes the request has no time limit, as a stream; it has to go on, instead, at a least
rate.
"""

import asyncio
import errno
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.http import HttpRequest

from memory_hub.core import installed
from memory_hub.core.asgi_types import UPLOAD, Message, Receive, Scope
from memory_hub.core.disk import require_room
from memory_hub.core.errors import BadInput, HubError, InsufficientStorage, TooLarge
from memory_hub.core.raw_headers import Headers
from memory_hub.http.long_answers import ON_STREAM
from memory_hub.http.time_limit import RENEW

# Bytes a second, on the average since GRACE seconds after the first.
LEAST_RATE, GRACE = 64 * 2**10, 10.0
# Bytes that are written at a time.
_BLOCK = 2**20
_CLOSE = {"Connection": "close"}


class BodyTooSlow(HubError):
    status, code, title = 408, "body-timeout", "The request body did not arrive in time"
    headers = _CLOSE


def upload_limit(scope: Scope) -> int | None:
    """Most bytes of the body, where the request is an upload."""
    if scope["method"] != "POST":
        return None
    return _limits().get(scope["path"].rstrip("/"))


@cache
def _limits() -> dict[str, int]:
    return dict(installed.below("uploads"))


def upload_of(request: HttpRequest) -> "Upload":
    """The body that is to come. Raises BadInput where there is none."""
    scope: dict[str, Any] = getattr(request, "scope", {})
    upload = scope.get(UPLOAD)
    if upload is None or not upload.is_there:
        raise BadInput.at("", "no-body", "The file is expected as the body.")
    return upload


class Upload:
    """A body that nobody has read yet."""

    def __init__(self, scope: Scope, receive: Receive, limit: int, declared: int | None) -> None:
        self._scope, self._receive, self._limit = scope, receive, limit
        self.declared, self.size = declared, 0
        self.is_there = declared is None or declared > 0
        self.is_read = not self.is_there

    async def to_file(self, path: Path) -> int:
        """Writes the body to a new file; its bytes. The file is gone again where that fails.

        Raises TooLarge, BodyTooSlow, InsufficientStorage and OSError.
        """
        for call in self._scope.get(ON_STREAM, ()):
            call()
        self._scope[RENEW](None)
        try:
            with await asyncio.to_thread(path.open, "xb") as file:
                await self._copy(file, path.parent)
        except BaseException as error:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise InsufficientStorage("There is no room for the file.") from error
            raise
        self.is_read = True
        self._scope[RENEW](settings.HUB_REQUEST_SECONDS)
        return self.size

    async def _copy(self, file: BinaryIO, directory: Path) -> None:
        clock = asyncio.get_running_loop().time
        begun, held = clock(), bytearray()
        while True:
            message = await self._next()
            held += message.get("body", b"")
            self.size += len(message.get("body", b""))
            if self.size > self._limit:
                raise TooLarge(f"A file may have {self._limit} bytes.", headers=_CLOSE)
            if self.size < LEAST_RATE * (clock() - begun - GRACE):
                raise BodyTooSlow(f"At least {LEAST_RATE // 2**10} KiB/s are expected.")
            more = message.get("more_body")
            if len(held) >= _BLOCK or not more:
                # In a thread: a disk that is busy must not hold everybody else.
                await asyncio.to_thread(_write, file, bytes(held), directory)
                held.clear()
            if not more:
                return

    async def _next(self) -> Message:
        try:
            async with asyncio.timeout(settings.HUB_BODY_SECONDS):
                message = await self._receive()
        except TimeoutError as error:
            raise BodyTooSlow(f"Nothing came for {settings.HUB_BODY_SECONDS:g} s.") from error
        if message["type"] == "http.disconnect":
            raise BodyTooSlow("The client went before it was complete.")
        return message

    def closing(self, headers: Headers) -> Headers:
        """The headers of an answer; where the body was not read, with the end of the connection:
        nobody is going to read it."""
        return headers if self.is_read else [*headers, (b"connection", b"close")]


def _write(file: BinaryIO, data: bytes, directory: Path) -> None:
    require_room(directory, len(data))
    file.write(data)


def without_body() -> Receive:
    """A ``receive`` for what stands before the view: there is no body to be had there."""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive
