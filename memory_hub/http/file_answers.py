"""Files of the disk as answers, a block at a time: however long one is, little of it is held.

The client has to take it at a least rate; there is no other time limit.
"""

import asyncio
import os
from collections.abc import Awaitable
from contextlib import closing
from typing import Any, BinaryIO

from memory_hub.core.asgi_types import Receive, Scope, Send
from memory_hub.core.errors import HubError
from memory_hub.core.identity import Identity
from memory_hub.core.raw_headers import Headers
from memory_hub.http.long_answers import LongAnswer, Over
from memory_hub.http.uploads import GRACE, LEAST_RATE

# Bytes that are read and sent at a time.
BLOCK = 2**18


class FileAnswer(LongAnswer):
    """A file that is saved, never shown, and kept by no cache.

    ``file`` is open, at its beginning; it is closed at the end, which is before its last byte where
    the client takes it too slowly: then the connection ends too. ``name`` is what it is called, of
    ASCII; ``kind`` its media type.
    """

    def __init__(self, file: BinaryIO, *, name: str, kind: str, by: Identity) -> None:
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(os.fstat(file.fileno()).st_size),
            "Cache-Control": "no-store, no-transform",
            "X-Content-Type-Options": "nosniff",
        }
        try:
            super().__init__(by=by, kind=kind, headers=headers)
        except HubError:
            file.close()
            raise
        self._file = file
        self._resource_closers.append(file.close)

    async def send_to(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        with closing(self._file):
            await super().send_to(scope, headers, receive, send)

    def _parts(self, send: Send, over: Over) -> list[Awaitable[Any]]:
        return [_pump(self._file, send), asyncio.wait({over})]


async def _pump(file: BinaryIO, send: Send) -> None:
    clock = asyncio.get_running_loop().time
    begun, sent = clock(), 0
    # In a thread: a disk that is busy must not hold everybody else.
    while block := await asyncio.to_thread(file.read, BLOCK):
        await send({"type": "http.response.body", "body": block, "more_body": True})
        sent += len(block)
        if sent < LEAST_RATE * (clock() - begun - GRACE):
            return
    await send({"type": "http.response.body", "body": b""})
