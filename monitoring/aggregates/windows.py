"""Slices of time: minutes kept a week, longer ones three months, and the windows made of them.

All times here are whole seconds since the epoch, UTC.
"""

from typing import NamedTuple

MINUTE, HOUR, QUARTER, DAY = 60, 3600, 21_600, 86_400  # a quarter of a day
SPANS = (MINUTE, HOUR, QUARTER)
KEEP = {MINUTE: 7 * DAY, HOUR: 90 * DAY, QUARTER: 90 * DAY}
WINDOWS: dict[str, int | None] = {
    "5m": 5 * MINUTE,
    "1h": HOUR,
    "24h": DAY,
    "7d": 7 * DAY,
    "all": None,
}


class Range(NamedTuple):
    """Slices of one span that begin in ``[start, stop)``."""

    span: int
    start: int
    stop: int


def floor(moment: float, span: int) -> int:
    """Return the beginning of the slice that holds a moment."""
    return int(moment) // span * span


def starts(moment: float) -> list[tuple[int, int]]:
    """Return ``(span, start)`` of every slice that a moment belongs to."""
    return [(span, floor(moment, span)) for span in SPANS]


def covering(length: int, now: float) -> list[Range]:
    """Return the slices that make up the last ``length`` seconds, the current minute included.

    Each part of a window is read from the longest slices that fit: a week on 50 routes is some
    3 000 rows rather than 500 000.
    """
    stop = floor(now, MINUTE) + MINUTE
    start = stop - length
    ranges = []
    for span in reversed(SPANS):
        first = -(-start // span) * span
        if length > span and first < stop:
            ranges.append(Range(span, first, stop))
            stop = first
    return [each for each in ranges if each.start < each.stop]


def expired(span: int, now: float) -> int:
    """Return the moment before which slices of a span are no longer kept."""
    return floor(now, span) - KEEP[span]
