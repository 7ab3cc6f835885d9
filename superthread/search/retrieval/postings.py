"""What segments have of terms, as a process keeps it: what is in a segment never changes.

A search of words that were asked for before reads no list anew, and takes none apart: of each
memory stands what the count makes of it in its length, which is the same for all queries.
"""

from array import array
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import compress, repeat
from operator import getitem, mul, not_
from typing import NamedTuple

from memory_hub.core.recent import RecentBytes
from superthread.search.index.packing import MOST_TIMES, UNUSUAL
from superthread.search.index.pages import Members, unpacked
from superthread.search.index.segments import Segment, members_of
from superthread.search.retrieval.reading import Listed, lists_of
from superthread.search.retrieval.weights import ANY, AS_USUAL, ROWS, Factors, Most, most_in

# Segments up to which long lists are read at once; of more of them only those of terms that decide.
FEW_SEGMENTS = 64
# Of a count: how often the term stands there, however it is spelt.
_PLAIN = bytes(one & MOST_TIMES for one in range(256))
# Of all lists that a process keeps: bytes; of each beside its memories, and for a memory.
KEPT, EACH, OF_A_MEMORY = 16 * 2**20, 500, 14


class Weighed:
    """A list taken apart: memories, what the term counts for in each but for its factor
    (``weights.ROWS``), and how it is spelt in each, where one is not as usual."""

    __slots__ = ("_most", "ids", "parts", "spellings")

    def __init__(
        self, ids: array, parts: array, spellings: array | None, most: Most | None = None
    ) -> None:
        self.ids, self.parts, self.spellings, self._most = ids, parts, spellings, most

    @property
    def most(self) -> Most:
        """The most that its postings count for."""
        if self._most is None:
            self._most = self._told()
        return self._most

    def _told(self) -> Most:
        if self.spellings is None:
            return Most(max(self.parts, default=0.0), 0.0)
        is_usual = [*map(AS_USUAL.__eq__, self.spellings)]
        usual, other = compress(self.parts, is_usual), compress(self.parts, map(not_, is_usual))
        return Most(max(usual, default=0.0), max(other, default=0.0))

    def values(self, factors: Factors) -> Iterable[float]:
        """What the term counts for in each memory."""
        each = map(factors.__getitem__, self.spellings) if self.spellings else repeat(factors.usual)
        return map(mul, each, self.parts)

    def value(self, number: int, factors: Factors) -> float:
        """What it counts for in one memory."""
        factor = factors[self.spellings[number]] if self.spellings else factors.usual
        return factor * self.parts[number]

    def without(self, gone: Container[int]) -> "Weighed":
        """The list of those memories that are not gone."""
        present = [pk not in gone for pk in self.ids]
        if all(present):
            return self
        columns = (self.ids, self.parts, self.spellings)
        return Weighed(
            *(one and array(one.typecode, compress(one, present)) for one in columns), self._most
        )


class Postings(NamedTuple):
    """What a segment has of a term: in how many memories it stands, and the list, where it was
    read. Of one that has a page for itself, else None: the page's key, and the most that its
    postings count for."""

    many: int
    weighed: Weighed | None
    key: int | None = None
    told: Most | None = None

    @property
    def most(self) -> Most:
        """The most that its postings count for."""
        return self.told or (self.weighed.most if self.weighed else ANY)


class SegmentPostings(NamedTuple):
    """The postings of a term in the segment at a place among those that were read."""

    segment: int
    postings: Postings


NONE = Postings(0, None)

# By the segment's stamp, which no other one has ever had, and the term.
_kept = RecentBytes[tuple[int, int], Postings](KEPT, lambda one: EACH + OF_A_MEMORY * one.many)


def postings_of(
    segments: Sequence[Segment], terms: Sequence[int]
) -> dict[int, list[SegmentPostings]]:
    """By term what the segments have of it, those that have something. Raises Changed where one
    of the segments has gone."""
    keys = [(one.stamp, term) for one in segments for term in terms]
    kept = _kept.found(keys)
    if len(kept) < len(keys):
        kept |= _read(segments, terms, kept)
    parts: dict[int, list[SegmentPostings]] = {}
    for place, one in enumerate(segments):
        for term in terms:
            postings = kept[one.stamp, term]
            if postings.many:
                parts.setdefault(term, []).append(SegmentPostings(place, postings))
    return parts


def _read(
    segments: Sequence[Segment], terms: Sequence[int], kept: Mapping[tuple[int, int], Postings]
) -> dict[tuple[int, int], Postings]:
    """Those that are not kept."""
    new = {term for term in terms if any((one.stamp, term) not in kept for one in segments)}
    of = [one for one in segments if any((one.stamp, term) not in kept for term in new)]
    found = lists_of(of, sorted(new), whole=len(segments) <= FEW_SEGMENTS)
    having = [one for one in of if one.id in found]
    members = {one.id: each for one, each in zip(having, members_of(having), strict=True)}
    read = dict.fromkeys(((one.stamp, term) for one in of for term in new), NONE)
    for one in having:
        for term, listed in found[one.id].items():
            read[one.stamp, term] = taken_apart(listed, members[one.id])
    read = {key: value for key, value in read.items() if key not in kept}
    _kept.keep(read)
    return read


def taken_apart(listed: Listed, members: Members) -> Postings:
    """A list as it is kept, with the memories of its segment."""
    weighed = None if listed.data is None else _weighed(*unpacked(listed.data), members)
    if listed.many:
        return Postings(listed.many, weighed, listed.key, most_in(listed.best))
    return Postings(len(weighed.ids) if weighed else 0, weighed)


def read_long(
    segment: Segment, term: int, postings: Postings, data: bytes, members: Members
) -> Weighed:
    """The list of one that was not read with the others, from its page's bytes."""
    weighed = _weighed(*unpacked(data), members)
    _kept.keep({(segment.stamp, term): postings._replace(weighed=weighed)})
    return weighed


def _weighed(
    places: Sequence[int], counts: bytes, spellings: Iterable[int], members: Members
) -> Weighed:
    """Without a step of Python's for each place."""
    counts = counts * len(places) if len(counts) == 1 else counts
    rows = map(ROWS.__getitem__, counts.translate(_PLAIN))
    parts = array("d", map(getitem, rows, map(members.lengths.__getitem__, places)))
    ids = array("I", map(members.ids.__getitem__, places))
    if not max(counts) & UNUSUAL:
        return Weighed(ids, parts, None)
    following = iter(spellings)
    each = [next(following) if count & UNUSUAL else AS_USUAL for count in counts]
    return Weighed(ids, parts, array("H", each))
