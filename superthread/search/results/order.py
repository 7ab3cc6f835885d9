"""In which order hits are shown: by relevance, and what time has to say about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from superthread.search.retrieval.ranking import Hit

RELEVANCE, CREATED, UPDATED = SORTS = ("relevance", "created", "updated")
NONE, TIE = RECENCIES = ("none", "tie")

# The best hits by relevance that time may put in another order, at a time.
TIED, REORDERED = 250, 1_000
_DAY = 86_400 * 10**6  # microseconds

# When memories were made and changed, in microseconds, by id.
Times = Mapping[int, tuple[int, int]]
# What hits are sorted by, the greater first.
Key = tuple[int, int, int]


@dataclass(frozen=True)
class Order:
    """How one search is sorted. `now` (microseconds) is what ages are measured from."""

    sort: str = RELEVANCE
    recency: str = TIE
    half_life_days: float | None = None
    now: int = 0

    @property
    def is_relevance(self) -> bool:
        """Whether time decides between equal scores at most."""
        return self.sort == RELEVANCE and self.half_life_days is None

    @property
    def heeds_ties(self) -> bool:
        return self.is_relevance and self.recency == TIE

    def sorted(
        self, places: Sequence[Hit], times: Callable[[list[int]], Times]
    ) -> list[tuple[Key, Hit]]:
        """The places in this order; `times` is asked for no more of them than it takes."""
        ids = [place.memory_id for place in places]
        if self.is_relevance:
            ids = _tied(places) if self.heeds_ties else []
        known = times(ids) if ids else {}
        return sorted(((self.key(place, known), place) for place in places), reverse=True)

    def key(self, place: Hit, times: Times) -> Key:
        created, updated = times.get(place.memory_id, (0, 0))
        if self.sort == CREATED:
            return created, place.score, place.memory_id
        if self.sort == UPDATED:
            return updated, place.score, place.memory_id
        if self.half_life_days is not None:
            return self.decayed(place.score, updated), updated, place.memory_id
        return place.score, updated if self.heeds_ties else 0, place.memory_id

    def decayed(self, score: int, updated: int) -> int:
        """The score, halved for every half-life since the last change."""
        ages = max(0, self.now - updated) / (_DAY * (self.half_life_days or 1))
        return round(score * 0.5**ages)


def _tied(places: Sequence[Hit]) -> list[int]:
    """The memories that share their score with a neighbour."""
    scores = [None, *(place.score for place in places), None]
    return [
        place.memory_id
        for number, place in enumerate(places, 1)
        if place.score in (scores[number - 1], scores[number + 1])
    ]
