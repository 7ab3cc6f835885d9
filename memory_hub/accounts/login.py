"""Under which name failed logins are counted."""

from typing import Any

from django.http import HttpRequest

from memory_hub.accounts.models import normal_email


def attempted_address(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """The address someone tries to log in with, in its one spelling.

    Otherwise every way to write capitals would have attempts of its own.
    """
    known = credentials or {}
    given = known.get("username") or known.get("email") or request.POST.get("login")
    return normal_email(given) if given else None
