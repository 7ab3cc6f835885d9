"""The best that a list of postings has: what its other postings count for is no more than that.

Of a term that memories have a number of times, and of lengths as they are weighed, BM25 makes the
most where ``(length + USUAL_LENGTH * (1 - B) / B) / times`` is least: it is the same of all terms,
for any K1. So a segment is passed over where even its best could not be among the best of a query.

A list's best is a number: length by 9 bits and times by 7 of the best posting that is spelt as the
term usually is, and 16 bits further those of the best of the others. 0 where it is not known.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from superthread.search.index.packing import UNUSUAL

# The length is compared with a fixed one and not with the mean: in a hub of short notes an article
# shall not lose for being one, and no score shall tell what others have stored. Another B makes
# other postings the best: with it goes a new analyzer.VERSION.
B, USUAL_LENGTH = 0.9, 150
_LENGTH_BITS, _HALF = 9, 16
# USUAL_LENGTH * (1 - B) / B, as a fraction: whole numbers have no ties of their own.
_OVER, _UNDER = round(USUAL_LENGTH * (1 - B) * 10), round(B * 10)


class Posting(NamedTuple):
    """How often a term stands in a memory, and the memory's weighed length."""

    times: int
    length: int


class Best(NamedTuple):
    """The best posting that is spelt as usual, and the best other one; None where there is none."""

    usual: Posting | None
    other: Posting | None


def best_of(places: Sequence[int], counts: bytes, lengths: Sequence[int]) -> int:
    """The best of the postings at these places of a segment, whose memories have these lengths."""
    shortest: dict[int, int] = {}
    if counts.count(counts[0]) == len(counts):
        shortest[counts[0]] = min(map(lengths.__getitem__, places))
    else:
        get = shortest.get
        for count, length in zip(counts, map(lengths.__getitem__, places), strict=True):
            known = get(count)
            if known is None or length < known:
                shortest[count] = length
    usual = _best(count for count in shortest.items() if count[0] < UNUSUAL)
    other = _best((count ^ UNUSUAL, one) for count, one in shortest.items() if count >= UNUSUAL)
    return other << _HALF | usual


def _best(postings: Iterable[tuple[int, int]]) -> int:
    found = min(postings, key=lambda one: (one[1] * _UNDER + _OVER) / one[0], default=None)
    return found[0] << _LENGTH_BITS | found[1] if found else 0


def best_in(number: int) -> Best | None:
    """What such a number says; None where it says nothing."""
    if not number:
        return None
    return Best(_posting(number & (1 << _HALF) - 1), _posting(number >> _HALF))


def _posting(half: int) -> Posting | None:
    if not half:
        return None
    return Posting(half >> _LENGTH_BITS, half & (1 << _LENGTH_BITS) - 1)
