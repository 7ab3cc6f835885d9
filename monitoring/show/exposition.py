"""The Prometheus text format, version 0.0.4, written directly.

https://prometheus.io/docs/instrumenting/exposition_formats/. The client library's renderer takes
some 10 µs a sample, which for 500 histograms is more than a scrape may cost; its parser judges the
output in the tests. Lines are bytes, because Python formats those three times as fast as text.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate
from operator import attrgetter

from memory_hub.core import installed
from memory_hub.core.features import Work
from memory_hub.core.metrics import Family
from memory_hub.core.request_stats import EMPTY, FOUND, SEARCH
from monitoring.aggregates import buckets
from monitoring.aggregates.series import FUNCTION, Series, SeriesTally

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# Seconds. OpenTelemetry's advice for http.server.request.duration, and three finer ones below it
# for answers from the cache. All are bounds of our own buckets: the counts are exact.
LE_SECONDS = (
    0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75,
    1.0, 2.5, 5.0, 7.5, 10.0,
)  # fmt: skip
# For each of them, the last of our buckets that it covers; the last one is "+Inf".
_LAST = [bisect_left(buckets.BOUNDS, round(le * buckets.NANOSECONDS)) for le in LE_SECONDS]
_LAST.append(buckets.OVERFLOW)
_LE_TEXTS = tuple(f"{bound:g}" for bound in LE_SECONDS)


# Labels as they are written, sums, and how many values are at most each of LE_SECONDS.
Labelled = list[tuple[str, SeriesTally, list[int]]]
Value = Callable[[SeriesTally], float]


def render_families(families: Iterable[Family]) -> Iterator[bytes]:
    """Yield the lines of some counters and gauges."""
    for family in families:
        yield _head(family.name, family.kind, family.help)
        for labels, value in family.samples:
            yield f"{family.name}{_labels(labels)} {_number(value)}".encode()


def render_durations(totals: Iterable[tuple[Series, SeriesTally, list[int]]]) -> Iterator[bytes]:
    """Yield the lines that come from the table of totals (series, sums, histogram as it is
    stored): requests first, then work inside."""
    requests: Labelled = []
    kinds = _kinds()
    work: dict[str, Labelled] = {kind: [] for kind in kinds}
    for series, tally, flat in totals:
        if series.is_request:
            requests.append((_route_labels(series), tally, _cumulative(flat)))
        elif series.method in kinds:
            # Or else an app that is gone has counted it.
            labels = _work_labels(kinds[series.method], series)
            work[series.method].append((labels, tally, _cumulative(flat)))
    yield from _histogram(
        "http_server_request_duration_seconds",
        "Time from a request's arrival to the last byte of its answer.",
        requests,
    )
    for name, text, value in _REQUEST_COUNTERS:
        yield from _counter(name, text, requests, value)
    for kind in kinds.values():
        if kind.histogram is not None:
            yield from _histogram(*kind.histogram, work[kind.kind])
    yield from _counter(*_ERRORS_OF_FUNCTIONS, work[FUNCTION], attrgetter("errors"))
    for kind in kinds.values():
        if kind.counter is not None:
            yield from _counter(*kind.counter, work[kind.kind], attrgetter("count"))


_REQUEST_COUNTERS: tuple[tuple[str, str, Value], ...] = (
    ("memory_hub_slow_requests_total", "Requests over the slow threshold.", attrgetter("slow")),
    (
        "memory_hub_response_cache_hits_total",
        "Requests answered from the response cache.",
        attrgetter("cache_hits"),
    ),
    (
        "memory_hub_worker_wait_seconds_total",
        "Time that requests waited for a worker thread.",
        lambda tally: tally.wait_ns / buckets.NANOSECONDS,
    ),
    (
        "memory_hub_database_seconds_total",
        "Time that requests spent in database queries.",
        lambda tally: tally.db_ns / buckets.NANOSECONDS,
    ),
)

_COMMON_WORK = (
    Work(
        FUNCTION,
        "function",
        histogram=(
            "memory_hub_function_duration_seconds",
            "Time that a timed function or block took.",
        ),
    ),
    Work(
        SEARCH,
        "place",
        histogram=("memory_hub_search_duration_seconds", "Time that a search took."),
        outcomes={FOUND: "found", EMPTY: "empty"},
    ),
)
_ERRORS_OF_FUNCTIONS = (
    "memory_hub_function_errors_total",
    "Timed functions that raised an exception.",
)


def _kinds() -> dict[str, Work]:
    """All work that is shown, by its kind."""
    own = (work for app in installed.features() for work in app.work)
    return {work.kind: work for work in (*_COMMON_WORK, *own)}


def _counter(name: str, text: str, rows: Labelled, value: Value) -> Iterator[bytes]:
    yield _head(name, "counter", text)
    for labels, tally, _ in rows:
        yield f"{name}{{{labels}}} {value(tally)!r}".encode()


def _histogram(name: str, text: str, rows: Labelled) -> Iterator[bytes]:
    yield _head(name, "histogram", text)
    for labels, tally, reached in rows:
        seconds = tally.sum_ns / buckets.NANOSECONDS
        yield _template(name, labels) % (*reached, seconds, tally.count)


def _cumulative(flat: list[int]) -> list[int]:
    """Return how many values are at most each of ``LE_SECONDS``, and how many there are."""
    indexes, reached = flat[::2], list(accumulate(flat[1::2]))
    # Most bounds are below or above everything that one route takes.
    first, end = bisect_left(_LAST, indexes[0]), bisect_left(_LAST, indexes[-1])
    inside = [reached[bisect_right(indexes, last) - 1] for last in _LAST[first:end]]
    return [0] * first + inside + [reached[-1]] * (len(_LAST) - end)


@lru_cache(maxsize=2048)
def _template(name: str, labels: str) -> bytes:
    """Return the lines of one histogram but for its numbers: one formatting call a series."""
    safe = labels.replace("%", "%%")
    lines = [f'{name}_bucket{{{safe},le="{bound}"}} %d' for bound in (*_LE_TEXTS, "+Inf")]
    lines += [f"{name}_sum{{{safe}}} %r", f"{name}_count{{{safe}}} %d"]
    return "\n".join(lines).encode()


@lru_cache(maxsize=2048)
def _route_labels(series: Series) -> str:
    return (
        f'http_route="{_escaped(series.route)}",http_request_method="{_escaped(series.method)}",'
        f'http_response_status_code="{series.status}"'
    )


def _work_labels(work: Work, series: Series) -> str:
    label = f'{work.label}="{_escaped(series.route)}"'
    if work.outcomes is None:
        return label
    return f'{label},outcome="{work.outcomes.get(series.status, series.status)}"'


def _head(name: str, kind: str, text: str) -> bytes:
    return f"# HELP {name} {text}\n# TYPE {name} {kind}".encode()


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    inner = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inner}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
