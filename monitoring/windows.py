"""Slices of time: minutes kept a week and hours kept a quarter, and the windows made of them.

All times here are whole seconds since the epoch, UTC.
"""

from typing import NamedTuple

MINUTE, HOUR, DAY = 60, 3600, 86_400
SPANS = (MINUTE, HOUR)
KEEP = {MINUTE: 7 * DAY, HOUR: 90 * DAY}
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

    A long window is read from whole hours where it holds them and from minutes at its beginning,
    so that a day on 50 routes is some 4 000 rows rather than 72 000.
    """
    stop = floor(now, MINUTE) + MINUTE
    start = stop - length
    first_hour = -(-start // HOUR) * HOUR
    if length <= HOUR or first_hour >= stop:
        return [Range(MINUTE, start, stop)]
    ranges = [Range(HOUR, first_hour, stop)]
    if start < first_hour:
        ranges.append(Range(MINUTE, start, first_hour))
    return ranges


def expired(span: int, now: float) -> int:
    """Return the moment before which slices of a span are no longer kept."""
    return floor(now, span) - KEEP[span]
