"""Log-linear histogram buckets: bounded memory, bounded relative error, mergeable by adding.

Bounds are the numbers with two significant digits, 1.0, 1.1, … 9.9 times a power of ten, in
nanoseconds from 1 µs to 1000 s. A bucket holds ``(lower, upper]``. Its widest relative width is
10 % (from 1.0 to 1.1), so that its middle is at most 5 % from any value in it. Decimal bounds are
chosen over binary ones because usual thresholds (5 ms, 250 ms, 1 s) are then bounds themselves and
counts "at most 250 ms" for Prometheus are exact.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import chain

NANOSECONDS = 1_000_000_000
# 10**3 ns = 1 µs … 10**11 ns = 100 s (up to 990 s).
_FIRST_DECADE, _LAST_DECADE = 3, 11

BOUNDS: tuple[int, ...] = tuple(
    digits * 10 ** (decade - 1)
    for decade in range(_FIRST_DECADE, _LAST_DECADE + 1)
    for digits in range(10, 100)
)
OVERFLOW = len(BOUNDS)  # everything above the last bound


def index_of(duration_ns: int) -> int:
    """Return the bucket of a duration in nanoseconds: 0 … ``OVERFLOW``."""
    return bisect_left(BOUNDS, duration_ns)


def middle_of(index: int) -> float:
    """Return the value in nanoseconds that stands for a bucket.

    The first bucket (at most 1 µs) and the last (over 990 s) have one bound only, which is then
    the answer; the bound on the relative error does not hold there.
    """
    if index == 0:
        return BOUNDS[0]
    if index >= OVERFLOW:
        return BOUNDS[-1]
    return (BOUNDS[index - 1] + BOUNDS[index]) / 2


def add(into: dict[int, int], counts: Mapping[int, int]) -> None:
    """Add the counts of one histogram to another."""
    if not into:
        into.update(counts)
        return
    for index, count in counts.items():
        into[index] = into.get(index, 0) + count


def flat_of(counts: Mapping[int, int]) -> list[int]:
    """Return the counts as they are stored: index, count, index, count, … by rising index."""
    return list(chain.from_iterable(sorted(counts.items())))


def counts_of(flat: Sequence[int]) -> dict[int, int]:
    """Return the counts of a histogram as it is stored."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def merged(flats: Sequence[list[int]]) -> list[int]:
    """Return the sum of some histograms as they are stored, none of them empty."""
    if len(flats) == 1:
        return flats[0]
    lowest = min(flat[0] for flat in flats)
    counts = [0] * (max(flat[-2] for flat in flats) - lowest + 1)
    for flat in flats:
        for index, count in zip(flat[::2], flat[1::2], strict=True):
            counts[index - lowest] += count
    return [number for pair in enumerate(counts, lowest) if pair[1] for number in pair]
