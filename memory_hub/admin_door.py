"""The door of the admin: strangers are sent to log in before its pages are imported.

Whoever tries the usual paths at every host would have each worker import all of them.
"""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch
from django.utils.cache import add_never_cache_headers
from django.utils.deprecation import MiddlewareMixin

from memory_hub.core.links import path_to

PAGES, LOG_IN = "/admin/", "/admin/login/"
# What is for everybody, or leads elsewhere.
OTHERS = (LOG_IN, "/admin/logout/", "/admin/password_change/")


class AdminDoorMiddleware(MiddlewareMixin):
    """Answers as the admin would whoever reads a page of it and is not logged in."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if request.method not in ("GET", "HEAD") or not _is_page(request.path_info):
            return None
        if request.user.is_authenticated:
            return None
        # The route that it is counted under.
        request.resolver_match = ResolverMatch(self.process_request, (), {}, route=PAGES[1:])
        response = redirect_to_login(request.get_full_path(), path_to(LOG_IN))
        add_never_cache_headers(response)
        return response


def _is_page(path: str) -> bool:
    return path.startswith(PAGES) and not path.startswith(OTHERS)
