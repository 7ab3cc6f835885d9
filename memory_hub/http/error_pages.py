"""What people get for a page that is refused before Django sees it. Knows no models.

The page is the template ``refused.html`` of whichever app has the pages. It says it in all
languages at once: nobody has looked yet which one is spoken. A refusal must cost next to nothing,
so each page is made once.
"""

from functools import lru_cache

from django.http import HttpResponse
from django.template.loader import render_to_string

from memory_hub.core.errors import HubError

# Of this page: words and their style, from the hub.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def refused(error: HubError) -> HttpResponse:
    """The refusal as a page, with its status and its headers."""
    wait = error.headers.get("Retry-After", "")
    text = _page(error.status, int(wait) if wait.isdecimal() else 0)
    headers = {"Content-Security-Policy": POLICY} | error.headers
    return HttpResponse(text, status=error.status, headers=headers)


@lru_cache(maxsize=256)
def _page(status: int, wait: int) -> str:
    return render_to_string("refused.html", {"status": status, "wait": wait})
