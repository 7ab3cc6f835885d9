"""Routes whose views are imported when they are first asked: a hub whose people use tokens alone
pays for none of them."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, re_path
from django.utils.module_loading import import_string


def page(route: str, view: str, name: str) -> URLPattern:
    """A route, a regular expression, with the dotted name of its view; it is the same page with a
    slash at its end. ``view_name`` of its callback is the dotted name."""

    def shown(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        return import_string(view)(request, **arguments)

    shown.view_name = view
    return re_path(rf"^{route}/?$", shown, name=name)
