"""Where the hub is for those outside of it: what the operator says, never what a request says."""

from functools import lru_cache

from django.conf import settings

from memory_hub.core.addresses import is_loopback


def path_to(path: str) -> str:
    """A path of the hub as clients ask for it: below the prefix where there is one."""
    return f"{settings.HUB_PATH_PREFIX}{path}"


def link_to(path: str) -> str:
    """The same for a link that leaves the hub: an address where ``HUB_PUBLIC_URL`` says one."""
    return f"{settings.HUB_PUBLIC_URL}{path}" if settings.HUB_PUBLIC_URL else path_to(path)


def public_url() -> str:
    """Where the hub is, without a slash at the end: what the operator says, else, in development,
    where a hub listens that only its own machine reaches. Empty where neither is so."""
    if settings.HUB_PUBLIC_URL or settings.PRODUCTION:
        return settings.HUB_PUBLIC_URL
    return _own_url(settings.HUB_HOST, settings.HUB_PORT, settings.HUB_PATH_PREFIX)


@lru_cache(maxsize=4)
def _own_url(host: str, port: int, prefix: str) -> str:
    if not is_loopback(host):
        return ""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{prefix}"


def address_of(path: str) -> str:
    """The address of a path of the hub; begins with ``public_url``."""
    return f"{public_url()}{path}"
