"""The two ways through Django: a lean one for the API, one counted thread for a page.

Django's stock ASGI handler hops into a thread for its signals, for every MiddlewareMixin (twice)
and for closing the response, each request into a thread of its own, as many as there are requests.
The API's middleware do no I/O, so their hooks are called directly here, on the event loop; a page
goes all its way in one of the worker threads (worker_pool.py), which also give back its
connections.
"""

import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver
from django.utils.module_loading import import_string

from memory_hub.core import request_stats
from memory_hub.core.asgi_types import Receive, Send
from memory_hub.core.errors import Unavailable, problem_for
from memory_hub.core.raw_headers import Headers
from memory_hub.http.answering import send_answer
from memory_hub.http.error_pages import refused
from memory_hub.http.long_answers import LongAnswer
from memory_hub.http.path_prefix import request_of
from memory_hub.rate_limits import bill
from memory_hub.rate_limits.prices import PAGE
from memory_hub.threads.worker_pool import LARGE_BODY, run_in_worker, worker_threads

Next = Callable[[HttpRequest], Awaitable[HttpResponse]]


class ApiHandler:
    """An ASGI application that answers the API's routes through ``settings.API_MIDDLEWARE``; or,
    instead of these, as ``innermost`` does."""

    def __init__(self, innermost: Next | None = None) -> None:
        chain: Next = innermost or dispatch
        for path in reversed(settings.API_MIDDLEWARE):
            chain = _link(import_string(path), chain)
        self.chain = chain

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        # One message: the guard has put the body together.
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        response = await self.answer(scope, message.get("body", b""))
        if isinstance(response, LongAnswer):
            await response.send_to(scope, _raw_headers(response), receive, send)
        else:
            await send_response(response, scope["method"], send)

    async def answer(self, scope: dict[str, Any], body: bytes) -> HttpResponse:
        """The response to one request; every exception becomes a problem document."""
        try:
            request = request_of(scope, body)
        except (UnicodeDecodeError, ValueError):
            return problem_for(BadRequest())
        return await _guarded(self.chain, request)


def _link(middleware: type, following: Next) -> Next:
    """One middleware before ``following``, its hooks called on the event loop."""
    if not (hasattr(middleware, "process_request") or hasattr(middleware, "process_response")):
        return middleware(following)  # async by itself, as django-cors-headers is
    instance = middleware(following)
    before = getattr(instance, "process_request", None)
    after = getattr(instance, "process_response", None)

    async def link(request: HttpRequest) -> HttpResponse:
        response = before(request) if before else None
        if response is None:
            response = await _guarded(following, request)
        return after(request, response) if after else response

    async def safe_link(request: HttpRequest) -> HttpResponse:
        return await _guarded(link, request)

    return safe_link


async def _guarded(step: Next, request: HttpRequest) -> HttpResponse:
    """As Django does between middleware: an error is an answer for the ones outside."""
    try:
        return await step(request)
    except Exception as error:
        # The last line of defence: never a traceback to a client.
        return problem_for(error)


async def dispatch(request: HttpRequest) -> HttpResponse:
    """Finds the view and calls it; a plain function crosses to a thread."""
    path = request.path_info
    if path.endswith("/") and len(path) > 1:
        # Both forms of a path are one route, never a redirect.
        path = path[:-1]
    match = get_resolver(settings.ROOT_URLCONF).resolve(path)
    request.resolver_match = match
    view = match.func
    if not iscoroutinefunction(view):
        view = partial(run_in_worker, view)
    return await view(request, *match.args, **match.kwargs)


class PageHandler(BaseHandler):
    """An ASGI application for pages, through ``settings.MIDDLEWARE``, in one unit of work each.

    The first page loads these: one of them looks at every static file.
    """

    def __init__(self) -> None:
        super().__init__()
        self._loading = threading.Lock()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body = message.get("body", b"")
        unit = partial(self._answer, scope, body)
        try:
            response = await worker_threads().run(unit, large=len(body) > LARGE_BODY)
        except Unavailable as error:
            request_stats.refused()
            await send_answer(refused(error), send)
        else:
            await send_response(response, scope["method"], send)

    def _answer(self, scope: dict[str, Any], body: bytes) -> HttpResponse:
        try:
            request = request_of(scope, body)
        except (UnicodeDecodeError, ValueError):
            return problem_for(BadRequest())
        try:
            self._load()
            response = self.get_response(request)
        except Exception as error:
            # As for the API: never a traceback to a client.
            return problem_for(error)
        request.close()
        # Where nobody else does, as for a static file.
        bill.pays(None)
        if not response.streaming:
            _charge_for(response)
        return response

    def _load(self) -> None:
        with self._loading:
            if self._middleware_chain is None:
                self.load_middleware()


def _charge_for(response: HttpResponse) -> None:
    """Has a page paid, as far as its request did not."""
    if response.content and response.get("Content-Type", "").startswith("text/html"):
        bill.charge_afterwards(PAGE)
    bill.charge_answer(len(response.content))


# Of a body that is none (RFC 9110 §15.3.5, §15.4.5, §8.6).
_NOT_TOLD = {204: ("Content-Type", "Content-Length"), 304: ("Content-Type", "Content-Length")}


async def send_response(response: HttpResponse, method: str, send: Send) -> None:
    """Sends a response whole."""
    raw = headers_to_send(response)
    await send({"type": "http.response.start", "status": response.status_code, "headers": raw})
    body = b"" if method == "HEAD" else response.content
    await send({"type": "http.response.body", "body": body})


def headers_to_send(response: HttpResponse) -> Headers:
    """The headers of a response as they are sent."""
    for name in _NOT_TOLD.get(response.status_code, ()):
        response.headers.pop(name, None)
    return _raw_headers(response)


def _raw_headers(response: HttpResponse) -> Headers:
    raw = [(key.encode("ascii"), value.encode("latin-1")) for key, value in response.items()]
    raw += [(b"set-cookie", cookie.OutputString().encode()) for cookie in response.cookies.values()]
    return raw
