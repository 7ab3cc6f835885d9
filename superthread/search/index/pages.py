"""The bytes of a segment: its memories in one page, its postings by term in others.

A segment has up to 1,024 memories, in the order of their ids; a memory's place in it stands for it.
The postings of a term are a list: of one memory its place and count (3 bytes, 5 with a spelling
that is not the usual one), of more of them

- a byte that says how: whether places are told by gaps of one byte, whether all counts are alike;
- their number, two bytes;
- the places: two bytes each, or the first one and the gaps;
- the counts as in a document, a byte each or one for all;
- two bytes for each spelling that is not the usual one.

A page has the lists of terms that follow each other: their number, the first term, how much further
each one is, the length of each list, the lists. A list of more than 255 bytes is a page of its own.
All numbers begin with their low byte.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from operator import sub
from struct import Struct
from typing import NamedTuple

from superthread.search.index.bests import best_of
from superthread.search.index.packing import UNUSUAL, codes_of, id_of, spellings_in

MOST_MEMORIES = 1_024
LONGEST_IN_PAGE, PAGE_BYTES, TERM_BITS = 255, 1_024, 31
_BY_GAPS, _ALIKE = 1, 2
_ONE, _ONE_UNUSUAL, _SEVERAL = Struct("<HB"), Struct("<HBH"), Struct("<BH")
_PLACE, _PAGE, _MEMORIES = Struct("<H"), Struct("<HI"), Struct("<I")


class IndexPage(NamedTuple):
    """One page, by the last of its terms; ``entries`` are the postings of one with one term, and
    ``best`` is the best of these."""

    last_term: int
    entries: int
    data: bytes
    best: int = 0


class Entries(NamedTuple):
    """A list taken apart: places, a count for each (or one for all), spellings that are unusual."""

    places: Sequence[int]
    counts: bytes
    spellings: Sequence[int]


class Members(NamedTuple):
    """The memories of a segment by their places: ids, ascending, and lengths that are weighed; none
    is shorter than the shortest."""

    ids: array
    lengths: array
    shortest: int = 0


def pages_of(documents: Iterable[tuple[bytes, bytes]], lengths: Sequence[int]) -> list[IndexPage]:
    """The pages of documents, given by their terms and counts in the order of their places, and by
    their weighed lengths."""
    lists = _lists_of(documents)
    # Codes are in the order of their ids.
    packed = ((id_of(code), _packed(lists[code])) for code in sorted(lists))
    return list(_paged(packed, lengths))


def _lists_of(documents: Iterable[tuple[bytes, bytes]]) -> dict[bytes, int | list[int]]:
    """The postings of each term: place, count and spelling in 24 bits and more, 8 bits and 16 bits.
    One by itself is no list, for most terms have no other."""
    lists: dict[bytes, int | list[int]] = {}
    for place, (terms, counts) in enumerate(documents):
        codes, here = codes_of(terms), place << 24
        for code, number in zip(codes, _numbers(here, counts, len(codes)), strict=True):
            before = lists.get(code)
            if before is None:
                lists[code] = number
            elif isinstance(before, int):
                lists[code] = [before, number]
            else:
                before.append(number)
    return lists


def _numbers(here: int, counts: bytes, many: int) -> list[int]:
    if len(counts) == many:
        return [here | count << 16 for count in counts]
    spellings = iter(spellings_in(counts[many:]))
    return [
        here | count << 16 | (next(spellings) if count & UNUSUAL else 0) for count in counts[:many]
    ]


def _packed(numbers: int | list[int]) -> bytes:
    if isinstance(numbers, int):
        count = numbers >> 16 & 0xFF
        if count & UNUSUAL:
            return _ONE_UNUSUAL.pack(numbers >> 24, count, numbers & 0xFFFF)
        return _ONE.pack(numbers >> 24, count)
    # Byte by byte of all numbers at once, for a list may have a thousand.
    data = array("Q", numbers).tobytes()
    counts, told, spellings = data[2::8], bytearray(2 * len(numbers)), b""
    told[::2], told[1::2] = data[3::8], data[4::8]
    if max(counts) & UNUSUAL:
        unusual = [number & 0xFFFF for number in numbers if number & UNUSUAL << 16]
        spellings = array("H", unusual).tobytes()
    how = 0
    if counts.count(counts[0]) == len(counts):
        how, counts = _ALIKE, counts[:1]
    places = memoryview(told).cast("H")
    gaps = [*map(sub, places[1:], places)]
    if max(gaps) < 256:
        how |= _BY_GAPS
        return _SEVERAL.pack(how, len(numbers)) + told[:2] + bytes(gaps) + counts + spellings
    return _SEVERAL.pack(how, len(numbers)) + told + counts + spellings


def _paged(lists: Iterable[tuple[int, bytes]], lengths: Sequence[int]) -> Iterator[IndexPage]:
    terms: list[int] = []
    parts: list[bytes] = []
    size = 0
    for term, data in lists:
        is_long = len(data) > LONGEST_IN_PAGE
        is_full = size >= PAGE_BYTES or (terms and term - terms[0] > 0xFFFF)
        if terms and (is_long or is_full):
            yield _page(terms, parts)
            terms, parts, size = [], [], 0
        if is_long:
            places, counts, _ = unpacked(data)
            yield IndexPage(term, len(places), data, best_of(places, counts, lengths))
        else:
            terms.append(term)
            parts.append(data)
            size += len(data) + 3
    if terms:
        yield _page(terms, parts)


def _page(terms: list[int], parts: list[bytes]) -> IndexPage:
    first = terms[0]
    further = array("H", [term - first for term in terms]).tobytes()
    lengths = bytes(map(len, parts))
    return IndexPage(
        terms[-1], 0, b"".join((_PAGE.pack(len(terms), first), further, lengths, *parts))
    )


def lists_in(data: bytes, terms: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """The lists of those of the terms that a page of several has."""
    count, first = _PAGE.unpack_from(data)
    further = array("H")
    start = _PAGE.size + 2 * count
    further.frombytes(data[_PAGE.size : start])
    for term in terms:
        difference = term - first
        if not 0 <= difference <= 0xFFFF:
            continue
        place = bisect_left(further, difference)
        if place < count and further[place] == difference:
            at = start + count + sum(data[start : start + place])
            yield term, data[at : at + data[start + place]]


def entries_of(data: bytes) -> int:
    """How many postings a list has."""
    return 1 if len(data) <= _ONE_UNUSUAL.size else _SEVERAL.unpack_from(data)[1]


def places_in(data: bytes) -> Sequence[int]:
    """The places of a list."""
    if len(data) <= _ONE_UNUSUAL.size:
        return (_PLACE.unpack_from(data)[0],)
    how, many = _SEVERAL.unpack_from(data)
    return _places(data, how, many)


def _places(data: bytes, how: int, many: int) -> Sequence[int]:
    at = _SEVERAL.size
    if not how & _BY_GAPS:
        places = array("H")
        places.frombytes(data[at : at + 2 * many])
        return places
    (first,) = _PLACE.unpack_from(data, at)
    return list(accumulate(data[at + 2 : at + 1 + many], initial=first))


def unpacked(data: bytes) -> Entries:
    """A list taken apart."""
    if len(data) == _ONE.size:
        place, count = _ONE.unpack(data)
        return Entries((place,), bytes((count,)), ())
    if len(data) == _ONE_UNUSUAL.size:
        place, count, spelling = _ONE_UNUSUAL.unpack(data)
        return Entries((place,), bytes((count,)), (spelling,))
    how, many = _SEVERAL.unpack_from(data)
    places = _places(data, how, many)
    at = _SEVERAL.size + (many + 1 if how & _BY_GAPS else 2 * many)
    end = at + (1 if how & _ALIKE else many)
    return Entries(places, data[at:end], spellings_in(data[end:]))


def members_page(ids: Sequence[int], lengths: Sequence[int]) -> IndexPage:
    """The page of a segment's memories."""
    data = _MEMORIES.pack(len(ids)) + array("I", ids).tobytes() + array("H", lengths).tobytes()
    return IndexPage(0, len(ids), data)


def members_in(data: bytes) -> Members:
    """The memories of such a page."""
    (count,) = _MEMORIES.unpack_from(data)
    ids, lengths = array("I"), array("H")
    start = _MEMORIES.size
    ids.frombytes(data[start : start + 4 * count])
    lengths.frombytes(data[start + 4 * count : start + 6 * count])
    return Members(ids, lengths, min(lengths, default=0))
