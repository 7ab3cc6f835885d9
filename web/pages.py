"""What pages behind a log-in have in common: who is there, and errors as pages.

A page is a function of a request. With ``@signed_in("GET")`` it runs only for people who are logged
in, is kept by no cache, and may let every ``HubError`` of a service out: it becomes a page in words
with the error's status. A page calls services as ``person(request)`` (`web.accounts.visitors`); a
form that wants to say itself what is wrong with it catches ``HubError`` and uses ``problems``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import Serializer

from memory_hub.core.errors import HubError, MethodNotAllowed, drop_tracebacks, hub_error
from web import problems

View = Callable[..., HttpResponse]


def signed_in(*methods: str) -> Callable[[View], View]:
    """The view for people who are logged in; others are sent to the log-in, and back.

    It answers to these methods alone, ``"GET"`` or ``"GET", "POST"``; the permission matrix of the
    pages (`web/tests/access`) asks for a row for each.
    """

    def decorated(view: View) -> View:
        @never_cache
        @wraps(view)
        def shown(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_log_in(request)
            if request.method not in (*methods, "HEAD"):
                return refusal(request, MethodNotAllowed(headers={"Allow": ", ".join(methods)}))
            try:
                answer = view(request, *given, **named)
            except (HubError, ValidationError) as error:
                answer = refusal(request, hub_error(error))
                drop_tracebacks(error)
            # A part of a page for a script is another answer than the whole page.
            patch_vary_headers(answer, ["HX-Request"])
            return answer

        shown.methods = methods
        return shown

    return decorated


def validated(kind: type[Serializer], asked: dict[str, Any]) -> dict[str, Any]:
    """What a form or a query string asks, as the API's own serializer takes it. Raises what the API
    answers with 400."""
    serializer = kind(data=asked)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def is_part(request: HttpRequest) -> bool:
    """Whether a script of the page asks, for a part of it."""
    return request.headers.get("HX-Request") == "true"


def to_log_in(request: HttpRequest) -> HttpResponse:
    """To the log-in and back; a part of a page cannot be a log-in, so the whole page goes there."""
    if not is_part(request):
        return redirect_to_login(request.get_full_path())
    return HttpResponse(status=204, headers={"HX-Redirect": resolve_url(settings.LOGIN_URL)})


def refusal(request: HttpRequest, error: HubError) -> HttpResponse:
    """The error as a page in words, with its status and its headers."""
    wait = str(error.headers.get("Retry-After", ""))
    page = {
        "title": problems.title(error),
        "words": problems.sentences(error),
        "wait": int(wait) if wait.isdecimal() else None,
    }
    # Of a credential nothing is to be said here: it is a session.
    kept = {"Allow", "Retry-After"}
    answer = render(request, "web/refusal.html", page, status=error.status)
    for name in kept & error.headers.keys():
        answer.headers[name] = error.headers[name]
    return answer
