"""uvicorn as a worker of gunicorn: the fastest way in, with bounds and an end that loses nothing.

uvicorn itself bounds neither the head of a request nor the time it may take, and in a restart it
closes connections that a request is already on its way on.
"""

import memory_hub.core.slim_django
import memory_hub.rate_limits.slim_limits
import memory_hub.server.slim_uvicorn  # noqa: F401 - they must load before the libraries

# isort: split
import re
from asyncio import TimerHandle
from functools import lru_cache
from typing import Any

import uvicorn.lifespan.on  # noqa: F401 - else each worker imports it for itself
from django.conf import settings
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle
from uvicorn_worker import UvicornWorker

from memory_hub.core.raw_headers import Header, lines_of
from memory_hub.http import cors, open_streams
from memory_hub.server.backpressure import PacedProtocol
from memory_hub.server.error_responses import refusal

# As in deploy/gunicorn.conf.py for the other worker: bytes of the request line and of one header
# field, and the number of fields.
LINE_LIMIT = FIELD_LIMIT = 8190
FIELDS_LIMIT = 100
# No head within the limits above is longer; what is received of an unfinished one counts.
HEAD_LIMIT = 64 * 1024
# How long a connection may still bring a request when the worker ends. One in use does within
# this time, and is told to close by the answer.
DRAIN_SECONDS = 2.0
# Connections taken in one turn of the event loop, from each socket.
TAKEN_AT_ONCE = 16


@lru_cache(maxsize=1)
def _lines_of(*headers: Header) -> bytes:
    """The server's own headers as they are sent: the same for all answers of a second."""
    return lines_of(headers)


# Without user and password: nobody sends those to a hub.
_AUTHORITY = re.compile(rb"https?://([^/?#@]+)(?:[/?#]|$)", re.IGNORECASE)


def _for_other_origins(head: list[Header] | None) -> tuple[tuple[str, str], ...]:
    """What lets the page that asked read a refusal, as far as the head of its request came."""
    origin = next((value for name, value in head or () if name == b"origin"), None)
    told = cors.headers_for(origin) if origin else []
    return tuple((name.decode(), value.decode("latin-1")) for name, value in told)


class Refused(Exception):
    """The head of the request breaks a limit; ends the parser's work."""


class HubProtocol(PacedProtocol):
    """uvicorn's protocol on httptools, bounded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._refusal = 400
        self._in_head = False
        self._in_trailers = self._chunk_begun = False
        self._between = True  # before and after requests
        # Requests that the data being parsed has a part of, until the last begins.
        self._begun = 0
        self._head_bytes = 0
        self._head_timer: TimerHandle | None = None
        self._draining = False
        self._at_once = getattr(self.app, "at_once", None)

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        # Without it a connection that never says anything stays for ever.
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head_timer()
        super().connection_lost(exc)

    def parse(self, data: bytes) -> None:
        self._begun, self._chunk_begun = 0 if self._between else 1, False
        super().parse(data)
        if self._in_head and not self.transport.is_closing():
            # Where a request before it ended in the same data, its share is unknown.
            self._wait_for_the_head(len(data) if self._begun <= 1 else 0)
        elif self._in_trailers and not self.transport.is_closing():
            self._count_trailers(0 if self._chunk_begun else len(data))

    def _wait_for_the_head(self, received: int) -> None:
        self._head_bytes += received
        if self._head_bytes > HEAD_LIMIT:
            self._refuse(431 if self.headers else 414)
        elif self._head_timer is None and not self.pipeline:
            # Else it is the hub that waits.
            self._head_timer = self.loop.call_later(settings.HUB_BODY_SECONDS, self._refuse, 408)

    def _count_trailers(self, received: int) -> None:
        # A time limit is not wanted: the application has one for the body, which they end.
        self._head_bytes += received
        if self._head_bytes > HEAD_LIMIT:
            self._refuse(431)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._between, self._head_bytes = True, False, 0
        self._begun += 1

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > LINE_LIMIT:
            self._refusal = 414
            raise Refused

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_trailers:
            # What follows a body is nothing of the request's: no credential, nobody's address.
            return
        super().on_header(name, value)
        if len(self.headers) > FIELDS_LIMIT or len(name) + len(value) > FIELD_LIMIT:
            self._refusal = 431
            raise Refused

    def on_headers_complete(self) -> None:
        self._in_head = False
        if not self.url.startswith((b"/", b"*")):
            self._take_host_of_target()
        if self._head_timer is not None:
            self._stop_head_timer()
        super().on_headers_complete()
        if self._draining:
            self.cycle.keep_alive = False

    def _take_host_of_target(self) -> None:
        """A target with a host of its own is for that one, whatever Host says (RFC 9112 §3.2.2)."""
        host = _AUTHORITY.match(self.url)
        if host is None:
            raise Refused
        self.headers[:] = [pair for pair in self.headers if pair[0] != b"host"]
        self.headers.append((b"host", host[1]))

    def on_chunk_header(self) -> None:
        # Unless some of the body follows, it was the last one.
        self._in_trailers = self._chunk_begun = True
        self._head_bytes = 0

    def on_body(self, body: bytes) -> None:
        self._in_trailers = False
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._between, self._in_trailers = True, False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What uvicorn calls when the parser failed, also through a callback above."""
        self._refuse(self._refusal)

    def shutdown(self) -> None:
        """Ends the connection after the request it is busy with, or that is on its way."""
        self._draining = True
        open_streams.end_all()
        if self.cycle is None or self.cycle.response_complete:
            self.loop.call_later(DRAIN_SECONDS, self._close_if_idle)
        else:
            self.cycle.keep_alive = False

    def _close_if_idle(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Answers without a task what the hub can answer at once; called when it is a request's
        turn on this connection."""
        answer = None
        # With more requests queued the answer of one would begin the next from inside here, and
        # so on, as deep as a client likes.
        if self._at_once and cycle.keep_alive and not (self.pipeline or self.flow.write_paused):
            answer = self._at_once(cycle.scope)
        if answer is None:
            # A kept answer to a request before it in the same data began the wait for the next.
            self._unset_keepalive_if_required()
            super()._start_asgi_task(cycle, app)
            return
        kept, own = answer
        servers = _lines_of(*self.server_state.default_headers)
        body = b"" if cycle.scope["method"] == "HEAD" else kept.body
        parts = (STATUS_LINE[kept.status], servers, kept.lines, own, b"\r\n", body)
        self.transport.write(b"".join(parts))
        cycle.response_started = cycle.response_complete = True
        self.on_response_complete()

    def _refuse(self, status: int) -> None:
        self._stop_head_timer()
        if not self.transport.is_closing():
            self.transport.write(refusal(status, _for_other_origins(self.headers)))
            self.transport.close()

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


class UvicornHubWorker(UvicornWorker):
    """Without what the hub has no use for: WebSockets, a Server header, an access log.

    Who is behind a proxy is found out by the application, with either worker alike.
    """

    CONFIG_KWARGS = {
        "loop": "auto",  # uvloop where it is installed
        "http": HubProtocol,
        "ws": "none",
        # A worker that cannot start says why and ends. "auto" took the failure for an application
        # without a start, and the worker went on without what was to be made at it.
        "lifespan": "on",
        "server_header": False,
        "access_log": False,
        "proxy_headers": False,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Workers are made before they are forked: what is imported now is in memory once.
        self.config.get_loop_factory()
        # Without it uvicorn waits for ever and gunicorn kills the worker with what it still does.
        self.config.timeout_graceful_shutdown = self.cfg.graceful_timeout

    async def _serve(self) -> None:
        # libuv takes one connection from a listener in each turn of the loop. Under overload a turn
        # is long, and callers would wait for seconds only to be refused. So it gets more listeners,
        # on the same socket.
        copies = [sock.dup() for sock in self.sockets for _ in range(TAKEN_AT_ONCE - 1)]
        self.sockets = [*self.sockets, *copies]
        # Here, for gunicorn imports this module before there are settings. And not for its own
        # worker: at its end that one waits for idle connections as long as it may.
        from memory_hub.server import recycling

        recycling.begin(self.cfg.workers)
        await super()._serve()
