"""Whose a request is, as far as that is known before anything is asked: for taking turns.

A credential that was used in this process before is its user's, whatever token or session it is:
it belongs to the same user for ever, so what is remembered can never be wrong. Of any other, which
may be made up, only the address says whose it is.
"""

from collections.abc import Hashable, MutableMapping
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import parse_cookie

MOST = 10_000  # credentials remembered
_users: dict[str, int] = {}


def remember(digest: str, user_id: int) -> None:
    """Note whose credential it is whose text has this SHA-256, as hexadecimal digits."""
    if digest not in _users:
        if len(_users) >= MOST:
            _users.clear()
        _users[digest] = user_id


def caller_of(scope: MutableMapping[str, Any]) -> Hashable:
    """What stands for whoever sends the request: the user's id, else the client's address."""
    user_id = None
    for name, value in scope["headers"]:
        if name == b"authorization":
            user_id = _user_of(value.partition(b" ")[2])
            break
        if name == b"cookie" and user_id is None:
            user_id = _user_of(_session_key(value.decode("latin-1")))
    if user_id is not None:
        return user_id
    client = scope.get("client")
    return client[0] if client else ""


def _user_of(credential: bytes) -> int | None:
    return _users.get(sha256(credential).hexdigest()) if credential else None


def _session_key(cookies: str) -> bytes:
    if settings.SESSION_COOKIE_NAME not in cookies:
        return b""
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "").encode()
