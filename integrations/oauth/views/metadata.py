"""``/.well-known/…``: where standards say that clients look."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from integrations.oauth import metadata
from memory_hub.core.errors import JsonAnswer, MethodNotAllowed, NotFound
from memory_hub.rate_limits import bill


def authorization_server(request: HttpRequest, of: str) -> HttpResponse:
    """Of the server with this path: the hub's own, which stands before or behind the name."""
    _check_path(of, "", settings.HUB_PATH_PREFIX)
    return _told(request, metadata.authorization_server())


def openid_configuration(request: HttpRequest, of: str) -> HttpResponse:
    """As ``authorization_server``."""
    _check_path(of, "", settings.HUB_PATH_PREFIX)
    return _told(request, metadata.openid_configuration())


def protected_resource(request: HttpRequest, of: str) -> HttpResponse:
    """Of the resource with this path of the host; below a prefix, also with one of the hub."""
    return _told(request, metadata.protected_resource(of.removeprefix(settings.HUB_PATH_PREFIX)))


def _check_path(given: str, *known: str) -> None:
    if given not in known:
        raise NotFound("There is no such server.")


def _told(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        raise MethodNotAllowed("It answers GET.", headers={"Allow": "GET, HEAD"})
    bill.pays(None)
    bill.refuse_if_over()
    return JsonAnswer(document, headers={"Cache-Control": "public, max-age=300"})
