"""Where the hub is for those outside of it: what the operator says, never what a request says."""

from django.conf import settings


def path_to(path: str) -> str:
    """A path of the hub as clients ask for it: below the prefix where there is one."""
    return f"{settings.HUB_PATH_PREFIX}{path}"


def link_to(path: str) -> str:
    """The same for a link that leaves the hub: an address where ``HUB_PUBLIC_URL`` says one."""
    return f"{settings.HUB_PUBLIC_URL}{path}" if settings.HUB_PUBLIC_URL else path_to(path)
