"""The scores of memories, and the best of them; one arithmetic for both databases."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from itertools import accumulate, compress
from typing import NamedTuple

from superthread.search.index.packing import code_of, count_of
from superthread.search.retrieval.lists import Snapshot
from superthread.search.retrieval.postings import SegmentPostings
from superthread.search.retrieval.reading import Doc
from superthread.search.retrieval.sums import SLACK, Needed, Parts, having, summed
from superthread.search.retrieval.weights import Factors, millionths

# Segments whose long lists are read at once, first; then twice as many each time.
READ_AT_FIRST = 16
# Postings up to which segments are scored as one: for fewer of them it takes longer to tell which
# segments have the best.
TOGETHER = 4_096

# Of the terms that count: postings that are looked at, in the segments that can have the best. Of
# several frequent words hardly any segment can be passed over.
MOST_SCORED = 300_000

ABOVE_ALL = 1 << 96  # any score
EVERY = 1 << 62  # more memories than there are


class Wanted(NamedTuple):
    """How many of the memories are asked for, None for all; above one score and below another."""

    count: int | None = None
    least: int = 0
    below: int = ABOVE_ALL


class Scoring:
    """The scores of all memories in a snapshot: with one of the terms, that have what is needed and
    nothing unwanted; of some ``spaces`` alone, and what is granted. Each as one number: the score
    in millionths by 32 bits and the memory's id.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        factors: Mapping[int, Factors],
        needed: Sequence[Needed] = (),
        unwanted: Sequence[Needed] = (),
        spaces: Set[int] | None = None,
    ) -> None:
        self.snapshot, self._factors, self._spaces = snapshot, factors, spaces
        self._needed, self._unwanted = needed, unwanted

    def __call__(self) -> list[int]:
        """All of them, in no order."""
        places = range(len(self._by_segment))
        self._fetch(places)
        found = self._of_documents()
        for some in self._together(places):
            found += self._of_segments(some, Wanted())
        return found

    def best(self, count: int, below: int = ABOVE_ALL) -> list[int]:
        """The best ``count`` of those below a number, best first. Where there are more postings
        than are scored as one (``TOGETHER``), segments that can have none of these are passed over:
        they are not scored, and their long lists are not read, unless with those of others."""
        if count >= sum(self._many):
            return sorted(filter(below.__gt__, self()), reverse=True)[:count]
        found = sorted(filter(below.__gt__, self._of_documents()), reverse=True)[:count]
        bounds, step = self._bounds, READ_AT_FIRST
        while bounds:
            least = found[-1] if len(found) == count else 0
            here = [place for bound, place in bounds[:step] if bound > least]
            if not here:
                break
            self._fetch(here)
            above = {place: bound for bound, place in bounds[:step]}
            for some in self._together(here):
                least = found[-1] if len(found) == count else 0
                can = [one for one in some if above[one] > least]
                found += self._of_segments(can, Wanted(count, least, below))
                found = sorted(found, reverse=True)[:count]
            bounds, step = bounds[step:], 2 * step
        return found

    @cached_property
    def _bounds(self) -> list[tuple[int, int]]:
        """What no memory of a segment is above, with the segment's place; the highest first, up to
        those with MOST_SCORED postings."""
        segments = self.snapshot.read.segments
        places = [
            place
            for place in range(len(segments))
            if not self._factors.keys().isdisjoint(self._by_segment[place])
            and all(_may_have(one, self._by_segment[place]) for one in self._needed)
        ]
        if len([*self._together(places)]) < 2:
            return [(ABOVE_ALL, place) for place in places]
        # A little more: parts that are added in another order make another last bit.
        bounds = sorted(
            (
                (millionths(self._bound(place) + 1e-9) << 32 | segments[place].last, place)
                for place in places
            ),
            reverse=True,
        )
        before = accumulate((self._many[place] for _, place in bounds), initial=0)
        return bounds[: bisect_left([*before], MOST_SCORED)]

    def _bound(self, place: int) -> float:
        parts = self._by_segment[place].items()
        return sum(
            self._factors[term].bound(part.postings.most)
            for term, part in parts
            if term in self._factors
        )

    def _together(self, places: Iterable[int]) -> Iterator[list[int]]:
        """The segments at these places, in their order, some at a time."""
        some: list[int] = []
        many = 0
        for place in places:
            here = sum(part.postings.many for part in self._by_segment[place].values())
            if some and many + here > TOGETHER:
                yield some
                some, many = [], 0
            some.append(place)
            many += here
        if some:
            yield some

    @cached_property
    def _by_segment(self) -> list[dict[int, SegmentPostings]]:
        """Of each segment the lists of the terms that it has, those that count first."""
        segments = self.snapshot.read.segments
        by_segment: list[dict[int, SegmentPostings]] = [{} for _ in segments]
        for term in self._terms:
            for part in self.snapshot.parts.get(term, ()):
                if self._spaces is None or segments[part.segment].space in self._spaces:
                    by_segment[part.segment][term] = part
        return by_segment

    @cached_property
    def _many(self) -> list[int]:
        """Of each segment the postings of the terms that count."""
        return [
            sum(part.postings.many for term, part in parts.items() if term in self._factors)
            for parts in self._by_segment
        ]

    @cached_property
    def _terms(self) -> list[int]:
        """All terms, those that count first."""
        others = {term for one in (*self._needed, *self._unwanted) for each in one for term in each}
        return [*self._factors, *(t for t in others if t is not None and t not in self._factors)]

    def _fetch(self, places: Iterable[int]) -> None:
        self.snapshot.fetch(one for place in places for one in self._by_segment[place].items())

    def _of_segments(self, places: Sequence[int], wanted: Wanted) -> list[int]:
        """Those of these segments, of which some may be left out that are not wanted."""
        lists = Parts(self.snapshot, [self._by_segment[place] for place in places])
        # What is dropped is none of the best so many.
        is_some = self._needed or self._unwanted or wanted.below < ABOVE_ALL
        enough = (wanted.least >> 32) / 1_000_000 - SLACK
        scores = summed(lists, self._factors, enough, None if is_some else wanted.count)
        if wanted.below < ABOVE_ALL:
            less = ((wanted.below >> 32) / 1_000_000 + SLACK).__gt__
            scores = dict(compress(scores.items(), map(less, scores.values())))
        found = self._fitting({*scores}, lists) if self._needed or self._unwanted else scores
        hits = [int(scores[pk] * 1_000_000 + 0.5) << 32 | pk for pk in found]
        return [hit for hit in hits if hit < wanted.below]

    def _fitting(self, memories: set[int], lists: Parts) -> set[int]:
        """Those of the memories that have what is needed and nothing unwanted."""
        for one in self._needed:
            memories = having(one, lists, memories)
        for one in self._unwanted:
            memories = memories - having(one, lists, memories)
        return memories

    def _of_documents(self) -> list[int]:
        read = self.snapshot.read
        # What is granted is listed by what it is, whosever space it is in.
        here = [one for one in read.documents if self._spaces is None or one.space in self._spaces]
        scores = [(self._of_document(one), one) for one in (*here, *read.granted)]
        return [millionths(score) << 32 | one.memory_id for score, one in scores if score]

    def _of_document(self, document: Doc) -> float:
        """The score, 0 where it is no hit."""

        def has(needed: Needed) -> bool:
            return any(
                all(term is not None and code_of(term) in document.terms for term in group)
                for group in needed
            )

        if not all(map(has, self._needed)) or any(map(has, self._unwanted)):
            return 0.0
        score = 0.0
        for term, factors in self._factors.items():
            count = count_of(code_of(term), document.terms, document.counts)
            if count is not None:
                score += factors.part(count.times, document.length, count.spelling)
        return score


def _may_have(needed: Needed, parts: Mapping[int, SegmentPostings]) -> bool:
    """Whether a segment has all terms of one of the groups."""
    return any(all(term in parts for term in group) for group in needed)
