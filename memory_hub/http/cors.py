"""What pages of other origins need in order to read an answer that Django never saw."""

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest, HttpResponse

from memory_hub.core.raw_headers import Headers

_middleware = CorsMiddleware(HttpResponse)


def headers_for(origin: bytes) -> Headers:
    """The headers that let a page of this origin read an answer; none where it may not."""
    request, response = HttpRequest(), HttpResponse()
    request.META["HTTP_ORIGIN"] = origin.decode("latin-1")
    del response.headers["Content-Type"]
    answer = _middleware.add_response_headers(request, response)
    if "Access-Control-Allow-Origin" not in answer.headers:
        return []
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.items()]
