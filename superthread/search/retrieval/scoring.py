"""BM25: what a posting counts for, and the sums for memories; one arithmetic for both databases."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from operator import mul

from superthread.search.analysis.forms import EVERY
from superthread.search.index.documents import LONGEST
from superthread.search.index.packing import UNUSUAL, code_of, count_of
from superthread.search.index.pages import Entries, unpacked
from superthread.search.retrieval.lists import Snapshot
from superthread.search.retrieval.reading import Doc

# Repeats count less than with the usual 1.2. The length is compared with a fixed one and not with
# the mean: in a hub of short notes an article shall not lose for being one, and no score shall tell
# what others have stored. See documents.weighed_length.
K1, B, USUAL_LENGTH = 0.9, 0.9, 150
_CONSTANT, _SLOPE = round(K1 * (1 - B), 9), round(K1 * B / USUAL_LENGTH, 9)
MOST_SPELLINGS = 2  # of one term in a query that are told from others

# All terms of one of the groups, by their ids; None for one that no memory has.
Needed = Sequence[Sequence[int | None]]


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


class Factors(dict[int, float]):
    """What a term counts for, more where it is spelt as it was asked for: by the bits of the
    spelling that a memory has it in."""

    def __init__(self, term: Term, idf: float, exactness: tuple[float, float]) -> None:
        usual = term.weight * idf
        self._plain = round(usual, 9)
        self._exact = [
            (bits, round(usual * factor, 9))
            for factor, mask in zip(reversed(exactness), (-1, EVERY), strict=True)
            for bits in dict.fromkeys(one & mask for one in term.spellings[:MOST_SPELLINGS])
        ]
        self.usual = self[term.usual]

    def __missing__(self, spelling: int) -> float:
        fitting = (one for bits, one in self._exact if spelling & bits == bits)
        factor = self[spelling] = next(fitting, self._plain)
        return factor

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


class Scoring:
    """The scores of all memories in a snapshot: with one of the terms, that have what is needed and
    nothing unwanted."""

    def __init__(
        self,
        snapshot: Snapshot,
        factors: Mapping[int, Factors],
        needed: Sequence[Needed] = (),
        unwanted: Sequence[Needed] = (),
    ) -> None:
        self._snapshot, self._factors = snapshot, factors
        self._needed, self._unwanted = needed, unwanted

    def __call__(self) -> list[int]:
        """Each memory with its score, as one number: the score in millionths by 32 bits and the id.
        In no order."""
        found: list[int] = []
        for place in range(len(self._snapshot.read.segments)):
            found += self._of_segment(place)
        read = self._snapshot.read
        for document in (*read.documents, *read.granted):
            if (score := self._of_document(document)) is not None:
                found.append(millionths(score) << 32 | document.memory_id)
        return found

    @cached_property
    def _by_segment(self) -> list[dict[int, bytes]]:
        """Of each segment the lists of the terms that it has."""
        by_segment: list[dict[int, bytes]] = [{} for _ in self._snapshot.read.segments]
        terms = {term for one in (*self._needed, *self._unwanted) for each in one for term in each}
        for term in [*self._factors, *(terms - self._factors.keys())]:
            if term is None:
                continue
            for part in self._snapshot.complete(term):
                by_segment[part.segment][term] = part.data or b""
        return by_segment

    def _of_segment(self, place: int) -> Iterable[int]:
        lists = self._by_segment[place]
        if not any(term in self._factors for term in lists):
            return ()
        kept = self._kept(lists)
        if kept is not None and not kept:
            return ()
        members = self._snapshot.members[place]
        scores: dict[int, float] = {}
        for term, data in lists.items():
            if term in self._factors:
                _add(scores, unpacked(data), members.lengths, self._factors[term])
        ids = members.ids
        gone = self._snapshot.masked[place] | self._dropped(lists)
        if kept is not None:
            return [
                int(score * 1_000_000 + 0.5) << 32 | ids[at]
                for at, score in scores.items()
                if at in kept and at not in gone
            ]
        for at in gone:
            scores.pop(at, None)
        return [int(score * 1_000_000 + 0.5) << 32 | ids[at] for at, score in scores.items()]

    def _kept(self, lists: Mapping[int, bytes]) -> set[int] | None:
        """The places of a segment that have all that is needed; None where all may."""
        kept: set[int] | None = None
        for one in self._needed:
            having = _having(one, lists)
            kept = having if kept is None else kept & having
            if not kept:
                break
        return kept

    def _dropped(self, lists: Mapping[int, bytes]) -> set[int]:
        return set[int]().union(*(_having(one, lists) for one in self._unwanted))

    def _of_document(self, document: Doc) -> float | None:
        def has(needed: Needed) -> bool:
            return any(
                all(term is not None and code_of(term) in document.terms for term in group)
                for group in needed
            )

        if not all(map(has, self._needed)) or any(map(has, self._unwanted)):
            return None
        score, is_hit = 0.0, False
        for term, factors in self._factors.items():
            count = count_of(code_of(term), document.terms, document.counts)
            if count is not None:
                is_hit = True
                score += factors.part(count.times, document.length, count.spelling)
        return score if is_hit else None


def _having(needed: Needed, lists: Mapping[int, bytes]) -> set[int]:
    """The places of a segment that have all terms of one of the groups."""
    having: set[int] = set()
    for group in needed:
        if all(term in lists for term in group):
            places = [set(unpacked(lists[term]).places) for term in group if term is not None]
            having |= set.intersection(*places)
    return having


def _add(
    scores: dict[int, float], entries: Entries, lengths: Sequence[int], factors: Factors
) -> None:
    """Adds what a list counts for to the scores of a segment's places."""
    places, counts, spellings = entries
    parts: Iterable[float]
    if len(counts) == 1 and not counts[0] & UNUSUAL:
        row = ROWS[counts[0]]
        parts = map(mul, repeat(factors.usual), map(row.__getitem__, _each(lengths, places)))
    else:
        each = counts * len(places) if len(counts) == 1 else counts
        usual, rows, following = factors.usual, ROWS, iter(spellings)
        parts = [
            factors[next(following)] * rows[count ^ UNUSUAL][lengths[at]]
            if count & UNUSUAL
            else usual * rows[count][lengths[at]]
            for at, count in zip(places, each, strict=True)
        ]
    if not scores:
        scores.update(zip(places, parts, strict=True))
        return
    get: Callable[[int, float], float] = scores.get
    for at, part in zip(places, parts, strict=True):
        scores[at] = get(at, 0.0) + part


def _each(lengths: Sequence[int], places: Sequence[int]) -> Iterable[int]:
    return map(lengths.__getitem__, places)
