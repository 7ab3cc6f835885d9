"""The token that a request shows, in whichever of the usual spellings: one function for all.

``Authorization: Bearer mh_…`` (RFC 6750), ``Authorization: Token mh_…`` (as clients of Django REST
servers send it), ``Authorization: Basic …`` (RFC 7617) with the token as the password and any user
name, and ``x-api-key: mh_…``.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from typing import NamedTuple

from django.http import HttpRequest

from memory_hub.core.raw_headers import Headers

AUTHORIZATION, API_KEY = b"authorization", b"x-api-key"
NAMES = frozenset({AUTHORIZATION, API_KEY})


class Shown(NamedTuple):
    """What a request shows: whether ``anything``, the one ``token`` that it is (None: none, or not
    one), whether it is Basic, which browsers send by themselves, and whether there are ``several``
    that are not the same."""

    anything: bool = False
    token: bytes | None = None
    is_basic: bool = False
    several: bool = False


_NOTHING = Shown()


def of(request: HttpRequest) -> Shown:
    """What the request shows. By its headers as they came: among Django's are such, too, whose
    names have underscores where others have dashes. One that came by another way than ASGI, as
    Django's own client for tests sends them, shows none."""
    scope = getattr(request, "scope", None)
    return shown(scope["headers"]) if scope else _NOTHING


def shown(headers: Headers) -> Shown:
    """What the headers of a request show. A header that comes twice shows no token: what is in
    front of the hub may have looked at the other one."""
    pairs = [pair for pair in headers if pair[0] in NAMES]
    if not pairs:
        return _NOTHING
    tokens = {token_in(name, value) for name, value in pairs}
    several = len(tokens) > 1
    is_one = not several and len({name for name, _ in pairs}) == len(pairs)
    is_basic = any(name == AUTHORIZATION and _kind(value) == b"basic" for name, value in pairs)
    return Shown(True, tokens.pop() if is_one else None, is_basic, several)


def token_in(name: bytes, value: bytes) -> bytes | None:
    """The token in the value of one of NAMES; None for what is none."""
    if value[:7] == b"Bearer " and name == AUTHORIZATION:  # as nearly all have it
        return value[7:] or None
    if name == API_KEY:
        return value or None
    secret = value.partition(b" ")[2]
    kind = _kind(value)
    if kind == b"basic":
        return _password(secret)
    return (secret or None) if kind in (b"bearer", b"token") else None


def _kind(value: bytes) -> bytes:
    return value.partition(b" ")[0].lower()


def _password(encoded: bytes) -> bytes | None:
    try:
        return b64decode(encoded, validate=True).partition(b":")[2] or None
    except NotBase64:
        return None
