"""Pages of any origin may ask what clients ask: no cookie says who is asking there."""

from corsheaders.signals import check_request_enabled
from django.http import HttpRequest

PATHS = (
    *("/oauth/token", "/oauth/revoke", "/oauth/register", "/oauth/keys"),
    *("/.well-known/oauth-", "/.well-known/openid-"),
)


def is_open(request: HttpRequest, **_: object) -> bool:
    """A receiver of what django-cors-headers asks about an origin that is not configured."""
    return request.path_info.startswith(PATHS)


def connect() -> None:
    """Has it asked."""
    check_request_enabled.connect(is_open, dispatch_uid="integrations.oauth")
