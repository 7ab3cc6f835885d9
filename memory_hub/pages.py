"""Pages outside the API, and error pages: HTML for people, problems elsewhere."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.urls.resolvers import RoutePattern
from django.utils.cache import patch_vary_headers
from django.utils.datastructures import MultiValueDict
from django.utils.module_loading import import_string
from django.views import defaults

from memory_hub.core import installed
from memory_hub.core.errors import BadInput, Forbidden, HubError, JsonAnswer, NotFound, problem
from memory_hub.core.features import Features
from memory_hub.core.links import path_to
from memory_hub.http.paths import is_page


def home(request: HttpRequest) -> HttpResponse:
    """Home for people. Programs, which do not ask for a page, are told where the API is described,
    in a header and, unless they want JSON, by a redirect to its documentation or else the admin."""
    if _wants_page(request):
        answer = import_string("web.home.welcome")(request)
    elif "application/json" in request.headers.get("Accept", ""):
        answer = JsonAnswer(_where_the_api_is())
    else:
        answer = HttpResponseRedirect(path_to("/admin/" if settings.HUB_DOCS == "off" else "/docs"))
    answer.headers["Link"] = f'<{path_to("/openapi.json")}>; rel="service-desc"'
    patch_vary_headers(answer, ["Accept"])
    return answer


def _where_the_api_is() -> dict[str, str]:
    return {
        "name": "Memory Hub",
        "memories": path_to("/superthread/memories"),
        "openapi": path_to("/openapi.json"),
        "documentation": path_to("/docs"),
    }


def _wants_page(request: HttpRequest) -> bool:
    """Whether a browser asks: programs take everything, or name what they read."""
    return "text/html" in request.headers.get("Accept", "")


def documentation(view: str) -> Callable[[HttpRequest], HttpResponse]:
    """A page that tells of the API, for those whom ``HUB_DOCS`` lets see it. ``view`` is the dotted
    name of its class, which is imported when it is asked."""

    def shown(request: HttpRequest) -> HttpResponse:
        if settings.HUB_DOCS == "off":
            return problem(NotFound("No such path."))
        if settings.HUB_DOCS == "private" and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return import_string(view).as_view(url_name="schema")(request)

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


def routes_of(app: Features) -> URLResolver:
    """The routes of an app below its prefix."""
    prefix = f"{app.prefix[1:]}/"
    if app.urls_when_asked:
        return RoutesWhenAsked(RoutePattern(prefix, is_endpoint=False), app.urls)
    return path(prefix, include(app.urls))


class RoutesWhenAsked(URLResolver):
    """Routes whose module is imported when one below their prefix is asked. Django looks into all
    others whenever it makes an address; none of these has a name."""

    reverse_dict: Any = MultiValueDict()
    namespace_dict: Any = {}
    app_dict: Any = {}

    def _populate(self) -> None:
        """There is nothing to be found by name."""


def at_prefix(prefix: str, view: str) -> URLPattern:
    """The route of an app's prefix itself; its view is imported when it is asked."""

    async def answer(request: HttpRequest) -> HttpResponse:
        return await import_string(view)(request)

    return path(prefix[1:], answer)


def _for_people(request: HttpRequest) -> bool:
    """A page, with a slash: /accounts is none, and /account is one. Or what a browser asks for that
    is nothing of the API."""
    if f"{request.path_info}/".startswith(installed.paths("pages")):
        return True
    return is_page(request.path_info) and _wants_page(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, also for a host that is not ours: reading the path is safe, the host is not."""
    if _for_people(request):
        return defaults.bad_request(request, exception)
    return problem(BadInput("The request is not one the hub understands."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: a page for people, a problem for programs."""
    if _for_people(request):
        return defaults.permission_denied(request, exception)
    return problem(Forbidden())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: a page for people, a problem for programs."""
    if _for_people(request):
        return defaults.page_not_found(request, exception)
    return problem(NotFound("No such path."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page for people, a problem for programs."""
    if _for_people(request):
        return defaults.server_error(request)
    return problem(HubError("The hub failed to answer this; the request id is in its log."))
