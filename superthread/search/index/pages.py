"""The bytes of a segment: its memories in one page, its postings by term in others.

A segment has up to 4,096 memories, in the order of their ids; a memory's place in it stands for it.
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
from struct import Struct
from typing import NamedTuple

from superthread.search.index.packing import spellings_in

MOST_MEMORIES = 4_096
LONGEST_IN_PAGE, PAGE_BYTES, TERM_BITS = 255, 1_024, 31
BY_GAPS, ALIKE = 1, 2
_ONE, _ONE_UNUSUAL, SEVERAL = Struct("<HB"), Struct("<HBH"), Struct("<BH")
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
    """The memories of a segment by their places: ids, ascending, and lengths that are weighed."""

    ids: array
    lengths: array


def page_of(terms: Sequence[int], parts: Sequence[bytes]) -> IndexPage:
    """The page of several terms, which ascend, and their lists."""
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
    return 1 if len(data) <= _ONE_UNUSUAL.size else SEVERAL.unpack_from(data)[1]


def _places(data: bytes, how: int, many: int) -> Sequence[int]:
    at = SEVERAL.size
    if not how & BY_GAPS:
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
    how, many = SEVERAL.unpack_from(data)
    places = _places(data, how, many)
    at = SEVERAL.size + (many + 1 if how & BY_GAPS else 2 * many)
    end = at + (1 if how & ALIKE else many)
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
    return Members(ids, lengths)
