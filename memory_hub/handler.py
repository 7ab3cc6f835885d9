"""The lean way through Django for the API: everything but the work itself on the event loop.

Django's stock ASGI handler hops into a thread for its signals, for every MiddlewareMixin (twice)
and for closing the response. The API's middleware do no I/O, so their hooks are called directly
here; database connections are given back by the worker threads (work.py).
"""

from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver, set_script_prefix
from django.utils.module_loading import import_string

from memory_hub.errors import problem_for
from memory_hub.guard import Receive, Send

Next = Callable[[HttpRequest], Awaitable[HttpResponse]]


class LeanHandler:
    """An ASGI application that answers the API's routes through ``settings.API_MIDDLEWARE``."""

    def __init__(self) -> None:
        chain: Next = dispatch
        for path in reversed(settings.API_MIDDLEWARE):
            chain = _link(import_string(path), chain)
        self.chain = chain

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        # One message: the guard has put the body together.
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        response = await self.answer(scope, message.get("body", b""))
        await _send(response, scope["method"], send)

    async def answer(self, scope: dict[str, Any], body: bytes) -> HttpResponse:
        """The response to one request; every exception becomes a problem document."""
        try:
            set_script_prefix(scope.get("root_path", "") or "/")
            request = ASGIRequest(scope, BytesIO(body))
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
    except Exception as error:  # the last line of defence: never a traceback to a client
        return problem_for(error)


async def dispatch(request: HttpRequest) -> HttpResponse:
    """Finds the view and calls it; a plain function crosses to a thread."""
    path = request.path_info
    if path.endswith("/") and len(path) > 1:
        path = path[:-1]  # both forms of a path are one route, never a redirect
    match = get_resolver(settings.ROOT_URLCONF).resolve(path)
    request.resolver_match = match
    view = match.func
    if not iscoroutinefunction(view):
        view = sync_to_async(view, thread_sensitive=False)
    return await view(request, *match.args, **match.kwargs)


async def _send(response: HttpResponse, method: str, send: Send) -> None:
    raw = [(key.encode("ascii"), value.encode("latin-1")) for key, value in response.items()]
    raw += [(b"set-cookie", cookie.OutputString().encode()) for cookie in response.cookies.values()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": raw})
    body = b"" if method == "HEAD" else response.content
    await send({"type": "http.response.body", "body": body})
