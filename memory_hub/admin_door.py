"""The door of the admin: strangers are sent to log in before its pages are imported.

Whoever tries the usual paths at every host would have each worker import all of them.
"""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import ResolverMatch
from django.utils.cache import add_never_cache_headers
from django.utils.deprecation import MiddlewareMixin

from memory_hub.core.links import path_to

PAGES, LOG_IN, LOG_OUT = "/admin/", "/admin/login/", "/admin/logout/"
# What leads elsewhere.
OTHERS = (LOG_IN, "/admin/password_change/")


class AdminDoorMiddleware(MiddlewareMixin):
    """Answers whoever asks the admin for something and is not logged in; as it would a reader."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        path = request.path_info
        if not path.startswith(PAGES) or path in OTHERS or request.user.is_authenticated:
            return None
        # The route that it is counted under.
        request.resolver_match = ResolverMatch(self.process_request, (), {}, route=PAGES[1:])
        if path == LOG_OUT:
            response = HttpResponseRedirect(path_to(PAGES))
        else:
            response = redirect_to_login(request.get_full_path(), path_to(LOG_IN))
        add_never_cache_headers(response)
        return response
