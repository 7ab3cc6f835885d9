"""Pages outside the API, and error pages: HTML for people, problems elsewhere."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, re_path
from django.utils.module_loading import import_string
from django.views import defaults

from memory_hub.core import installed
from memory_hub.core.errors import BadInput, Forbidden, HubError, NotFound, problem
from memory_hub.core.links import path_to


def home(request: HttpRequest) -> HttpResponse:
    """The root sends people to the API's documentation, or else to the admin."""
    return HttpResponseRedirect(path_to("/admin/" if settings.HUB_DOCS == "off" else "/docs"))


def documentation(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that tells of the API, for those whom ``HUB_DOCS`` lets see it."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.HUB_DOCS == "off":
            return problem(NotFound("No such path."))
        if settings.HUB_DOCS == "private" and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return shown


def log_in_to_admin(request: HttpRequest) -> HttpResponse:
    """Sends people to the one page that takes passwords. Who is there already and may not enter
    is told so: the page would send them back here."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied
    wanted = request.GET.get(REDIRECT_FIELD_NAME) or path_to("/admin/")
    return redirect_to_login(wanted)


def well_known(name: str, view: str) -> URLPattern:
    """The route of what a standard says is at ``/.well-known/<name>``; its view is imported when it
    is asked."""

    def answer(request: HttpRequest, of: str = "") -> HttpResponse:
        return import_string(view)(request, of=of)

    return re_path(rf"^\.well-known/{name}(?P<of>/.*)?$", answer)


def at_prefix(prefix: str, view: str) -> URLPattern:
    """The route of an app's prefix itself; its view is imported when it is asked."""

    async def answer(request: HttpRequest) -> HttpResponse:
        return await import_string(view)(request)

    return path(prefix[1:], answer)


def _for_people(request: HttpRequest) -> bool:
    """With a slash: /accounts is no page, and /account is one."""
    return f"{request.path_info}/".startswith(installed.paths("pages"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, also for a host that is not ours: reading the path is safe, the host is not."""
    if _for_people(request):
        return defaults.bad_request(request, exception)
    return problem(BadInput("The request is not one the hub understands."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _for_people(request):
        return defaults.permission_denied(request, exception)
    return problem(Forbidden())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _for_people(request):
        return defaults.page_not_found(request, exception)
    return problem(NotFound("No such path."))


def server_error(request: HttpRequest) -> HttpResponse:
    if _for_people(request):
        return defaults.server_error(request)
    return problem(HubError("The hub failed to answer this; the request id is in its log."))
