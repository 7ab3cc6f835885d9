"""What people get for a page that is refused before Django sees it. Knows no models."""

from html import escape

from django.http import HttpResponse

from memory_hub.core.errors import HubError

_REFUSED = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<h1>{title}</h1>
<p>{detail}</p>
</html>
"""


def refused(error: HubError) -> HttpResponse:
    """What people get for a page that is refused before Django sees it."""
    text = _REFUSED.format(title=escape(error.title), detail=escape(str(error)))
    policy = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
    return HttpResponse(text, status=error.status, headers=policy | error.headers)
