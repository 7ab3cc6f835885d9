"""Slow requests in the log: a line for each series, however many there were since the last flush.

Overload makes every request slow. A line for each, written on the event loop, would make the hub
slower still.
"""

from collections.abc import Iterable, Mapping
from contextvars import Context
from typing import Any

import structlog

from monitoring.aggregates.series import Series, SeriesTally
from monitoring.models import SlowRequest

log = structlog.get_logger("monitoring.requests")


def tell(delta: Mapping[Series, SeriesTally], kept: Iterable[Any]) -> None:
    """Log how many requests were slow, the longest time, and which of those kept it was."""
    # Whoever flushes: these lines are not about the request that wants to see statistics.
    Context().run(_tell, delta, [row for row in kept if isinstance(row, SlowRequest)])


def _tell(delta: Mapping[Series, SeriesTally], kept: list[SlowRequest]) -> None:
    kept.sort(key=lambda row: row.duration_ms)
    longest = {Series(row.route, row.method, row.status): row.request_id for row in kept}
    for series, tally in delta.items():
        if tally.slow and series.is_request:
            log.warning(
                "slow requests",
                **series._asdict(),
                count=tally.slow,
                longest_ms=round(tally.max_ns / 1e6, 3),
                request_id=longest.get(series, ""),
            )
