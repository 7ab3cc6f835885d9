"""Opaque cursors: a place in a list, bound to the list it belongs to.

A cursor only ever enters comparisons, and visibility is applied to every page anew, so a forged one
shows nothing that a list would not.
"""

import base64
import binascii
import zlib

import orjson

from memory_hub.errors import BadInput


def encode(fingerprint: str, place: list[int]) -> str:
    """``place`` within the list that ``fingerprint`` names (its filters and order)."""
    data = orjson.dumps([zlib.crc32(fingerprint.encode()), *place])
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(
    cursor: str,
    fingerprint: str,
    length: int,
    pointer: str = "query:cursor",
    *,
    more: bool = False,
) -> list[int]:
    """The ``length`` integers of the place, none below 0, or with ``more`` at least so many.

    Raises BadInput for what ``encode`` did not make.
    """
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        check, *place = orjson.loads(raw)
    except (ValueError, TypeError, binascii.Error, UnicodeEncodeError) as error:
        raise bad_cursor(pointer) from error
    # type(): true and false are ints to Python, to PostgreSQL they are not.
    whole = all(type(part) is int and 0 <= part < 2**63 for part in place)
    fits = len(place) >= length if more else len(place) == length
    if check != zlib.crc32(fingerprint.encode()) or not fits or not whole:
        raise bad_cursor(pointer)
    return place


def bad_cursor(pointer: str = "query:cursor") -> BadInput:
    """What is said of a cursor that no list has."""
    return BadInput.at(pointer, "bad-cursor", "The cursor is not one of this list.")
