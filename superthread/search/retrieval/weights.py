"""BM25: what a posting counts for, and what those of a list count for at most."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from superthread.search.analysis.forms import EVERY
from superthread.search.index.bests import USUAL_LENGTH, B, best_in
from superthread.search.index.documents import LONGEST, SHORTEST
from superthread.search.index.packing import MOST_TIMES

# Repeats count less than with the usual 1.2. See documents.weighed_length.
K1 = 0.9
_CONSTANT, _SLOPE = round(K1 * (1 - B), 9), round(K1 * B / USUAL_LENGTH, 9)
AS_USUAL = 0xFFFF  # no spelling: that of a term where the index says nothing
MOST_SPELLINGS = 2  # of one term in a query that are told from others


@dataclass(frozen=True)
class Term:
    """A term of the index as one query uses it.

    `documents` of what the caller reaches hold it; `postings` are those and what was granted.
    `weight` is below 1 for what was not typed; `spellings` are those that were, `usual` is how the
    index has it where it says nothing.
    """

    id: int
    text: str
    documents: int
    postings: int
    weight: float = 1.0
    instead_of: str | None = None
    spellings: tuple[int, ...] = ()
    usual: int = 0


class _Rows(dict[int, list[float]]):
    """What a term counts for that stands so often in a memory: a row by its weighed length."""

    def __missing__(self, times: int) -> list[float]:
        self[times] = row = [
            times * (K1 + 1) / (times + _CONSTANT + _SLOPE * length)
            for length in range(LONGEST + 1)
        ]
        return row


# By how often: what is used stays, for there are 127 at most.
ROWS = _Rows()


class Most(NamedTuple):
    """What the postings of a list count for at most but for the term's factor: those that are spelt
    as the term usually is, and the others."""

    usual: float
    other: float


ANY = Most(ROWS[MOST_TIMES][SHORTEST], ROWS[MOST_TIMES][SHORTEST])


def most_in(best: int) -> Most:
    """The same by the best of a list (``index.bests``)."""
    known = best_in(best)
    if known is None:
        return ANY
    usual, other = known
    return Most(
        ROWS[usual.times][usual.length] if usual else 0.0,
        ROWS[other.times][other.length] if other else 0.0,
    )


class Factors(dict[int, float]):
    """What a term counts for, more where it is spelt as it was asked for: by the bits of the
    spelling that a memory has it in. ``usual``: as it usually is; ``most``: in any."""

    def __init__(self, term: Term, idf: float, exactness: tuple[float, float]) -> None:
        usual = term.weight * idf
        self._plain = round(usual, 9)
        self._exact = [
            (bits, round(usual * factor, 9))
            for factor, mask in zip(reversed(exactness), (-1, EVERY), strict=True)
            for bits in dict.fromkeys(one & mask for one in term.spellings[:MOST_SPELLINGS])
        ]
        self.usual = self[AS_USUAL] = self[term.usual]
        self.most = max([self._plain, *(factor for _, factor in self._exact)])

    def __missing__(self, spelling: int) -> float:
        fitting = (one for bits, one in self._exact if spelling & bits == bits)
        factor = self[spelling] = next(fitting, self._plain)
        return factor

    def bound(self, most: Most) -> float:
        """What no posting of a list adds more than."""
        return max(self.usual * most.usual, self.most * most.other)

    def part(self, times: int, length: int, spelling: int | None) -> float:
        """What one memory's posting adds to its score."""
        factor = self.usual if spelling is None else self[spelling]
        return factor * ROWS[times][length]


def millionths(score: float) -> int:
    """Whole numbers order alike however their parts were added."""
    return int(score * 1_000_000 + 0.5)


def idf(total: int, documents: int) -> float:
    """How much finding a term says: ln(1 + (N - n + ½) / (n + ½))."""
    whole = max(total, 1)
    n = min(max(documents, 1), whole)
    return math.log(1 + (whole - n + 0.5) / (n + 0.5))
