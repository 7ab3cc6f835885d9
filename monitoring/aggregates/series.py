"""What is known of the requests of one series: numbers that can be merged by adding."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

from monitoring.aggregates import buckets

# The "method" of timed code, which is not a request.
FUNCTION = "FUNCTION"
# OpenTelemetry's name for a method that is not a known one.
OTHER = "_OTHER"
OTHER_ROUTE = "_other"  # requests beyond the bound on series
UNMATCHED = "_unmatched"  # requests to no route at all
METHODS = frozenset(
    ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY")
)
# Whatever else a series has in their place is a kind of work inside the hub (`features.Work`).
OF_REQUESTS = METHODS | {OTHER}
# A status from here on is an error to whoever asked.
FIRST_ERROR = 400


class Series(NamedTuple):
    """What requests are told apart by; of work inside the hub its name, kind and outcome, which
    of timed code is 0."""

    route: str
    method: str
    status: int

    @property
    def is_request(self) -> bool:
        return self.method in OF_REQUESTS

    def beyond_bound(self) -> "Series":
        """Return the series that this one is counted under when there are too many."""
        return Series(OTHER_ROUTE, OTHER if self.is_request else self.method, self.status)


class SeriesTally:
    """Counts, sums and extremes of one series; durations in nanoseconds."""

    __slots__ = (
        "buckets",
        "cache_hits",
        "count",
        "db_ns",
        "errors",
        "max_ns",
        "min_ns",
        "slow",
        "sum_ns",
        "wait_ns",
    )

    def __init__(self) -> None:
        self.count = self.errors = self.slow = self.cache_hits = 0
        self.sum_ns = self.wait_ns = self.db_ns = 0
        self.min_ns = self.max_ns = 0
        self.buckets: dict[int, int] = {}

    def add(self, other: Self) -> None:
        """Merge another tally into this one."""
        if not other.count:
            return
        self.min_ns = min(self.min_ns, other.min_ns) if self.count else other.min_ns
        self.max_ns = max(self.max_ns, other.max_ns)
        self.count += other.count
        self.errors += other.errors
        self.slow += other.slow
        self.cache_hits += other.cache_hits
        self.sum_ns += other.sum_ns
        self.wait_ns += other.wait_ns
        self.db_ns += other.db_ns
        buckets.add(self.buckets, other.buckets)


def merged(tallies: Iterable[SeriesTally]) -> SeriesTally:
    """Return the sum of some tallies."""
    total = SeriesTally()
    for tally in tallies:
        total.add(tally)
    return total


def merge_into(into: dict[Series, SeriesTally], delta: Mapping[Series, SeriesTally]) -> None:
    """Add every series of ``delta`` to the same series of ``into``."""
    for series, tally in delta.items():
        into.setdefault(series, SeriesTally()).add(tally)
