"""What segments have of terms, as a process keeps it: what is in a segment never changes.

A search of words that were asked for before reads no list anew. A list is kept as bytes until it is
first looked at, and taken apart from then on: of each memory stands what the count makes of it in
its length, which is the same for all queries.
"""

from array import array
from collections.abc import Container, Iterable, Sequence
from itertools import chain, compress, repeat
from operator import getitem, mul, not_
from typing import NamedTuple

from memory_hub.core.recent import RecentBytes
from superthread.search.index.packing import MOST_TIMES, UNUSUAL
from superthread.search.index.pages import TERM_BITS, Members, entries_of, unpacked
from superthread.search.index.segments import Segment
from superthread.search.retrieval.reading import Listed, lists_of
from superthread.search.retrieval.weights import ANY, AS_USUAL, ROWS, Factors, Most, most_in

# Segments up to which long lists are read at once; of more of them only those of terms that decide.
FEW_SEGMENTS = 64
# Of a count: how often the term stands there, however it is spelt.
_PLAIN = bytes(one & MOST_TIMES for one in range(256))
# Of all lists that a process keeps: bytes; of each beside its memories, for a memory once it is
# opened, and for it that there is none.
KEPT, EACH, OF_A_MEMORY, OF_NONE = 16 * 2**20, 500, 15, 100


class Taken(NamedTuple):
    """A list taken apart: memories, what the term counts for in each but for its factor
    (``weights.ROWS``), and how it is spelt in each, where one is not as usual."""

    ids: array
    parts: array
    spellings: array | None


class Postings:
    """What a segment has of a term: in how many memories it stands, and the list, where it was
    read, which is `opened` before it is looked at; its segment's memories it does not hold. Of one
    that has a page for itself, else None: the page's key, and the most that its postings count for.

    One object with what is in it, for the collector goes through all of those that are kept.
    """

    __slots__ = ("_data", "_most", "_parts", "_spellings", "ids", "key", "many")

    def __init__(
        self,
        many: int,
        data: bytes | None = None,
        key: int | None = None,
        told: Most | None = None,
    ) -> None:
        self.many, self.key = many, key
        self._data, self._most = data, told
        # Of one that was opened: its memories, of which it has one at least.
        self.ids, self._parts, self._spellings = _NO_IDS, _NO_PARTS, None

    @property
    def is_read(self) -> bool:
        """Whether the list was read."""
        return self._data is not None or bool(self.ids)

    def opened(self, members: Members) -> "Postings":
        """Itself with its list, which was read, taken apart; `members` are those of the segment."""
        data = self._data
        if data is not None:
            # In this order: other threads look whether there are bytes, or memories.
            _, self._parts, self._spellings = taken = _taken_apart(data, members)
            self.ids = taken.ids
            self._data = None
        return self

    @property
    def taken(self) -> Taken:
        """The list of one that was opened."""
        return Taken(self.ids, self._parts, self._spellings)

    @property
    def most(self) -> Most:
        """The most that its postings count for, as far as it is known: a list is not taken apart
        for that."""
        if self._most is None and self.ids:
            self._most = _most_of(self.taken)
        return self._most or ANY

    def values(self, factors: Factors) -> Iterable[float]:
        """What the term counts for in each memory."""
        spellings = self._spellings
        each = map(factors.__getitem__, spellings) if spellings else repeat(factors.usual)
        return map(mul, each, self._parts)

    def without(self, gone: Container[int]) -> "Postings":
        """The list of those memories that are not gone."""
        present = [pk not in gone for pk in self.ids]
        if all(present):
            return self
        rest = Postings(sum(present), told=self.most)
        rest.ids, rest._parts, rest._spellings = (
            one and array(one.typecode, compress(one, present)) for one in self.taken
        )
        return rest


_NO_IDS, _NO_PARTS = array("I"), array("d")


class SegmentPostings(NamedTuple):
    """The postings of a term in the segment at a place among those that were read."""

    segment: int
    postings: Postings


NONE = Postings(0)


def _size(one: Postings) -> int:
    if one is NONE:
        return OF_NONE
    return EACH + OF_A_MEMORY * one.many if one.is_read else EACH


# By the segment's stamp, which no other one has ever had, and behind it the term.
_kept = RecentBytes[int, Postings](KEPT, _size)


def postings_of(
    segments: Sequence[Segment], terms: Sequence[int]
) -> dict[int, list[SegmentPostings]]:
    """By term what the segments have of it, those that have something. Raises Changed where one
    of the segments has gone."""
    bases = [one.stamp << TERM_BITS for one in segments]
    keys = [[base | term for term in terms] for base in bases]
    known = _kept.found(chain.from_iterable(keys))
    if len(known) < len(segments) * len(terms):
        known |= _read(segments, terms, keys, known)
    parts: dict[int, list[SegmentPostings]] = {}
    for place, row in enumerate(keys):
        for term, key in zip(terms, row, strict=True):
            postings = known[key]
            if postings.many:
                parts.setdefault(term, []).append(SegmentPostings(place, postings))
    return parts


def _read(
    segments: Sequence[Segment],
    terms: Sequence[int],
    keys: Sequence[Sequence[int]],
    known: Container[int],
) -> dict[int, Postings]:
    """Those that are not kept; `keys` are those of the terms, by segment."""
    read = {key: NONE for row in keys for key in row if key not in known}
    of = [one for one, row in zip(segments, keys, strict=True) if any(map(read.__contains__, row))]
    columns = zip(terms, zip(*keys, strict=True), strict=True)
    new = [term for term, column in columns if any(map(read.__contains__, column))]
    found = lists_of(of, new, whole=len(segments) <= FEW_SEGMENTS)
    for one in of:
        base = one.stamp << TERM_BITS
        for term, listed in found.get(one.id, {}).items():
            if base | term in read:
                read[base | term] = postings_in(listed)
    _kept.keep(read)
    return read


def postings_in(listed: Listed) -> Postings:
    """What there is of a term by its list."""
    key, many, best, data = listed
    if many:
        return Postings(many, data, key, most_in(best))
    return Postings(0 if data is None else entries_of(data), data)


def read_long(segment: Segment, term: int, postings: Postings, data: bytes) -> Postings:
    """One whose list was not read with the others, with the bytes of its page."""
    whole = Postings(postings.many, data, postings.key, postings.most)
    _kept.keep({segment.stamp << TERM_BITS | term: whole})
    return whole


def _taken_apart(data: bytes, members: Members) -> Taken:
    places, counts, spellings = unpacked(data)
    ids = array("I", map(members.ids.__getitem__, places))
    lengths = map(members.lengths.__getitem__, places)
    if len(counts) == 1 and not counts[0] & UNUSUAL:
        return Taken(ids, array("d", map(ROWS[counts[0]].__getitem__, lengths)), None)
    counts = counts * len(places) if len(counts) == 1 else counts
    rows = map(ROWS.__getitem__, counts.translate(_PLAIN))
    parts = array("d", map(getitem, rows, lengths))
    if not max(counts) & UNUSUAL:
        return Taken(ids, parts, None)
    following = iter(spellings)
    each = [next(following) if count & UNUSUAL else AS_USUAL for count in counts]
    return Taken(ids, parts, array("H", each))


def _most_of(taken: Taken) -> Most:
    _, parts, spellings = taken
    if spellings is None:
        return Most(max(parts, default=0.0), 0.0)
    is_usual = [*map(AS_USUAL.__eq__, spellings)]
    usual, other = compress(parts, is_usual), compress(parts, map(not_, is_usual))
    return Most(max(usual, default=0.0), max(other, default=0.0))
