"""Who sends what under which key."""

import re
from dataclasses import dataclass, field
from hashlib import sha256

from django.http import HttpRequest

from memory_hub.core import credentials
from memory_hub.core.asgi_types import UPLOAD
from memory_hub.core.identity import Identity
from memory_hub.idempotency.errors import MalformedKey
from memory_hub.idempotency.models import KEY_LENGTH

METHODS = ("POST", "PUT", "PATCH", "DELETE")
_KEY = re.compile(rf"[\x20-\x7e]{{1,{KEY_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class KeyClaim:
    """A request with a key. ``path_id`` is the id in its path, if it has one."""

    user_id: int
    key: str
    fingerprint: str
    path_id: str | None = None
    credential: str = field(default="", repr=False)

    @property
    def number(self) -> int:
        """User and key as 62 bits: what locks are taken on."""
        digest = sha256(f"{self.user_id} {self.key}".encode()).digest()
        return int.from_bytes(digest[:8], "big") >> 2


def claim_of(request: HttpRequest, by: Identity, path_id: str | None) -> KeyClaim | None:
    """The request's claim, None for one without a key or that only reads. Raises MalformedKey."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None or request.method not in METHODS:
        return None
    token = (credentials.of(request).token or b"").decode("latin-1")
    return claimed(by, key, _what_is_asked(request), path_id, token)


def claimed(by: Identity, key: str, asked: bytes, path_id: str | None, credential: str) -> KeyClaim:
    """The claim of a request that asks for this, whichever door it came in by. Raises MalformedKey.

    Tokens that are restricted otherwise send other requests: what one was answered is not for the
    other.
    """
    if not _KEY.fullmatch(key):
        raise MalformedKey
    return KeyClaim(
        by.user_id, key, sha256(by.reach.encode() + asked).hexdigest(), path_id, credential
    )


def _what_is_asked(request: HttpRequest) -> bytes:
    """Both forms of a path are one; the body counts byte for byte."""
    path = request.path_info.rstrip("/")
    line = f"{request.method} {path}?{request.META.get('QUERY_STRING', '')}\n"
    if UPLOAD in getattr(request, "scope", {}):
        # What is not read yet counts by its length.
        line += request.META.get("CONTENT_LENGTH", "")
    return line.encode("utf-8", "surrogateescape") + request.body
