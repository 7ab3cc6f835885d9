"""Streams as a client has them: of the application inside the test's process, and of a real hub."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import httpx

from memory_hub.http.streaming import EVENTS
from testing.clients.in_process import Client, _loop

PATIENCE = 60.0  # seconds
ACCEPT = {"Accept": EVENTS}


class Followed:
    """A stream of the application, which goes on in turns of ``_loop``.

    ``until`` lets it go on until something has come; ``leave`` goes away as a client does.
    """

    def __init__(
        self,
        client: Client,
        path: str,
        *,
        method: str = "GET",
        body: bytes = b"",
        **headers: str,
    ) -> None:
        from memory_hub.asgi import application

        path, _, query = path.partition("?")
        sent = {"Host": "localhost", **client.headers, **ACCEPT, **headers}
        sent |= {"Content-Length": str(len(body))} if body else {}
        raw = [(name.lower().encode(), value.encode()) for name, value in sent.items()]
        self.scope = {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": raw,
            "client": ("127.0.0.1", 1),
            "server": ("localhost", 80),
        }
        self.status, self.headers, self.text = 0, {}, ""
        self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._messages.put_nowait({"type": "http.request", "body": body, "more_body": False})
        self._task = _loop.create_task(application(self.scope, self._messages.get, self._take))

    async def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode().lower(): v.decode() for k, v in message["headers"]}
        else:
            self.text += message.get("body", b"").decode()

    def until(self, has_come: Callable[[str], bool]) -> None:
        """Returns when the text so far is so. Fails when it ends or takes too long."""

        async def wait() -> None:
            async with asyncio.timeout(PATIENCE):
                while not has_come(self.text):
                    assert not self._task.done(), (self.status, self.text)
                    await asyncio.sleep(0.01)

        _loop.run_until_complete(wait())

    def until_end(self) -> None:
        """Returns when it has ended."""
        _loop.run_until_complete(asyncio.wait_for(self._task, PATIENCE))

    def leave(self) -> None:
        """Goes away, and waits until the hub has noticed."""
        self._messages.put_nowait({"type": "http.disconnect"})
        self.until_end()


class Following:
    """A stream of a real hub, read by a thread of its own."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.status, self.headers = 0, httpx.Headers()
        self.lines: list[str] = []
        self._news = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._follow, args=(url, {**headers, **ACCEPT}))
        self._thread.start()

    def _follow(self, url: str, headers: dict[str, str]) -> None:
        try:
            with httpx.stream("GET", url, headers=headers, timeout=PATIENCE) as answer:
                self.status, self.headers = answer.status_code, answer.headers
                for line in answer.iter_lines():
                    self._note(line)
        finally:
            with self._news:
                self._ended = True
                self._news.notify_all()

    def _note(self, line: str) -> None:
        with self._news:
            self.lines.append(line)
            self._news.notify_all()

    def until(self, start: str, count: int = 1) -> list[str]:
        """So many lines that begin so, without that beginning, once they have come."""

        def found() -> list[str]:
            return [line.removeprefix(start) for line in self.lines if line.startswith(start)]

        with self._news:
            assert self._news.wait_for(lambda: len(found()) >= count, PATIENCE), self.lines
            return found()

    @property
    def goes_on(self) -> bool:
        """Whether it has not ended."""
        return not self._ended

    def until_end(self) -> None:
        """Returns when the hub has ended it."""
        with self._news:
            assert self._news.wait_for(lambda: self._ended, PATIENCE), self.lines
        self._thread.join()
