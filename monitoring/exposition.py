"""The Prometheus text format, version 0.0.4, written directly.

https://prometheus.io/docs/instrumenting/exposition_formats/. The client library's renderer takes
some 10 µs a sample, which for 500 histograms is more than a scrape may cost; its parser judges the
output in the tests.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from memory_hub.observation import FOUND, GOOGLE_CALL, GOOGLE_RETRY, NO_ANSWER, SEARCH
from monitoring import buckets
from monitoring.tally import FUNCTION, NO_REQUESTS, Series, Tally

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# Seconds. OpenTelemetry's advice for http.server.request.duration, and three finer ones below it
# for answers from the cache. All are bounds of our own buckets: the counts are exact.
LE_SECONDS = (
    0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75,
    1.0, 2.5, 5.0, 7.5, 10.0,
)  # fmt: skip
# For each of our buckets, the place in LE_SECONDS that it is counted at.
_PLACES = [bisect_left(LE_SECONDS, bound / buckets.NANOSECONDS) for bound in buckets.BOUNDS]
_PLACES.append(len(LE_SECONDS))
_LE_TEXTS = tuple(f"{bound:g}" for bound in LE_SECONDS)


Labelled = list[tuple[str, Tally]]  # labels as they are written


class Family(NamedTuple):
    """A metric with its samples: pairs of labels and value. ``kind`` is counter or gauge."""

    name: str
    kind: str
    help: str
    samples: Iterable[tuple[Mapping[str, str], float]]


def render_families(families: Iterable[Family]) -> Iterator[str]:
    """Yield the lines of some counters and gauges."""
    for family in families:
        yield from _head(family.name, family.kind, family.help)
        for labels, value in family.samples:
            yield f"{family.name}{_labels(labels)} {_number(value)}"


def render_durations(totals: Mapping[Series, Tally]) -> Iterator[str]:
    """Yield the lines that come from the table of totals: requests first, then work inside."""
    requests: Labelled = []
    work: dict[str, Labelled] = {kind: [] for kind in NO_REQUESTS}
    for series, tally in totals.items():
        if series.is_request:
            requests.append((_route_labels(series), tally))
        else:
            work[series.method].append((_LABELS_OF_WORK[series.method](series), tally))
    yield from _histogram(
        "http_server_request_duration_seconds",
        "Time from a request's arrival to the last byte of its answer.",
        requests,
    )
    for name, text, field, scale in _REQUEST_COUNTERS:
        yield from _counter(name, text, requests, field, scale)
    for kind, name, text in _HISTOGRAMS_OF_WORK:
        yield from _histogram(name, text, work[kind])
    for kind, name, text, field in _COUNTERS_OF_WORK:
        yield from _counter(name, text, work[kind], field, 1)


_REQUEST_COUNTERS = (
    ("memory_hub_slow_requests_total", "Requests over the slow threshold.", "slow", 1),
    (
        "memory_hub_response_cache_hits_total",
        "Requests answered from the response cache.",
        "cache_hits",
        1,
    ),
    (
        "memory_hub_worker_wait_seconds_total",
        "Time that requests waited for a worker thread.",
        "wait_ns",
        buckets.NANOSECONDS,
    ),
    (
        "memory_hub_database_seconds_total",
        "Time that requests spent in database queries.",
        "db_ns",
        buckets.NANOSECONDS,
    ),
)

_HISTOGRAMS_OF_WORK = (
    (
        FUNCTION,
        "memory_hub_function_duration_seconds",
        "Time that a timed function or block took.",
    ),
    (SEARCH, "memory_hub_search_duration_seconds", "Time that a search took."),
    (
        GOOGLE_CALL,
        "memory_hub_google_call_duration_seconds",
        "Time until Google answered a call, or until it was given up.",
    ),
)
_COUNTERS_OF_WORK = (
    (
        FUNCTION,
        "memory_hub_function_errors_total",
        "Timed functions that raised an exception.",
        "errors",
    ),
    (GOOGLE_RETRY, "memory_hub_google_retries_total", "Calls of Google sent again.", "count"),
)


def _counter(name: str, text: str, tallies: Labelled, field: str, scale: int) -> Iterator[str]:
    yield from _head(name, "counter", text)
    for labels, tally in tallies:
        yield f"{name}{{{labels}}} {_number(getattr(tally, field) / scale)}"


def _histogram(name: str, text: str, tallies: Labelled) -> Iterator[str]:
    yield from _head(name, "histogram", text)
    for labels, tally in tallies:
        seconds = tally.sum_ns / buckets.NANOSECONDS
        yield _template(name, labels) % (*_cumulative(tally.buckets), seconds, tally.count)


def _cumulative(counts: Mapping[int, int]) -> Iterator[int]:
    """Return how many values are at most each of ``LE_SECONDS``, and how many there are."""
    at = [0] * (len(LE_SECONDS) + 1)
    for index, count in counts.items():
        at[_PLACES[index]] += count
    return accumulate(at)


@lru_cache(maxsize=2048)
def _template(name: str, labels: str) -> str:
    """Return the lines of one histogram but for its numbers: one formatting call a series."""
    safe = labels.replace("%", "%%")
    lines = [f'{name}_bucket{{{safe},le="{bound}"}} %d' for bound in (*_LE_TEXTS, "+Inf")]
    lines += [f"{name}_sum{{{safe}}} %r", f"{name}_count{{{safe}}} %d"]
    return "\n".join(lines)


@lru_cache(maxsize=2048)
def _route_labels(series: Series) -> str:
    return (
        f'http_route="{_escaped(series.route)}",http_request_method="{_escaped(series.method)}",'
        f'http_response_status_code="{series.status}"'
    )


def _search_labels(series: Series) -> str:
    outcome = "found" if series.status == FOUND else "empty"
    return f'place="{_escaped(series.route)}",outcome="{outcome}"'


def _google_labels(series: Series) -> str:
    outcome = "none" if series.status == NO_ANSWER else series.status
    return f'method="{_escaped(series.route)}",outcome="{outcome}"'


_LABELS_OF_WORK: Mapping[str, Callable[[Series], str]] = {
    FUNCTION: lambda series: f'function="{_escaped(series.route)}"',
    SEARCH: _search_labels,
    GOOGLE_CALL: _google_labels,
    GOOGLE_RETRY: lambda series: f'method="{_escaped(series.route)}"',
}


def _head(name: str, kind: str, text: str) -> tuple[str, str]:
    return f"# HELP {name} {text}", f"# TYPE {name} {kind}"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    inner = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inner}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
