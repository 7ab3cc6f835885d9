"""What goes wrong on pages, told on a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from memory_hub.core.errors import HubError


def as_pages(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, whose errors of a caller are pages."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except HubError as error:
            words = {"title": error.title, "detail": str(error)}
            answer = render(request, "oauth/problem.html", words, status=error.status)
            for name, value in error.headers.items():
                answer.headers[name] = value
            return answer

    return shown
