"""Filters that only a look at a memory answers, on the hits of a search, best first."""

from collections.abc import Sequence

from superthread.reads.filters import SCANNED
from superthread.search.results.paging import Source, Spot
from superthread.search.retrieval.ranking import Hit
from superthread.search.retrieval.reach import Searchable

FIRST_CHUNK, LARGEST_CHUNK = 100, 800


class Sifter:
    """Takes of the hits of `source` those that meet the filters of `reach`.

    It looks at SCANNED memories. Where it stopped for that, `rest` is where the list goes on.
    """

    def __init__(self, source: Source, reach: Searchable) -> None:
        self._source, self._reach = source, reach
        self._left = SCANNED
        self._met: dict[int, bool] = {}
        self.rest: Spot | None = None

    def places(self, count: int, after: Hit | None, least: int = 0) -> list[Hit]:
        """The next `count` places that meet the filters, as far as may be looked; those below the
        `least` score too."""
        self.rest = None
        found: list[Hit] = []
        size = max(count, FIRST_CHUNK)
        while chunk := self._source(size, after, 0):
            self._look_at([place.memory_id for place in chunk])
            for place in chunk:
                if place.memory_id not in self._met:
                    self.rest = Spot(start=after)
                    return found
                after = place
                if self._met[place.memory_id]:
                    found.append(place)
                    if len(found) == count:
                        return found
            if len(chunk) < size:
                break
            size = min(size * 4, max(count, LARGEST_CHUNK))
        return found

    def _look_at(self, ids: Sequence[int]) -> None:
        unknown = [one for one in ids if one not in self._met][: self._left]
        if unknown:
            self._left -= len(unknown)
            meeting = self._reach.meeting(unknown)
            self._met |= {one: one in meeting for one in unknown}
