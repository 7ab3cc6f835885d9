"""Django's own middleware where the API needs them slightly different."""

from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

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


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """Static files as whole answers: under ASGI Django reads a streamed file to its end anyway,
    and warns about it each time."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        streamed = WhiteNoiseMiddleware.serve(static_file, request)
        content = b"".join(streamed.streaming_content)
        streamed.close()
        return HttpResponse(content, status=streamed.status_code, headers=streamed.headers)
