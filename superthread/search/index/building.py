"""The pages of a segment, made of its documents (`pages` has their format).

Of all postings at once, as far as that goes: a step of Python's for each of them would be most of
what folding takes.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, compress
from operator import sub
from typing import NamedTuple

from superthread.search.index.bests import best_of
from superthread.search.index.packing import UNUSUAL, codes_of, id_of, spellings_in
from superthread.search.index.pages import (
    ALIKE,
    BY_GAPS,
    LONGEST_IN_PAGE,
    PAGE_BYTES,
    SEVERAL,
    IndexPage,
    page_of,
)

AT_ONCE = 1_024  # lists that are packed without a pause


class _Packed(NamedTuple):
    """Lists, packed, by the ids of their terms, which ascend; of those that are pages of their own
    by their place how many postings they have, and the best."""

    terms: list[int]
    lists: list[bytes]
    alone: dict[int, tuple[int, int]]


def pages_of(documents: Iterable[tuple[bytes, bytes]], lengths: Sequence[int]) -> list[IndexPage]:
    """The pages of documents, given by their terms and counts in the order of their places, and by
    their weighed lengths."""
    postings, spellings = _gathered(documents)
    # Codes are in the order of their ids.
    codes = sorted(postings)
    packed = _Packed([*map(id_of, codes)], [], {})
    for start in range(0, len(codes), AT_ONCE):
        some = codes[start : start + AT_ONCE]
        beside = [spellings.get(code, ()) for code in some]
        _pack([*map(postings.__getitem__, some)], beside, lengths, packed)
    return list(_paged(packed))


def _gathered(
    documents: Iterable[tuple[bytes, bytes]],
) -> tuple[Mapping[bytes, list[int]], Mapping[bytes, list[int]]]:
    """By the codes of the terms their postings, each in 24 bits: place, and 16 bits further the
    count; and the spellings that are unusual."""
    postings: defaultdict[bytes, list[int]] = defaultdict(list)
    spellings: defaultdict[bytes, list[int]] = defaultdict(list)
    for place, (terms, counts) in enumerate(documents):
        codes = codes_of(terms)
        many = len(codes)
        _append(postings, codes, [place | count << 16 for count in counts[:many]])
        if len(counts) > many:
            unusual = compress(codes, map(UNUSUAL.__and__, counts))
            _append(spellings, unusual, spellings_in(counts[many:]))
    return postings, spellings


def _append(
    to: defaultdict[bytes, list[int]], codes: Iterable[bytes], numbers: Iterable[int]
) -> None:
    """Appends to the list of each code its number."""
    deque(map(list.append, map(to.__getitem__, codes), numbers), maxlen=0)


def _pack(
    postings: Sequence[list[int]],
    spellings: Sequence[Sequence[int]],
    lengths: Sequence[int],
    to: _Packed,
) -> None:
    """Packs lists of postings and their spellings, and adds them to what is packed."""
    data = array("I", chain.from_iterable(postings)).tobytes()
    places, counts = array("H", data)[::2], data[2::4]
    differences = array("h", map(sub, places[1:], places)).tobytes()
    gaps, beyond = differences[::2], differences[1::2]
    end = 0
    for numbers, unusual in zip(postings, spellings, strict=True):
        start, many = end, len(numbers)
        beside = array("H", unusual).tobytes() if unusual else b""
        end += many
        if many == 1:
            to.lists.append(data[4 * start : 4 * start + 3] + beside)
            continue
        how, told = 0, counts[start:end]
        if told.count(told[0]) == many:
            how, told = ALIKE, told[:1]
        if beyond.count(0, start, end - 1) == many - 1:
            how |= BY_GAPS
            where = data[4 * start : 4 * start + 2] + gaps[start : end - 1]
        else:
            where = places[start:end].tobytes()
        packed = SEVERAL.pack(how, many) + where + told + beside
        if len(packed) > LONGEST_IN_PAGE:
            best = best_of(places[start:end], counts[start:end], lengths)
            to.alone[len(to.lists)] = many, best
        to.lists.append(packed)


def _paged(packed: _Packed) -> Iterator[IndexPage]:
    terms, lists, alone = packed
    # Of the first list, of the first two, and so on.
    sizes = [0, *accumulate(len(one) + 3 for one in lists)]
    start = 0
    for border in (*alone, len(terms)):
        while start < border:
            full = bisect_left(sizes, sizes[start] + PAGE_BYTES, start + 1, border)
            end = bisect_right(terms, terms[start] + 0xFFFF, start + 1, full)
            yield page_of(terms[start:end], lists[start:end])
            start = end
        if border in alone:
            yield IndexPage(terms[border], alone[border][0], lists[border], alone[border][1])
            start = border + 1
