"""Django's own middleware where the API needs them slightly different."""

import re

from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

GZIP_FROM = 1000  # bytes (contract §1)


_NEVER = re.compile(r"q=0(\.0*)?", re.ASCII | re.IGNORECASE)


def accepts_gzip(request: HttpRequest) -> bool:
    """Whether Accept-Encoding names gzip with a weight other than 0 (RFC 9110 §12.5.3)."""
    for element in request.META.get("HTTP_ACCEPT_ENCODING", "").split(","):
        coding, _, weight = element.partition(";")
        if coding.strip() == "gzip":
            return not _NEVER.fullmatch(weight.strip())
    return False


class StrongGZipMiddleware(GZipMiddleware):
    """GZip that takes no for an answer, and keeps ETags strong.

    Django looks for the word alone, whatever its weight. And it weakens the tag of a compressed
    answer; a weak one is useless in If-Match. The compressed bytes are an own representation, so
    they get an own strong tag.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not response.streaming and len(response.content) < GZIP_FROM:
            return response
        if not accepts_gzip(request):
            if not response.has_header("Content-Encoding"):
                patch_vary_headers(response, ["Accept-Encoding"])
            return response
        tag = response.headers.get("ETag")
        answer = super().process_response(request, response)
        if tag and answer.has_header("Content-Encoding"):
            answer.headers["ETag"] = f'{tag[:-1]}-gzip"'
        return answer


class HostCheckMiddleware(CommonMiddleware):
    """The host check and Content-Length, without redirects: an API path answers as it stands."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        return False


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """Static files as whole answers: under ASGI Django reads a streamed file to its end anyway,
    and warns about it each time."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        streamed = WhiteNoiseMiddleware.serve(static_file, request)
        content = b"".join(streamed.streaming_content)
        streamed.close()
        return HttpResponse(content, status=streamed.status_code, headers=streamed.headers)
