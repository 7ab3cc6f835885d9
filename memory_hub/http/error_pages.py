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
{korean}</html>
"""
# In both languages: nobody has looked yet which one is spoken.
_IN_KOREAN = {
    429: "요청이 너무 많습니다. 잠시 뒤에 다시 시도하세요.",
    503: "허브가 지금은 답할 수 없습니다. 잠시 뒤에 다시 시도하세요.",
    504: "허브가 제때 답하지 못했습니다.",
}


def refused(error: HubError) -> HttpResponse:
    """What people get for a page that is refused before Django sees it."""
    said = _IN_KOREAN.get(error.status)
    korean = f'<p lang="ko">{said}</p>\n' if said else ""
    text = _REFUSED.format(title=escape(error.title), detail=escape(str(error)), korean=korean)
    policy = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
    return HttpResponse(text, status=error.status, headers=policy | error.headers)
