"""The terms of a document in a few bytes: its ``terms``, and its ``counts`` in the same order.

A term's code is its id, two to five bytes: the first has its high bit set and says by its other
ones how many there are, the others have it not. So no code is a part of another one, and a term is
in a document where the bytes of its code are.

Of each term ``counts`` has a byte, its frequency; the high bit is set where it is not spelt as the
term usually is. Behind these bytes stand the spellings of such terms, two bytes each.
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from operator import ne
from typing import NamedTuple

MOST_TIMES = 127  # of a term in a memory; further ones would say nothing
UNUSUAL = 0x80  # of a count
_CODE = re.compile(rb"[\x80-\xff][\x00-\x7f]+")
_LATER = bytes(range(0x80))  # bytes that begin no code
_MASKS = {2: 0x3F, 3: 0x1F, 4: 0x0F, 5: 0x07}


def code_of(number: int) -> bytes:
    """The code of an id below 2**31."""
    if number < 1 << 13:
        return bytes((0x80 | number >> 7, number & 0x7F))
    if number < 1 << 19:
        return bytes((0xC0 | number >> 14, number >> 7 & 0x7F, number & 0x7F))
    later = (number >> 14 & 0x7F, number >> 7 & 0x7F, number & 0x7F)
    if number < 1 << 25:
        return bytes((0xE0 | number >> 21, *later))
    return bytes((0xF0 | number >> 28, number >> 21 & 0x7F, *later))


def id_of(code: bytes) -> int:
    """The id that has this code."""
    number = code[0] & _MASKS[len(code)]
    for byte in code[1:]:
        number = number << 7 | byte
    return number


def codes_of(terms: bytes) -> list[bytes]:
    """The codes of all terms, in their order."""
    return _CODE.findall(terms)


def count_in(terms: bytes) -> int:
    """How many terms there are."""
    return len(terms.translate(None, _LATER))


def ids_of(terms: bytes) -> list[int]:
    """The ids of all terms, in their order."""
    return [id_of(code) for code in codes_of(terms)]


class Count(NamedTuple):
    """How often a term stands in a document, and how it is spelt there: None as usual."""

    times: int
    spelling: int | None


def count_of(code: bytes, terms: bytes, counts: bytes) -> Count | None:
    """What a document has of one term."""
    at = terms.find(code)
    if at < 0:
        return None
    place = count_in(terms[:at])
    count = counts[place]
    if not count & UNUSUAL:
        return Count(count, None)
    many = count_in(terms)
    before = sum(one > MOST_TIMES for one in counts[:place])
    return Count(count ^ UNUSUAL, spellings_in(counts[many:])[before])


def counts_of(terms: bytes, counts: bytes) -> Iterator[tuple[bytes, Count]]:
    """Each code with what the document has of the term."""
    codes = codes_of(terms)
    spellings = iter(spellings_in(counts[len(codes) :]))
    for code, count in zip(codes, counts, strict=False):
        if count & UNUSUAL:
            yield code, Count(count ^ UNUSUAL, next(spellings))
        else:
            yield code, Count(count, None)


def spellings_in(data: bytes) -> array:
    """Numbers of two bytes each."""
    found = array("H")
    found.frombytes(data)
    return found


def packed(
    codes: Iterable[bytes], times: Iterable[int], spellings: Sequence[int], usual: Sequence[int]
) -> tuple[bytes, bytes, bytes]:
    """``terms`` of a part of a document, and its ``counts`` as two: bytes, and the spellings that
    stand behind those of all parts. Of each term its code, how often it comes, and how it is spelt
    here and usually."""
    counts = bytes([one if one < UNUSUAL else MOST_TIMES for one in times])
    if spellings == usual:
        return b"".join(codes), counts, b""
    unlike = [*map(ne, spellings, usual)]
    # The high bits of all bytes at once.
    marked = int.from_bytes(counts) | int.from_bytes(bytes(unlike)) << 7
    unusual = array("H", compress(spellings, unlike))
    return b"".join(codes), marked.to_bytes(len(counts)), unusual.tobytes()


def joined(parts: Iterable[tuple[bytes, bytes, bytes]]) -> tuple[bytes, bytes]:
    """``terms`` and ``counts`` of a document in parts."""
    terms, counts, spellings = map(b"".join, zip(*parts, strict=True))
    return terms, counts + spellings


class Packing:
    """A document's terms as they come."""

    def __init__(self) -> None:
        self._codes: list[bytes] = []
        self._counts = bytearray()
        self._spellings = array("H")

    def add(self, term: int, times: int, spelling: int, usual: int) -> None:
        """A further term: its id, and how it is spelt here and usually."""
        self._codes.append(code_of(term))
        times = min(times, MOST_TIMES)
        if spelling != usual:
            times |= UNUSUAL
            self._spellings.append(spelling)
        self._counts.append(times)

    def again(self, code: bytes, count: Count) -> None:
        """A further term, as another document has it."""
        self._codes.append(code)
        times = count.times
        if count.spelling is not None:
            times |= UNUSUAL
            self._spellings.append(count.spelling)
        self._counts.append(times)

    def packed(self) -> tuple[bytes, bytes]:
        """``terms`` and ``counts``."""
        return b"".join(self._codes), bytes(self._counts) + self._spellings.tobytes()
