"""One page of a list, in an order that time has a say in, and where the next one begins.

Hits come from the index by relevance. Where time decides, they are read in blocks, and each block
is put in order by itself: so much of the list is looked at, and no more, however long it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from superthread.search.results.order import REORDERED, TIED, Key, Order, Times
from superthread.search.retrieval.ranking import Hit

# The next so many hits by relevance, behind a place; of those below a score some may be left out.
Source = Callable[[int, Hit | None, int], list[Hit]]


@dataclass(frozen=True)
class Spot:
    """Behind `start`; of the block that ends at `end` what sorts after `last`."""

    start: Hit | None = None
    end: Hit | None = None
    last: Key | None = None


@dataclass(frozen=True)
class _Block:
    """Hits by relevance behind `start`, and in the order they are shown."""

    start: Hit | None
    hits: list[Hit]
    shown: list[tuple[Key, Hit]]

    def after(self, last: tuple[Key, Hit]) -> Spot:
        """Behind the one shown last."""
        count = self.shown.index(last) + 1
        if {place for _, place in self.shown[:count]} == set(self.hits[:count]):
            return Spot(start=self.hits[count - 1])
        return Spot(start=self.start, end=self.hits[-1], last=last[0])


@dataclass
class FoundPage:
    """The places of a page, and the spot of the next one where there is more."""

    taken: list[tuple[_Block, tuple[Key, Hit]]] = field(default_factory=list)
    following: Spot | None = None

    @property
    def places(self) -> list[Hit]:
        return [place for _, (_, place) in self.taken]

    def after(self, memory_id: int) -> Spot:
        """The spot behind this memory, for a page that ends with it; the first for any other."""
        for block, (key, place) in self.taken:
            if place.memory_id == memory_id:
                return block.after((key, place))
        return Spot()


def merged(source: Source, others: Sequence[Hit]) -> Source:
    """The hits of the source with others that it does not have, which are in order."""

    def both(count: int, after: Hit | None, least: int) -> list[Hit]:
        rest = [hit for hit in others if after is None or _rank(hit) < _rank(after)]
        hits = [*source(count, after, least), *rest[:count]]
        return sorted(hits, key=_rank, reverse=True)[:count]

    return both


def page(
    source: Source, times: Callable[[list[int]], Times], order: Order, limit: int, spot: Spot
) -> FoundPage:
    """Up to `limit` places from `spot` on."""
    found = FoundPage()
    while hits := _hits(source, order, spot, limit - len(found.taken) + 1):
        block = _Block(spot.start, hits, order.sorted(hits, times))
        rest = [one for one in block.shown if spot.last is None or one[0] < spot.last]
        room = limit - len(found.taken)
        found.taken += [(block, one) for one in rest[:room]]
        if len(rest) > room:
            found.following = spot if room == 0 else block.after(rest[room - 1])
            break
        spot = Spot(start=hits[-1])
    return found


def _hits(source: Source, order: Order, spot: Spot, wanted: int) -> list[Hit]:
    """The hits of the block at the spot; `wanted` are shown at least, while there are any."""
    if spot.end is not None:
        hits = source(2 * REORDERED, spot.start, spot.end.score)
        return [hit for hit in hits if _rank(hit) >= _rank(spot.end)]
    if not order.is_relevance:
        return source(REORDERED, spot.start, 0)
    hits = source(wanted, spot.start, 0)
    tied = len(hits) == wanted and wanted > 1 and hits[-1].score == hits[-2].score
    if not (tied and order.heeds_ties):
        return hits
    # All that share the score, so that the last changed of them comes first.
    last = hits[-1].score
    hits = source(max(TIED, wanted), spot.start, last)
    return [hit for hit in hits if hit.score >= last]


def _rank(place: Hit) -> tuple[int, int]:
    return place.score, place.memory_id
