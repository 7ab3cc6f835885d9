"""The hashes of entries, of the trees over them, and of the chain of seals."""

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

import orjson
from django.conf import settings

from memory_hub.journal.append import COLUMNS

# What an entry's hash is made of, in this order.
SAID = ("position", "at", *COLUMNS)
NOTHING = bytes(32)  # before the first seal
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEAF, _NODE, _SEAL = b"\x00", b"\x01", b"\x02"


def leaf(said: Sequence[object]) -> bytes:
    """SHA-256 of 0x00 and the JSON array of an entry's SAID: moments as microseconds since 1970,
    hashes as hexadecimal digits, null for what is not there."""
    return sha256(_LEAF + orjson.dumps([_plain(value) for value in said])).digest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        passed = value - _EPOCH
        return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    return value.hex() if isinstance(value, bytes | memoryview) else value


def root(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over at least one leaf, as RFC 6962 has it."""
    if len(leaves) == 1:
        return leaves[0]
    # The largest power of two that is smaller.
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(_NODE + root(leaves[:left]) + root(leaves[left:])).digest()


def chained(previous: bytes, first: int, last: int, tree: bytes) -> bytes:
    """The hash of a seal: of the one before, of where it begins and ends, and of its tree."""
    ends = first.to_bytes(8) + last.to_bytes(8)
    return sha256(_SEAL + previous + ends + tree).digest()


def mac(seal: bytes) -> bytes:
    """HMAC-SHA-256 of a seal's hash: who can write the database alone cannot make it."""
    # The secret key is random and long: one round of HMAC is key derivation enough.
    key = hmac.digest(settings.SECRET_KEY.encode(), b"journal seals", "sha256")
    return hmac.digest(key, seal, "sha256")
