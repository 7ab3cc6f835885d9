"""Who is at a page, as services take it."""

from dataclasses import replace

from django.http import HttpRequest

from memory_hub.accounts.models import User
from memory_hub.accounts.principal import NOBODY, Principal, origin_of, principal_of

DOOR = "web"


def person(request: HttpRequest, user: User | None = None) -> Principal:
    """Whoever is logged in; ``user`` where nobody is yet."""
    return principal_of(user or request.user, "session", origin_of(request, DOOR))


def stranger(request: HttpRequest) -> Principal:
    """Whoever comes without an account."""
    return replace(NOBODY, origin=origin_of(request, DOOR))
