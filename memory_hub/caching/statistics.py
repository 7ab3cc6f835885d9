"""Counters of caches: plain numbers in a process, or a row that every process can read."""

from array import array
from collections.abc import Iterable, MutableSequence
from dataclasses import dataclass, fields
from enum import IntEnum


class Counter(IntEnum):
    """The column of each number in a row of counters."""

    HITS = 0
    MISSES = 1
    EVICTIONS = 2
    EXPIRED = 3
    INVALIDATIONS = 4
    ENTRIES = 5


class Counters:
    """One cache's numbers; the caller's lock, or the GIL's grace of a lost count, guards them."""

    def __init__(self) -> None:
        self.cells: MutableSequence[int] = array("Q", [0] * len(Counter))

    def add(self, counter: Counter, amount: int = 1) -> None:
        self.cells[counter] += amount

    def set(self, counter: Counter, value: int) -> None:
        self.cells[counter] = value

    def move_to(self, cells: MutableSequence[int]) -> None:
        """Go on counting in `cells` (a row shared with other processes)."""
        for column, value in enumerate(self.cells):
            cells[column] = value
        self.cells = cells

    def begin_in(self, cells: MutableSequence[int], *, entries: int) -> None:
        """Count anew in `cells`, which are all 0; what was counted so far stays where it is."""
        cells[Counter.ENTRIES] = entries
        self.cells = cells


@dataclass(frozen=True, slots=True)
class CacheStatistics:
    """What happened in one cache, in one process or summed over all of them."""

    name: str
    backend: str
    entries: int
    max_entries: int
    hits: int
    misses: int
    evictions: int
    expired: int
    invalidations: int

    @classmethod
    def of(cls, name: str, backend: str, max_entries: int, counters: Counters) -> "CacheStatistics":
        cells = counters.cells
        return cls(
            name=name,
            backend=backend,
            entries=cells[Counter.ENTRIES],
            max_entries=max_entries,
            hits=cells[Counter.HITS],
            misses=cells[Counter.MISSES],
            evictions=cells[Counter.EVICTIONS],
            expired=cells[Counter.EXPIRED],
            invalidations=cells[Counter.INVALIDATIONS],
        )

    @property
    def hit_rate(self) -> float:
        """Hits per look-up, 0 to 1; 0 before the first look-up."""
        looked_up = self.hits + self.misses
        return self.hits / looked_up if looked_up else 0.0


def total(rows: Iterable[CacheStatistics]) -> dict[str, CacheStatistics]:
    """The rows summed by name of the cache."""
    sums: dict[str, CacheStatistics] = {}
    for row in rows:
        so_far = sums.get(row.name)
        sums[row.name] = row if so_far is None else _plus(so_far, row)
    return sums


def _plus(a: CacheStatistics, b: CacheStatistics) -> CacheStatistics:
    numbers = (one.name for one in fields(CacheStatistics)[2:])
    sums = (getattr(a, name) + getattr(b, name) for name in numbers)
    return CacheStatistics(a.name, a.backend, *sums)
