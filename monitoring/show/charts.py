"""The dashboard's data: everything that it shows, in one answer."""

import time
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.core.cache import caches
from django.db.models import Max
from django.utils import timezone

from monitoring.aggregates import windows
from monitoring.aggregates.percentiles import percentiles
from monitoring.aggregates.series import OF_REQUESTS, SeriesTally
from monitoring.models import ALL_ROUTES, EndpointTotal, Slice, WorkerProcess
from monitoring.record import pools
from monitoring.record.measure import track_performance
from monitoring.show import reports
from monitoring.show.reports import Row
from monitoring.store import tables

SLOW_MS = 2_000  # the dashboard asks every few seconds
# Seconds at most, where nobody reports: rates sink all the same.
KEPT = 5
# Rows of the slowest and most used routes.
LISTED = 8
LONGEST_CHART = 7 * windows.DAY  # of the window "all"
SERVER_ERROR = 500


def data(window: str) -> dict[str, Any]:
    """Return the figures of a window for the dashboard.

    However many watch, on whatever hosts, they are worked out once for each report of a worker.
    """
    newest = WorkerProcess.objects.aggregate(Max("seen_at"))["seen_at__max"]
    reported = newest.timestamp() if newest else 0
    key = f"charts:{window}:{tables.current_ledger().epoch}:{reported}"
    return caches["shared"].get_or_set(key, partial(_worked_out, window), KEPT)


@track_performance(threshold_ms=SLOW_MS, name="monitoring.charts")
def _worked_out(window: str) -> dict[str, Any]:
    now = time.time()
    summary, slowest, most_used = _figures(window, now)
    seconds = max(now - reports.beginning(window).timestamp(), 1)
    codes = summary["status_codes"]
    return {
        "summary": summary,
        "requests_per_second": round(summary["total_requests"] / seconds, 3),
        "cache_hit_percent": _percent(summary["cache_hits"], summary["total_requests"]) or 0.0,
        "status_codes": codes,
        "status_codes_5xx": sum(n for code, n in codes.items() if int(code) >= SERVER_ERROR),
        "slowest": slowest,
        "most_used": most_used,
        "pool": [{"alias": alias, **pool} for alias, pool in pools.of_all_workers().items()],
        "workers": worker_rows(),
        **points(window, now),
    }


def _figures(window: str, now: float) -> tuple[Row, list[Row], list[Row]]:
    """Return the summary, the slowest and the most used routes.

    On many routes only the histograms of those that are listed are read.
    """
    length = windows.WINDOWS[window]
    if length is None:
        rows = EndpointTotal.objects.filter(epoch=tables.current_ledger().epoch)
        single = whole = rows.filter(method__in=OF_REQUESTS)
    else:
        rows = tables.window_rows(length, now)
        single, whole = rows.exclude(route=ALL_ROUTES), rows.filter(route=ALL_ROUTES)
    numbers = single.summed(with_buckets=False)
    total = whole.total()
    listed = {row["endpoint"] for part in _listed(reports.endpoints(numbers)) for row in part}
    shown = reports.endpoints(single.filter(route__in=listed).summed())
    return reports.summary(numbers, window, total), *_listed(shown)


def _listed(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    return (
        reports.ranked(rows, "avg_time_ms", LISTED),
        reports.ranked(rows, "request_count", LISTED),
    )


def points(window: str, now: float) -> dict[str, Any]:
    """Return the charts' values over time; null where nothing happened."""
    length = min(windows.WINDOWS[window] or LONGEST_CHART, LONGEST_CHART)
    span = windows.MINUTE if length <= windows.HOUR else windows.HOUR
    first = windows.floor(now - length, span) + span
    starts = range(first, int(now) + 1, span)
    rows = Slice.objects.filter(span=span, start__gte=first, route=ALL_ROUTES)
    wholes = {start: SeriesTally() for start in starts}
    errors = {"4xx": dict.fromkeys(starts, 0), "5xx": dict.fromkeys(starts, 0)}
    for start, series, tally in rows.placed_tallies():
        if start not in wholes:
            continue  # begun while this answer was made
        wholes[start].add(tally)
        if tally.errors:
            kind = "5xx" if series.status >= SERVER_ERROR else "4xx"
            errors[kind][start] += tally.count
    minutes = span / windows.MINUTE
    return {
        "times": list(starts),
        "traffic": [
            round(whole.count / _elapsed(start, span, now), 3) for start, whole in wholes.items()
        ],
        "latency": _latency(wholes.values()),
        "errors": {
            kind: [round(count / minutes, 3) for count in counts.values()]
            for kind, counts in errors.items()
        },
        "cache_hit_rate": [_percent(whole.cache_hits, whole.count) for whole in wholes.values()],
    }


def _elapsed(start: int, span: int, now: float) -> float:
    """Return the seconds of a slice that are over: the present one is not at its end."""
    return min(max(now - start, 1), span)


def _latency(wholes: Iterable[SeriesTally]) -> dict[str, list[float | None]]:
    columns: dict[str, list[float | None]] = {f"p{rank}": [] for rank in reports.RANKS}
    for whole in wholes:
        values = percentiles(whole.buckets, reports.RANKS, least=whole.min_ns, most=whole.max_ns)
        for column, value in zip(columns.values(), values, strict=True):
            column.append(round(value / reports.MILLISECOND, 3) if whole.count else None)
    return columns


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def worker_rows() -> list[dict[str, Any]]:
    """Return the workers of late, with their state: live, silent, ended or lost."""
    now = timezone.now()
    workers = WorkerProcess.objects.filter(seen_at__gte=now - tables.LISTED_WITHIN)
    return [
        {
            "host": worker.host,
            "pid": worker.pid,
            "state": worker.state,
            "epoch": worker.epoch,
            "seconds_ago": round((now - worker.seen_at).total_seconds(), 1),
            "requests": worker.requests,
            "memory_bytes": worker.memory_bytes,
            "cpu_seconds": worker.cpu_seconds,
            "open_files": worker.open_files,
        }
        for worker in workers
    ]
