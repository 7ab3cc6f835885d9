"""Notes which route a request took and who asked. For both lists of middleware, as the first."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

from memory_hub.core import request_stats
from memory_hub.core.identity import Identity
from monitoring.record import routes


@sync_and_async_middleware
def note_route(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Return a middleware that fills in the observation of its request: a coroutine on the lean
    way, a function for pages."""

    async def lean(request: HttpRequest) -> HttpResponse:
        try:
            return await get_response(request)
        finally:
            # Also of a request that is cut off at its limit.
            _note(request)

    def page(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        _note(request)
        return response

    def before_the_view(request: HttpRequest, *_: Any) -> None:
        """A page that is given up is told and counted while its thread goes on."""
        _note(request)

    # Django looks for it at whatever is a middleware.
    page.process_view = before_the_view  # type: ignore[attr-defined]
    return lean if iscoroutinefunction(get_response) else page


def _note(request: HttpRequest) -> None:
    present = request_stats.current.get()
    if present is not None:
        present.route = routes.name_of(request.resolver_match, request.path_info)
        present.user_id = _user_id(request)


def _user_id(request: HttpRequest) -> int | None:
    """Return who asked, as far as that was found out already: no query for a log line."""
    principal = getattr(request, "auth", None)
    if isinstance(principal, Identity):
        return principal.user_id or None
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None else None
