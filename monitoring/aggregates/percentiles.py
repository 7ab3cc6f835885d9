"""Percentiles of a bucketed histogram, within the relative error of its buckets."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate

from monitoring.aggregates import buckets


def percentiles(
    counts: Mapping[int, int], ranks: Sequence[float], *, least: int, most: int
) -> list[float]:
    """Return percentiles in nanoseconds, as numpy's default (linear) method defines them.

    ``ranks`` are percents, rising; ``least`` and ``most`` are the exact extremes, which an answer
    never exceeds. Both neighbours that the linear method mixes are at most 5 % off, as ``buckets``
    tells, and so is every mixture of them. Of nothing at all every percentile is 0.
    """
    total = sum(counts.values())
    if not total:
        return [0.0 for _ in ranks]
    indexes = sorted(counts)
    reached = list(accumulate(map(counts.__getitem__, indexes)))

    def value(rank: int) -> float:
        """The value with that many values before it; the first and the last are exact."""
        if rank <= 0:
            return float(least)
        if rank >= total - 1:
            return float(most)
        middle = buckets.middle_of(indexes[bisect_right(reached, rank)])
        return min(max(middle, least), most)

    def at(position: float) -> float:
        whole = int(position)
        low, fraction = value(whole), position - whole
        return low + (value(whole + 1) - low) * fraction if fraction else low

    return [at((total - 1) * rank / 100) for rank in ranks]
