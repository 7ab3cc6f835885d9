"""The recorder of one process: what happened since the last flush, for about a microsecond each."""

import threading

from monitoring.aggregates.buckets import index_of
from monitoring.aggregates.series import FIRST_ERROR, METHODS, OTHER, Series, SeriesTally

# Bounds memory, the table and a scrape; later ones are counted together.
MAX_SERIES = 500


class Recorder:
    """Collects tallies by series between two flushes; any thread may record.

    At most ``max_series`` different series are told apart in the life of a recorder. Requests of
    further ones are counted under the route ``_other``, with their status, so that totals and
    errors stay exact.
    """

    def __init__(self, max_series: int = MAX_SERIES) -> None:
        self._max_series = max_series
        self.restart()

    def restart(self) -> None:
        """Begin with nothing and a lock of one's own: in the child of a fork."""
        self._lock = threading.Lock()
        self._known: set[Series] = set()
        self._tallies: dict[Series, SeriesTally] = {}

    def record(
        self,
        route: str,
        method: str,
        status: int,
        duration_ns: int,
        *,
        error: bool = False,
        slow: bool = False,
        cache_hit: bool = False,
        wait_ns: int = 0,
        db_ns: int = 0,
    ) -> None:
        """Count one request, or one call of timed code (``error`` says that it raised)."""
        # A plain tuple is equal to the Series with the same parts, finds its tally, and costs less.
        series = (route, method, status)
        bucket = index_of(duration_ns)
        with self._lock:
            tally = self._tallies.get(series)
            if tally is None:
                tally = self._open(Series(*series))
            if not tally.count or duration_ns < tally.min_ns:
                tally.min_ns = duration_ns
            if duration_ns > tally.max_ns:
                tally.max_ns = duration_ns
            tally.count += 1
            tally.sum_ns += duration_ns
            tally.buckets[bucket] = tally.buckets.get(bucket, 0) + 1
            tally.errors += error or status >= FIRST_ERROR
            tally.slow += slow
            tally.cache_hits += cache_hit
            tally.wait_ns += wait_ns
            tally.db_ns += db_ns

    def take(self) -> dict[Series, SeriesTally]:
        """Return what was recorded since the last call and begin anew."""
        with self._lock:
            taken, self._tallies = self._tallies, {}
        return taken

    def _open(self, series: Series) -> SeriesTally:
        """Return a tally for a series that has none since the last flush. The lock is held."""
        if series not in self._known:
            if len(self._known) < self._max_series:
                self._known.add(series)
            else:
                series = series.beyond_bound()
        return self._tallies.setdefault(series, SeriesTally())


def known_method(method: str) -> str:
    """Return the method, or ``_OTHER`` for one that a client made up."""
    return method if method in METHODS else OTHER
