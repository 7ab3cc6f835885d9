"""Opaque cursors: a place in a list, sealed for that list with the hub's own key.

What a place is made of is nobody's business: how many memories of the whole hub hold a word, and
the ids inside. Sealing the same place twice gives the same text, for answers to stay equal.
"""

import base64
import binascii
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings

from memory_hub.core.errors import BadInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV


def encode(fingerprint: str, place: list[Any]) -> str:
    """``place`` (numbers, texts, what JSON has) within the list that ``fingerprint`` names (its
    filters and order)."""
    sealed = _cipher().encrypt(orjson.dumps(place), [fingerprint.encode()])
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def decode(cursor: str, fingerprint: str, pointer: str = "query:cursor") -> list[Any]:
    """The place. Raises BadInput for what ``encode`` did not make for this list."""
    from cryptography.exceptions import InvalidTag

    try:
        sealed = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        return orjson.loads(_cipher().decrypt(sealed, [fingerprint.encode()]))
    except (InvalidTag, binascii.Error, UnicodeEncodeError) as error:
        detail = "The cursor is not one of this list."
        raise BadInput.at(pointer, "bad-cursor", detail) from error


@lru_cache(maxsize=1)
def _cipher() -> "AESSIV":
    # Of first pages nobody needs it.
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    # The secret key is random and long: one round of HMAC is key derivation enough.
    return AESSIV(hmac.digest(settings.SECRET_KEY.encode(), b"cursors", "sha512"))
