"""Which pages may use the hub: a browser sends a page's origin along, and says nothing of the
person's will."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from memory_hub.core.links import public_url


def is_foreign(request: HttpRequest) -> bool:
    """Whether a page of another origin asks: not the hub's own, and none that the operator named
    (HUB_CORS_ORIGINS). Programs send no origin."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin is None or settings.CORS_ALLOW_ALL_ORIGINS:
        return False
    return origin.lower() not in {*settings.CORS_ALLOWED_ORIGINS, *_own(request)}


def _own(request: HttpRequest) -> tuple[str, str]:
    """The origin that the hub is asked at, which its host check has let pass, and that of its
    address."""
    url = urlsplit(public_url())
    asked = f"{request.scheme}://{request.META.get('HTTP_HOST', '')}"
    return asked.lower(), f"{url.scheme}://{url.netloc}".lower()
