"""What a browser may do with the hub's pages: load from the hub alone, be framed by nobody."""

from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from memory_hub.http.paths import page_policy

_BASE = (
    "default-src 'none'; connect-src 'self'; font-src 'self' data:; img-src 'self' data:; "
    "form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
)
STRICT = _BASE + "script-src 'self'; style-src 'self'"
# The admin's theme, Swagger UI and ReDoc style their elements themselves.
STYLED = _BASE + "script-src 'self'; style-src 'self' 'unsafe-inline'"
# ReDoc searches in a worker that it makes itself.
WORKING = STYLED + "; worker-src 'self' blob:"


def sending_forms_to(source: str) -> str:
    """The strict policy, of a page whose form may lead on to this source as well: browsers hold
    the redirect that answers a form to the policy of its page."""
    return STRICT.replace("form-action 'self'", f"form-action 'self' {source}")


class PagePolicyMiddleware(MiddlewareMixin):
    """Adds the Content-Security-Policy, unless the page brings its own."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        policy = page_policy(request.path_info) or STRICT
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        return response
