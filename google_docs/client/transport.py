"""Google's client library, made parallel: services built once, own threads, no hidden replay.

Importing this module imports googleapiclient: only `backend` does, once configured.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from copy import copy
from dataclasses import dataclass
from functools import lru_cache, partial
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, TypeVar

from google_docs.client.connections import (  # before whatever imports httplib2
    StrictHttp,
    new_breaker,
)
from google_docs.client.error_translation import translate, translating

# isort: split
import httplib2
from google_auth_httplib2 import AuthorizedHttp, Request
from googleapiclient import discovery_cache
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from googleapiclient.http import HttpRequest, MediaInMemoryUpload

from google_docs.client import answers
from google_docs.client.answers import Reader
from google_docs.client.credentials import SharedCredentials
from google_docs.client.work import CALLS, RETRIES
from google_docs.errors import (
    BadAnswer,
    Busy,
    Gone,
    NeverSent,
    NoAnswer,
)
from memory_hub.core import deadline, request_stats
from memory_hub.core.errors import drop_tracebacks

T = TypeVar("T")
EXPORT_LINK = "export-link"
REFRESHERS = 16
Build = Callable[[SimpleNamespace], HttpRequest]


def load(name: str, version: str, root: str | None = None) -> dict[str, Any]:
    """A bundled discovery document without its schemas, optionally with another root.

    The library pretty-prints schemas into docstrings (46 MB for Docs) and needs of them only
    whether an answer has a `nextPageToken`. A root in `client_options` would leave uploads and
    batches at Google, hence the change in the document.
    """
    document = json.loads(discovery_cache.get_static_doc(name, version))
    for schema in document["schemas"].values():
        kept = {"nextPageToken"} & set(schema.get("properties", {}))
        schema["properties"] = {field: {"type": "string"} for field in kept}
    if root:
        document["rootUrl"], document["baseUrl"] = root, root + document["servicePath"]
        document.pop("mtlsRootUrl", None)
    return document


@lru_cache(maxsize=1)
def resources_at(root: str | None) -> SimpleNamespace:
    """What requests are built with; they connect to nothing, so that processes may share them.

    `drive.files()` costs 4 ms and `docs.documents()` 45 ms a call: held, not called again.
    """
    drive = build_from_document(load("drive", "v3", root), http=httplib2.Http())
    docs = build_from_document(load("docs", "v1", root), http=httplib2.Http())
    return SimpleNamespace(
        files=drive.files(),
        permissions=drive.permissions(),
        revisions=drive.revisions(),
        about=drive.about(),
        changes=drive.changes(),
        documents=docs.documents(),
    )


def trace_headers() -> dict[str, str]:
    """The trace of the present request, to be passed on (W3C Trace Context)."""
    present = request_stats.current.get()
    header = present.traceparent if present else None
    return {"traceparent": header} if header else {}


@contextmanager
def noted_call(method: str, again: bool) -> Iterator[None]:
    """Tell whoever watches how long Google took and what it answered."""
    began, outcome = time.perf_counter_ns(), request_stats.NO_ANSWER
    if again:
        request_stats.note(RETRIES.kind, method, request_stats.NO_ANSWER)
    try:
        yield
        outcome = HTTPStatus.OK
    except HttpError as error:
        outcome = error.resp.status
        raise
    finally:
        took_ns = time.perf_counter_ns() - began
        request_stats.note(CALLS.kind, method, int(outcome), took_ns)


def sense_of(read: Reader[T], response: httplib2.Response, content: bytes) -> T:
    """What a reader makes of an answer: the one place where an answer is believed. BadAnswer for
    another type, shape or content type, and for half of one: the call may have been carried out.
    """
    try:
        return read(response.get("content-type", ""), content)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise BadAnswer("Google's answer makes no sense.") from None


@dataclass
class _Ticket:
    """Whether a call left the queue: one that did not can be given up without a trace."""

    started: bool = False
    given_up: bool = False


class Transport:
    """Carries out requests in threads of its own, each with its own connections.

    One `Http` shared by threads swaps their answers: other people's texts, without an error.
    """

    MAX_WAITING = 500

    def __init__(self, *, root: str | None = None, threads: int = 40, timeout: float = 10.0):
        self.root, self.timeout = root, timeout
        self.resources = resources_at(root)
        self.breaker = new_breaker()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="google-docs")
        # Tokens are fetched in threads of their own: who waits for one holds none of the others.
        self._refreshers = ThreadPoolExecutor(REFRESHERS, thread_name_prefix="google-token")
        self._local = threading.local()
        self._made: list[StrictHttp] = []
        self._waiting = 0
        self._closed = False

    def http(self) -> httplib2.Http:
        """The connections of the present thread."""
        if not hasattr(self._local, "http"):
            self._local.http = StrictHttp(self.timeout, self.breaker)
            self._made.append(self._local.http)
        return self._local.http

    def require_reachable(self) -> None:
        """Raises Gone when it is known that Google cannot be reached: no thread is needed then. So
        once the worker ends, when what was to be looked at later finds no thread any more."""
        if self._closed:
            raise Gone("The hub is ending.")
        if self.breaker.is_open:
            raise Gone.for_(self.breaker.open_seconds)

    async def ready(self, credentials: SharedCredentials, left: float) -> None:
        """Wait until the credential has a token, within `left` seconds; fetched once for all who
        wait. Raises ReauthorizationRequired, CredentialRefused, NoToken and Unreachable."""
        self.require_reachable()
        flight = credentials.flight(self._refreshers.submit, lambda: Request(self.http()))
        if flight is None:
            return
        try:
            failure = await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(flight)), left)
        except TimeoutError:
            raise NeverSent("Google gave no token within the time for this call.") from None
        if failure is not None:
            raise translate(copy(failure)) from None

    async def run(
        self,
        build: Build,
        read: Reader[T],
        credentials: SharedCredentials,
        left: float,
        *,
        again: bool = False,
        writes: bool = False,
    ) -> T:
        """What `read` makes of the answer to what `build(resources)` makes, within `left` seconds;
        `again` after a failure. BadAnswer for an answer that it cannot read, TimeIsUp for what
        `writes` in a request that was given up.

        A thread cannot be stopped: past the deadline a call that was sent goes on until its
        socket times out, and its outcome is unknown; one still queued is never sent.
        """
        trace = trace_headers()

        def work() -> T:
            request = build(self.resources)
            request.headers.update(trace)
            request.postproc = partial(sense_of, read)
            with noted_call(request.methodId, again):
                return request.execute(
                    http=AuthorizedHttp(credentials, http=self.http(), max_refresh_attempts=0),
                    num_retries=0,
                )

        call = _changing(work) if writes else partial(translating, work)
        return await self._in_thread(call, left)

    async def fetch(
        self, url: str, credentials: SharedCredentials, left: float, *, again: bool = False
    ) -> bytes:
        """GET an address that Google handed out (an export link)."""
        trace = trace_headers()

        def work() -> bytes:
            authorized = AuthorizedHttp(credentials, http=self.http(), max_refresh_attempts=0)
            with noted_call(EXPORT_LINK, again):
                response, content = authorized.request(url, headers=trace)
                if response.status != HTTPStatus.OK:
                    raise HttpError(response, content, uri=url)
                return sense_of(answers.plain, response, content)

        return await self._in_thread(partial(translating, work), left)

    async def _in_thread(self, work: Callable[[], Any], left: float) -> Any:
        if self._waiting >= self.MAX_WAITING:
            raise Busy("Too many calls to Google are waiting already.")
        ticket = _Ticket()
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            async with asyncio.timeout(left):
                # In no variable, here or in wait_for: an error would hold it, and be held by it,
                # until the garbage collector comes by.
                return await loop.run_in_executor(self._pool, self._carry_out, work, ticket)
        except TimeoutError as error:
            drop_tracebacks(error)
            ticket.given_up = True
            late = NoAnswer if ticket.started else NeverSent
            raise late("Google did not answer within the time for this call.") from None
        finally:
            self._waiting -= 1

    def _carry_out(self, work: Callable[[], Any], ticket: _Ticket) -> Any:
        ticket.started = True
        return None if ticket.given_up else work()

    @staticmethod
    def text_media(text: str) -> MediaInMemoryUpload:
        """The upload that Google converts to a Doc; without the charset it garbles Korean."""
        return MediaInMemoryUpload(text.encode(), mimetype="text/plain; charset=UTF-8")

    def close(self) -> None:
        """Give up what is queued and what still waits for an answer, and let the threads end."""
        self._closed = True
        for pool in (self._pool, self._refreshers):
            pool.shutdown(wait=False, cancel_futures=True)
        for connections in list(self._made):
            connections.close()


def _changing(work: Callable[[], Any]) -> Callable[[], Any]:
    """The work as a change of the present request, wherever it is called."""
    context = copy_context()

    def change() -> Any:
        with deadline.changing():
            return translating(work)

    return partial(context.run, change)
