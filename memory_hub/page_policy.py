"""What a browser may do with the hub's pages: load from the hub alone, be framed by nobody."""

from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

_BASE = (
    "default-src 'none'; connect-src 'self'; font-src 'self' data:; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
)
STRICT = _BASE + "script-src 'self'; style-src 'self'"
# The admin's theme runs on Alpine.js, which compiles what its attributes say; Swagger UI and ReDoc
# start from a script in the page and style their elements themselves.
FOR_TOOLS = (
    _BASE + "script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self' blob:"
)
TOOLS = ("/admin", "/docs", "/redoc")


class PagePolicyMiddleware(MiddlewareMixin):
    """Adds the Content-Security-Policy, unless the page brings its own."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        policy = FOR_TOOLS if request.path_info.startswith(TOOLS) else STRICT
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        return response
