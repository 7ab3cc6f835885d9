"""The sums of what postings count for, for memories; one arithmetic for both databases."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, compress

from superthread.search.index.packing import code_of, count_of
from superthread.search.retrieval.lists import Snapshot
from superthread.search.retrieval.postings import Postings, SegmentPostings
from superthread.search.retrieval.reading import Doc
from superthread.search.retrieval.weights import Factors, millionths

# Segments whose long lists are read at once, first; then twice as many each time.
READ_AT_FIRST = 16
# Postings up to which segments are scored as one: for fewer of them it takes longer to tell which
# segments have the best.
TOGETHER = 4_096
# More than a score's last digit: what is this much below another is so however they were added.
SLACK = 1e-6

ABOVE_ALL = 1 << 96  # any score
ALL = 1 << 62  # postings, more than there are

# All terms of one of the groups, by their ids; None for one that no memory has.
Needed = Sequence[Sequence[int | None]]


class Scoring:
    """The scores of all memories in a snapshot: with one of the terms, that have what is needed and
    nothing unwanted. Each as one number: the score in millionths by 32 bits and the memory's id.

    Where the terms have more than ``most`` postings in segments, segments are looked at until so
    many were read, those with the memories made last first.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        factors: Mapping[int, Factors],
        needed: Sequence[Needed] = (),
        unwanted: Sequence[Needed] = (),
        most: int = ALL,
    ) -> None:
        self._snapshot, self._factors, self._most = snapshot, factors, most
        self._needed, self._unwanted = needed, unwanted

    def __call__(self) -> list[int]:
        """All of them, in no order."""
        self._fetch(self._places)
        found = self._of_documents()
        for some in self._together(self._places):
            found += self._of_segments(some, 0, None)
        return found

    def best(self, count: int) -> list[int]:
        """The best ``count`` of them, best first. Where there are more postings than are scored as
        one (``TOGETHER``), segments that can have none of these are passed over: they are not
        scored, and their long lists are not read, unless with those of others."""
        found = sorted(self._of_documents(), reverse=True)[:count]
        bounds, step = self._bounds(), READ_AT_FIRST
        while bounds:
            least = found[-1] if len(found) == count else 0
            here = [place for bound, place in bounds[:step] if bound > least]
            if not here:
                break
            self._fetch(here)
            above = {place: bound for bound, place in bounds[:step]}
            for some in self._together(here):
                least = found[-1] if len(found) == count else 0
                found += self._of_segments(
                    [one for one in some if above[one] > least], least, count
                )
                found = sorted(found, reverse=True)[:count]
            bounds, step = bounds[step:], 2 * step
        return found

    def _bounds(self) -> list[tuple[int, int]]:
        """What no memory of a segment is above, with the segment's place; the highest first."""
        segments = self._snapshot.read.segments
        places = [
            place
            for place in self._places
            if not self._factors.keys().isdisjoint(self._by_segment[place])
            and all(_may_have(one, self._by_segment[place]) for one in self._needed)
        ]
        if len([*self._together(places)]) < 2:
            return [(ABOVE_ALL, place) for place in places]
        # A little more: parts that are added in another order make another last bit.
        return sorted(
            (
                (millionths(self._bound(place) + 1e-9) << 32 | segments[place].last, place)
                for place in places
            ),
            reverse=True,
        )

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
        by_segment: list[dict[int, SegmentPostings]] = [{} for _ in self._snapshot.read.segments]
        for term in self._terms:
            for part in self._snapshot.parts.get(term, ()):
                by_segment[part.segment][term] = part
        return by_segment

    @cached_property
    def _places(self) -> Sequence[int]:
        """The segments that are looked at."""
        many = [
            sum(part.postings.many for term, part in parts.items() if term in self._factors)
            for parts in self._by_segment
        ]
        if sum(many) <= self._most:
            return range(len(many))
        segments = self._snapshot.read.segments
        latest = sorted(range(len(many)), key=lambda place: segments[place].last, reverse=True)
        before = accumulate((many[place] for place in latest[:-1]), initial=0)
        return [place for place, read in zip(latest, before, strict=True) if read < self._most]

    @cached_property
    def _terms(self) -> list[int]:
        """All terms, those that count first."""
        others = {term for one in (*self._needed, *self._unwanted) for each in one for term in each}
        return [*self._factors, *(t for t in others if t is not None and t not in self._factors)]

    def _fetch(self, places: Iterable[int]) -> None:
        self._snapshot.fetch(one for place in places for one in self._by_segment[place].items())

    def _of_segments(self, places: Sequence[int], least: int, count: int | None) -> list[int]:
        """Those of these segments, of which some may be left out that are not above the ``least``
        or below ``count`` others."""
        lists = self._lists(places)
        kept = self._kept(lists)
        if kept is not None and not kept:
            return []
        enough = (least >> 32) / 1_000_000 - SLACK
        # What is dropped is none of the best so many.
        scores = self._scores(lists, enough, None if self._needed or self._unwanted else count)
        for dropped in self._dropped(lists) & scores.keys():
            del scores[dropped]
        if kept is not None:
            scores = {pk: scores[pk] for pk in kept & scores.keys()}
        above = compress(scores.items(), map(enough.__lt__, scores.values()))
        return [int(score * 1_000_000 + 0.5) << 32 | pk for pk, score in above]

    def _lists(self, places: Sequence[int]) -> dict[int, list[Postings]]:
        """By term what these segments have of it; those that count first."""
        listed = self._snapshot.listed
        here = [self._by_segment[place] for place in places]
        return {
            term: [listed(term, parts[term]) for parts in here if term in parts]
            for term in self._terms
            if any(term in parts for parts in here)
        }

    def _scores(
        self, lists: Mapping[int, Sequence[Postings]], enough: float, count: int | None
    ) -> dict[int, float]:
        """The scores of memories, but for some that are no more than ``enough``, or not among the
        best ``count``. Lists that alone lead nowhere above that are looked at for those memories
        alone that the others have."""
        factors = {term: self._factors[term] for term in lists if term in self._factors}
        bounds = {
            term: max(one.bound(part.most) for part in lists[term]) for term, one in factors.items()
        }
        # What the term and those behind it add at most.
        more = sum(bounds.values())
        scores: dict[int, float] = {}
        for term, one in factors.items():
            if count and len(scores) >= count:
                enough = max(enough, sorted(scores.values())[-count] - SLACK)
            alone = more >= enough
            if not alone:
                scores = {pk: score for pk, score in scores.items() if score + more > enough}
                if not scores:
                    break
            more -= bounds[term]
            is_first = not scores
            for part in lists[term]:
                if not alone:
                    _raise(scores, part, one)
                elif len(factors) == 1:
                    scores.update(_above(part, enough, one))
                elif is_first:
                    scores.update(zip(part.ids, part.values(one), strict=True))
                else:
                    _add(scores, part, one)
        return scores

    def _kept(self, lists: Mapping[int, Sequence[Postings]]) -> set[int] | None:
        """The memories that have all that is needed; None where all may."""
        kept: set[int] | None = None
        for one in self._needed:
            having = _having(one, lists)
            kept = having if kept is None else kept & having
            if not kept:
                break
        return kept

    def _dropped(self, lists: Mapping[int, Sequence[Postings]]) -> set[int]:
        return set[int]().union(*(_having(one, lists) for one in self._unwanted))

    def _of_documents(self) -> list[int]:
        read = self._snapshot.read
        scores = [(self._of_document(one), one) for one in (*read.documents, *read.granted)]
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


def _having(needed: Needed, lists: Mapping[int, Sequence[Postings]]) -> set[int]:
    """The memories that have all terms of one of the groups."""
    having: set[int] = set()
    for group in needed:
        if all(term in lists for term in group):
            having |= set.intersection(*(_ids(lists[term]) for term in group if term is not None))
    return having


def _ids(lists: Iterable[Postings]) -> set[int]:
    return set[int]().union(*(one.ids for one in lists))


def _above(listed: Postings, enough: float, factors: Factors) -> Iterable[tuple[int, float]]:
    """What a list counts for, where that is more than ``enough``: without a step of Python's for
    each."""
    values = [*listed.values(factors)]
    return compress(zip(listed.ids, values, strict=True), map(enough.__lt__, values))


def _add(scores: dict[int, float], listed: Postings, factors: Factors) -> None:
    """Adds what a list counts for to the scores of its memories."""
    get: Callable[[int, float], float] = scores.get
    for pk, value in zip(listed.ids, listed.values(factors), strict=True):
        scores[pk] = get(pk, 0.0) + value


def _raise(scores: dict[int, float], listed: Postings, factors: Factors) -> None:
    """Adds to the scores that there are what the list counts for."""
    ids, parts, spellings = listed.taken
    for number in compress(range(len(ids)), map(scores.__contains__, ids)):
        factor = factors[spellings[number]] if spellings else factors.usual
        scores[ids[number]] += factor * parts[number]
