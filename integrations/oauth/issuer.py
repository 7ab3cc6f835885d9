"""Whether the hub lets clients in, and the one address by which they know it."""

from urllib.parse import urlsplit

from django.conf import settings

from memory_hub.core.addresses import is_loopback
from memory_hub.core.errors import NotFound
from memory_hub.core.links import public_url


def issuer() -> str:
    """The address of the authorization server, which is the hub's own, in its one spelling.

    Raises NotFound, with what to set, where the hub is none.
    """
    problem = why_off()
    if problem:
        raise NotFound(f"This hub lets no clients in by OAuth: {problem}")
    return public_url()


def why_off() -> str:
    """Why the hub is no authorization server; empty where it is one."""
    if not settings.HUB_OAUTH:
        return "HUB_OAUTH=0."
    url = urlsplit(public_url())
    if not url.hostname:
        return "HUB_PUBLIC_URL is not set, and clients are let in by that address alone."
    if url.scheme != "https" and not is_loopback(url.hostname):
        return "HUB_PUBLIC_URL is not https, and tokens would go in clear."
    return ""
