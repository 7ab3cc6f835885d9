"""Percentiles of a bucketed histogram, within the relative error of its buckets."""

from collections.abc import Mapping, Sequence

from monitoring import buckets


def percentiles(
    counts: Mapping[int, int], ranks: Sequence[float], *, least: int, most: int
) -> list[float]:
    """Return percentiles in nanoseconds, as numpy's default (linear) method defines them.

    ``ranks`` are percents, rising; ``least`` and ``most`` are the exact extremes, which an answer
    never exceeds. Both neighbours that the linear method mixes are at most
    ``buckets.MAX_RELATIVE_ERROR`` off, and so is every mixture of them. Of nothing at all every
    percentile is 0.
    """
    total = sum(counts.values())
    if not total:
        return [0.0 for _ in ranks]
    ordered = sorted(counts.items())
    return [_at(ordered, (total - 1) * rank / 100, total, least, most) for rank in ranks]


def _at(
    ordered: list[tuple[int, int]], position: float, total: int, least: int, most: int
) -> float:
    whole = int(position)
    low = _value(ordered, whole, total, least, most)
    fraction = position - whole
    if not fraction:
        return low
    return low + (_value(ordered, whole + 1, total, least, most) - low) * fraction


def _value(ordered: list[tuple[int, int]], rank: int, total: int, least: int, most: int) -> float:
    """Return the value with that many values before it; the first and the last are exact."""
    if rank <= 0:
        return float(least)
    if rank >= total - 1:
        return float(most)
    seen = 0
    for index, count in ordered:
        seen += count
        if seen > rank:
            return min(max(buckets.middle_of(index), least), most)
    return float(most)
