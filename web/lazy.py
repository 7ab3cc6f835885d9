"""Routes whose views are imported when they are first asked: a hub whose people use tokens alone
pays for none of them."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, re_path
from django.utils.module_loading import import_string


def page(route: str, view: str, name: str, *, is_one_write: bool = False) -> URLPattern:
    """A route, a regular expression, with the dotted name of its view; it is the same page with a
    slash at its end. ``view_name`` of its callback is the dotted name.

    ``is_one_write``: what a POST writes is one transaction, with what is told of it.
    """

    def shown(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        found = import_string(view)
        if is_one_write and request.method == "POST":
            found = transaction.atomic(found)
        return found(request, **arguments)

    shown.view_name = view
    return re_path(rf"^{route}/?$", shown, name=name)
