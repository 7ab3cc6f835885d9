"""The sums of what postings count for, for memories of some segments: as few of them as will do.

What is left out cannot be above the score that is asked for: of each list no posting counts for
more than its best (``index.bests``), and so no memory that has it for more than that and the best
of all other lists.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import compress
from typing import NamedTuple

from superthread.search.retrieval.lists import Snapshot
from superthread.search.retrieval.postings import Postings, SegmentPostings
from superthread.search.retrieval.weights import Factors

# More than a score's last digit: what is this much below another is so however they were added.
SLACK = 1e-6
# All terms of one of the groups, by their ids; None for one that no memory has.
Needed = Sequence[Sequence[int | None]]


class Part(NamedTuple):
    """A list taken apart, and memories in it that do not count any more."""

    postings: Postings
    gone: Set[int]


class Parts:
    """What some segments have of terms: of each its lists by term. A list is taken apart when it is
    first asked for."""

    def __init__(
        self, snapshot: Snapshot, segments: Sequence[Mapping[int, SegmentPostings]]
    ) -> None:
        self._snapshot, self._segments = snapshot, segments
        self._opened: dict[int, list[Part]] = {}

    def have(self, term: int | None) -> bool:
        """Whether one of them has the term."""
        return any(term in parts for parts in self._segments)

    def bound(self, term: int, factors: Factors) -> float:
        """What the term counts for at most."""
        here = (parts[term] for parts in self._segments if term in parts)
        return max(factors.bound(part.postings.most) for part in here)

    def of(self, term: int) -> list[Part]:
        """Their lists of the term."""
        if term not in self._opened:
            whole, masked = self._snapshot.whole, self._snapshot.masked
            here = [parts[term] for parts in self._segments if term in parts]
            self._opened[term] = [Part(whole(term, one), masked[one.segment]) for one in here]
        return self._opened[term]


def summed(
    lists: Parts, factors: Mapping[int, Factors], enough: float, count: int | None
) -> dict[int, float]:
    """The scores of memories, but for some that are no more than ``enough``, or not among the best
    ``count``; of those a part may be missing. Lists that alone lead nowhere above that are looked
    at for those memories alone that the others have."""
    here = {term: one for term, one in factors.items() if lists.have(term)}
    bounds = {term: lists.bound(term, one) for term, one in here.items()}
    # What all of them add at most, and the term and those behind it.
    whole = more = sum(bounds.values())
    scores: dict[int, float] = {}
    for term, one in here.items():
        if count and len(scores) >= count:
            enough = max(enough, sorted(scores.values())[-count] - SLACK)
        alone = more >= enough
        if not alone:
            scores = {pk: score for pk, score in scores.items() if score + more > enough}
            if not scores:
                break
        more -= bounds[term]
        least = enough - (whole - bounds[term])
        is_first = not scores
        for part in lists.of(term):
            if not alone:
                _raise(scores, part, one)
            elif is_first:
                scores.update(_above(part, least, one))
            else:
                _add(scores, _above(part, least, one))
    return dict(compress(scores.items(), map(enough.__lt__, scores.values())))


def having(needed: Needed, lists: Parts, among: set[int]) -> set[int]:
    """Those of the memories that have all terms of one of the groups."""
    found: set[int] = set()
    for group in needed:
        some = among if all(map(lists.have, group)) else set()
        for term in group:
            if some and term is not None:
                some = _in(lists.of(term), some)
        found |= some
    return found


def _in(parts: Iterable[Part], memories: set[int]) -> set[int]:
    """Those of the memories that are in the lists."""
    found: set[int] = set()
    for postings, gone in parts:
        found |= memories.intersection(postings.ids) - gone
    return found


def _above(part: Part, least: float, factors: Factors) -> Iterable[tuple[int, float]]:
    """What a list counts for, where that may be more than ``least``: without a step of Python's for
    each of the others."""
    ids, parts, spellings = part.postings.taken
    if least <= 0 and not part.gone:
        return zip(ids, part.postings.values(factors), strict=True)
    # As if all were spelt in the way that counts most.
    enough = least / (factors.most if spellings else factors.usual)
    return _counted(part, compress(range(len(ids)), map(enough.__lt__, parts)), factors)


def _counted(part: Part, places: Iterable[int], factors: Factors) -> Iterator[tuple[int, float]]:
    """The memories at some places of a list that count, and what it counts for in each."""
    (ids, parts, spellings), gone = part.postings.taken, part.gone
    for place in places:
        if (pk := ids[place]) not in gone:
            yield pk, (factors[spellings[place]] if spellings else factors.usual) * parts[place]


def _add(scores: dict[int, float], found: Iterable[tuple[int, float]]) -> None:
    """Adds to the scores of memories."""
    get: Callable[[int, float], float] = scores.get
    for pk, value in found:
        scores[pk] = get(pk, 0.0) + value


def _raise(scores: dict[int, float], part: Part, factors: Factors) -> None:
    """Adds to the scores that there are what the list counts for."""
    ids = part.postings.ids
    there = compress(range(len(ids)), map(scores.__contains__, ids))
    for pk, value in _counted(part, there, factors):
        scores[pk] += value
