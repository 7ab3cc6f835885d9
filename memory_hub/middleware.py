"""Django's own middleware where the API needs them slightly different."""

from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware

GZIP_FROM = 1000  # bytes (contract §1)


class StrongGZipMiddleware(GZipMiddleware):
    """GZip that keeps ETags strong.

    Django weakens the tag of a compressed answer; a weak one is useless in If-Match. The compressed
    bytes are an own representation, so they get an own strong tag.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not response.streaming and len(response.content) < GZIP_FROM:
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
