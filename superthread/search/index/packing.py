"""Sets of ids in a few bytes: the differences of the sorted ids, seven bits a byte."""

from collections.abc import Iterable


def pack(ids: Iterable[int]) -> bytes:
    """Distinct ids of 0 or more as bytes."""
    out, before = bytearray(), 0
    for number in sorted(ids):
        difference, before = number - before, number
        while difference > 0x7F:
            out.append(difference & 0x7F | 0x80)
            difference >>= 7
        out.append(difference)
    return bytes(out)


def packed_count(data: bytes) -> int:
    """How many ids `pack` was given."""
    return len(data.translate(None, _UNFINISHED))


# Bytes after which the number goes on.
_UNFINISHED = bytes(range(0x80, 0x100))


def unpack(data: bytes | memoryview) -> list[int]:
    """The ids that `pack` was given, ascending."""
    ids: list[int] = []
    number = shift = difference = 0
    # PostgreSQL gives a memoryview.
    for byte in bytes(data):
        difference |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            number += difference
            ids.append(number)
            shift = difference = 0
    return ids
