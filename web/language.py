"""In which language a page speaks: that of the switch on it, or else the browser's."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override


def LanguageMiddleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django's own leaves the language with the thread, which answers the API's requests too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = get_language_from_request(request)
        request.LANGUAGE_CODE = language
        with override(language):
            response = get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware
