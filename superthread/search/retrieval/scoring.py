"""The sums of what postings count for, for memories; one arithmetic for both databases."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import compress, repeat
from operator import mul

from superthread.search.index.bests import best_of
from superthread.search.index.packing import UNUSUAL, USUAL, code_of, count_of
from superthread.search.index.pages import Entries, Members, unpacked
from superthread.search.retrieval.lists import Snapshot
from superthread.search.retrieval.reading import Doc, SegmentPostings
from superthread.search.retrieval.weights import ROWS, Factors, millionths

# Segments whose long lists are read at once, first; then twice as many each time.
READ_AT_FIRST = 16
# A list so many times as long as there are memories to look up is not gone through.
LOOKED_UP = 2
# More than a score's last digit: what is this much below another is so however they were added.
SLACK = 1e-6

# All terms of one of the groups, by their ids; None for one that no memory has.
Needed = Sequence[Sequence[int | None]]


class Scoring:
    """The scores of all memories in a snapshot: with one of the terms, that have what is needed and
    nothing unwanted. Each as one number: the score in millionths by 32 bits and the memory's id."""

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
        """All of them, in no order."""
        self._fetch(range(len(self._by_segment)))
        found = self._of_documents()
        for place in range(len(self._by_segment)):
            found += self._of_segment(place)
        return found

    def best(self, count: int) -> list[int]:
        """The best ``count`` of them, best first. Segments without one of these are not scored, and
        of their long lists none is read."""
        found = sorted(self._of_documents(), reverse=True)[:count]
        bounds, step = self._bounds(), READ_AT_FIRST
        while bounds:
            least = found[-1] if len(found) == count else 0
            here = [place for bound, place in bounds[:step] if bound > least]
            if not here:
                break
            self._fetch(here)
            for bound, place in bounds[:step]:
                least = found[-1] if len(found) == count else 0
                if bound > least:
                    found += [one for one in self._of_segment(place, least) if one > least]
                    found = sorted(found, reverse=True)[:count]
            bounds, step = bounds[step:], 2 * step
        return found

    def _bounds(self) -> list[tuple[int, int]]:
        """What no memory of a segment is above, with the segment's place; the highest first."""
        segments, factors = self._snapshot.read.segments, self._factors
        bounds = []
        for place, parts in enumerate(self._by_segment):
            score = sum(
                factors[term].bound(self._best(part))
                for term, part in parts.items()
                if term in factors
            )
            if score and all(_may_have(one, parts) for one in self._needed):
                # A little more: parts that are added in another order make another last bit.
                bounds.append((millionths(score + 1e-9) << 32 | segments[place].last, place))
        return sorted(bounds, reverse=True)

    def _best(self, part: SegmentPostings) -> int:
        """The best of a list; of a short one only where it decides, for it takes a look at it."""
        if part.best or part.data is None or len(self._factors) > 1:
            return part.best
        places, counts, _ = unpacked(part.data)
        return best_of(places, counts, self._snapshot.members[part.segment].lengths)

    @cached_property
    def _by_segment(self) -> list[dict[int, SegmentPostings]]:
        """Of each segment the lists of the terms that it has, those that count first."""
        by_segment: list[dict[int, SegmentPostings]] = [{} for _ in self._snapshot.read.segments]
        terms = {term for one in (*self._needed, *self._unwanted) for each in one for term in each}
        for term in [*self._factors, *(terms - self._factors.keys())]:
            if term is not None:
                for part in self._snapshot.read.parts.get(term, ()):
                    by_segment[part.segment][term] = part
        return by_segment

    def _fetch(self, places: Iterable[int]) -> None:
        self._snapshot.fetch(part for place in places for part in self._by_segment[place].values())

    def _of_segment(self, place: int, least: int = 0) -> Iterable[int]:
        """Those of a segment, of which some that are not above the ``least`` may be left out."""
        parts = self._by_segment[place]
        if self._factors.keys().isdisjoint(parts):
            return ()
        lists = {term: self._snapshot.data(part) for term, part in parts.items()}
        kept = self._kept(lists)
        if kept is not None and not kept:
            return ()
        members = self._snapshot.members[place]
        enough = (least >> 32) / 1_000_000 - SLACK
        scores = self._scores(parts, lists, members, enough)
        gone = self._snapshot.masked[place] | self._dropped(lists)
        for at in scores.keys() & gone if gone else ():
            del scores[at]
        ids = members.ids
        return [
            int(score * 1_000_000 + 0.5) << 32 | ids[at]
            for at, score in scores.items()
            if score > enough and (kept is None or at in kept)
        ]

    def _scores(
        self,
        parts: Mapping[int, SegmentPostings],
        lists: Mapping[int, bytes],
        members: Members,
        enough: float,
    ) -> dict[int, float]:
        """The scores of a segment's places. Lists that alone lead nowhere above what is ``enough``
        are looked at for those memories alone that the others have."""
        factors = {term: self._factors[term] for term in parts if term in self._factors}
        bounds = {term: one.bound(parts[term].best) for term, one in factors.items()}
        # What the term and those behind it add at most.
        more = sum(bounds.values())
        scores: dict[int, float] = {}
        for term, one in factors.items():
            entries, alone = unpacked(lists[term]), more > enough
            if not alone:
                scores = {at: score for at, score in scores.items() if score + more > enough}
                if not scores:
                    break
            more -= bounds[term]
            if not alone:
                _raise(scores, entries, members.lengths, one)
                continue
            if not scores:
                entries = _above(entries, enough - more, members.shortest, one)
            _add(scores, entries, members.lengths, one)
        return scores

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


def _having(needed: Needed, lists: Mapping[int, bytes]) -> set[int]:
    """The places of a segment that have all terms of one of the groups."""
    having: set[int] = set()
    for group in needed:
        if all(term in lists for term in group):
            places = [set(unpacked(lists[term]).places) for term in group if term is not None]
            having |= set.intersection(*places)
    return having


def _above(entries: Entries, enough: float, shortest: int, factors: Factors) -> Entries:
    """Of a list what may count for more than is ``enough`` in memories of no less than the shortest
    length, by how often the term stands in them: without a step of Python's for each."""
    places, counts, spellings = entries
    few = bytes(one for one in set(counts) if factors.most(one, shortest) <= enough)
    if not few:
        return entries
    if len(counts) == 1:
        return Entries((), b"", ())
    none = bytes.maketrans(few, bytes(len(few)))
    if spellings:
        unusual = counts.translate(None, USUAL)
        spellings = list(compress(spellings, unusual.translate(none)))
    kept = list(compress(places, counts.translate(none)))
    return Entries(kept, counts.translate(None, few), spellings)


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


def _raise(
    scores: dict[int, float], entries: Entries, lengths: Sequence[int], factors: Factors
) -> None:
    """Adds to the scores that there are what the list counts for."""
    places, counts, spellings = entries
    if LOOKED_UP * len(scores) > len(places):
        added: dict[int, float] = {}
        _add(added, entries, lengths, factors)
        for at, part in added.items():
            if at in scores:
                scores[at] += part
        return
    for at in scores:
        number = bisect_left(places, at)
        if number == len(places) or places[number] != at:
            continue
        count, spelling = counts[0 if len(counts) == 1 else number], None
        if count & UNUSUAL:
            before = number if len(counts) == 1 else len(counts[:number].translate(None, USUAL))
            count, spelling = count ^ UNUSUAL, spellings[before]
        scores[at] += factors.part(count, lengths[at], spelling)


def _each(lengths: Sequence[int], places: Sequence[int]) -> Iterable[int]:
    return map(lengths.__getitem__, places)
