"""In which language a page speaks: that of the account, of the switch on the page, or else the
browser's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override
from django.views.i18n import set_language

from memory_hub.accounts import services
from web.accounts.visitors import person


def LanguageMiddleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django's own leaves the language with the thread, which answers the API's requests too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.user.language if request.user.is_authenticated else ""
        language = chosen if is_spoken(chosen) else get_language_from_request(request)
        request.LANGUAGE_CODE = language
        with override(language):
            response = get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


def is_spoken(code: str) -> bool:
    """Whether it is one of the languages of the pages."""
    return code in dict(settings.LANGUAGES)


def choose(request: HttpRequest) -> HttpResponse:
    """What the switch of each page sends: kept with the account, and with the browser for pages
    without one."""
    code = request.POST.get("language", "")
    if request.method == "POST" and request.user.is_authenticated and is_spoken(code):
        services.choose_language(language=code, by=person(request))
    return set_language(request)
