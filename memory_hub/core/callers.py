"""Whose a request is, as far as that is known before anything is asked: for turns and for points.

A credential that was used in this process before is its user's, whatever token or session it is:
it belongs to the same user for ever, so what is remembered can never be wrong. Of any other, which
may be made up, only the address says whose it is. Tokens that a client was given one after the
other for the same user share one allowance: a new one renews nothing.
"""

from collections.abc import Hashable
from contextvars import ContextVar
from hashlib import sha256
from ipaddress import IPv6Address
from typing import NamedTuple

from django.conf import settings
from django.http import parse_cookie

from memory_hub.core import credentials
from memory_hub.core.asgi_types import Scope

# Who the present work is done for, as `caller_of` tells. The hub's own is nobody's.
calling: ContextVar[Hashable] = ContextVar("calling", default=None)

MOST = 10_000  # credentials remembered
_users: dict[bytes, int] = {}
# Under what the points of a credential are counted where that is not itself.
_allowances: dict[bytes, bytes] = {}
_KEPT = "hub.credential"


class Credential(NamedTuple):
    """What a request shows: the SHA-256 of its token or session key (None: it has neither), the
    user whose it is where it was used in this process before, and where it comes from."""

    digest: bytes | None
    user_id: int | None
    address: str


def remember(digest: str, user_id: int, client: str | None = None) -> None:
    """Note whose credential it is whose text has this SHA-256, as hexadecimal digits, and which
    client's it is, where it is one's."""
    key = bytes.fromhex(digest)
    if key not in _users:
        if len(_users) >= MOST:
            _users.clear()
            _allowances.clear()
        _users[key] = user_id
        if client is not None:
            _allowances[key] = sha256(f"{user_id} {client}".encode()).digest()


def remember_session(key: str, user_id: int) -> None:
    """Note whose the session with this key is."""
    remember(sha256(key.encode()).hexdigest(), user_id)


def forget(digest: str) -> None:
    """Note that it is nobody's any more: a revoked token must not use up what its user has."""
    key = bytes.fromhex(digest)
    _users.pop(key, None)
    _allowances.pop(key, None)


def allowance_of(digest: bytes) -> bytes:
    """Under what points and requests of the credential with this SHA-256 are counted: itself, or
    what all tokens of its client and user have in common."""
    return _allowances.get(digest, digest)


def credential_of(scope: Scope) -> Credential:
    """What the request shows, looked at once."""
    if _KEPT not in scope:
        digest = _digest(scope["headers"])
        user_id = _users.get(digest) if digest else None
        client = scope.get("client")
        scope[_KEPT] = Credential(digest, user_id, site_of(client[0] if client else ""))
    return scope[_KEPT]


def caller_of(scope: Scope) -> Hashable:
    """What stands for whoever sends the request: the user's id, else the client's address."""
    shown = credential_of(scope)
    return shown.address if shown.user_id is None else shown.user_id


def _digest(headers: list[tuple[bytes, bytes]]) -> bytes | None:
    shown = credentials.shown(headers)
    if shown.anything:
        return sha256(shown.token or _what_is_none(headers)).digest()
    for name, value in headers:
        if name == b"cookie" and (key := _session_key(value.decode("latin-1"))):
            return sha256(key).digest()
    return None


def _what_is_none(headers: list[tuple[bytes, bytes]]) -> bytes:
    """What is shown where that is not a token: nobody's, whatever is in it."""
    return b"\n".join(value for name, value in headers if name in credentials.NAMES)


def _session_key(cookies: str) -> bytes:
    if settings.SESSION_COOKIE_NAME not in cookies:
        return b""
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "").encode()


def site_of(address: str) -> str:
    """One IPv4 address, or the 64 bits of an IPv6 one that a customer of a provider is given."""
    if ":" not in address:
        return address
    try:
        whole = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(whole.ipv4_mapped or IPv6Address(int(whole) >> 64 << 64))
