"""What is shown of the statistics: rows by endpoint, summaries, points over time."""

import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from memory_hub.core.text import rfc3339
from monitoring.aggregates import windows
from monitoring.aggregates.percentiles import percentiles
from monitoring.aggregates.series import FUNCTION, Series, SeriesTally, merged
from monitoring.models import WorkerProcess
from monitoring.store import tables

RANKS = (50, 95, 99)
MILLISECOND = 1_000_000  # nanoseconds
DEFAULT_COUNT, MOST_ROWS = 5, 100

Row = dict[str, Any]
Totals = Mapping[Series, SeriesTally]


def beginning(window: str) -> datetime:
    """Return when a window began; ``all`` began with the present epoch."""
    length = windows.WINDOWS[window]
    if length is None:
        return tables.current_ledger().since
    return tables.at(min(part.start for part in windows.covering(length, time.time())))


def totals_of(window: str) -> Totals:
    """Return the tallies of a window by series."""
    length = windows.WINDOWS[window]
    if length is None:
        return tables.totals(tables.current_ledger().epoch)
    return tables.window(length, time.time())


def performance(window: str = "all") -> Row:
    """Return the answer of ``/monitoring/performance``."""
    totals = totals_of(window)
    return {
        "summary": summary(totals, window),
        "endpoints": endpoints(totals),
        "functions": functions(totals),
    }


def summary(totals: Totals, window: str, whole: SeriesTally | None = None) -> Row:
    """Return the figures over all requests, and how far they can be trusted.

    ``whole`` is the sum of all requests where it is known, with its histogram.
    """
    requests = {key: value for key, value in totals.items() if key.is_request}
    whole = merged(requests.values()) if whole is None else whole
    since = beginning(window)
    ledger = tables.current_ledger()
    lost = list(WorkerProcess.objects.filter(lost=True, seen_at__gte=since).order_by("seen_at"))
    return {
        "total_requests": whole.count,
        "total_errors": whole.errors,
        "error_rate_percent": _percent(whole.errors, whole.count),
        "slow_count": whole.slow,
        "cache_hits": whole.cache_hits,
        **_times(whole),
        "endpoint_count": len({(key.route, key.method) for key in requests}),
        "status_codes": _status_codes(requests.items()),
        "window": window,
        "since": rfc3339(since),
        "epoch": ledger.epoch,
        "workers_reporting": len(tables.live_workers()),
        "workers_lost": [
            {"host": worker.host, "pid": worker.pid, "last_report": rfc3339(worker.seen_at)}
            for worker in lost
        ],
    }


def endpoints(totals: Totals) -> list[Row]:
    """Return a row for every route and method, the most used first."""
    grouped: dict[tuple[str, str], list[tuple[Series, SeriesTally]]] = {}
    for series, tally in totals.items():
        if series.is_request:
            grouped.setdefault((series.route, series.method), []).append((series, tally))
    rows = [
        _row(merged(tally for _, tally in parts))
        | {"endpoint": route, "method": method, "status_codes": _status_codes(parts)}
        for (route, method), parts in grouped.items()
    ]
    return ranked(rows, "request_count")


def functions(totals: Totals) -> list[Row]:
    """Return a row for every timed function or block, the most used first."""
    rows = [
        _row(tally) | {"function": series.route}
        for series, tally in totals.items()
        if series.method == FUNCTION
    ]
    return ranked(rows, "request_count")


def ranked(rows: list[Row], field: str, count: int | None = None) -> list[Row]:
    """Return the rows with the highest ``field`` first; names decide between equals."""
    by_name = sorted(
        rows, key=lambda row: (row.get("endpoint") or row.get("function"), row.get("method", ""))
    )
    return sorted(by_name, key=lambda row: row[field], reverse=True)[:count]


def _row(tally: SeriesTally) -> Row:
    return {
        "request_count": tally.count,
        "min_time_ms": tally.min_ns / MILLISECOND,
        "max_time_ms": tally.max_ns / MILLISECOND,
        **_times(tally),
        "error_count": tally.errors,
        "success_rate": _percent(tally.count - tally.errors, tally.count),
        "slow_count": tally.slow,
        "cache_hits": tally.cache_hits,
        "avg_wait_ms": _average(tally.wait_ns, tally.count),
        "avg_db_ms": _average(tally.db_ns, tally.count),
    }


def _times(tally: SeriesTally) -> Row:
    values = percentiles(tally.buckets, RANKS, least=tally.min_ns, most=tally.max_ns)
    named = {f"p{rank}_ms": _ms(value) for rank, value in zip(RANKS, values, strict=True)}
    return {"avg_time_ms": _average(tally.sum_ns, tally.count)} | named


def _status_codes(parts: Iterable[tuple[Series, SeriesTally]]) -> dict[str, int]:
    codes: dict[str, int] = {}
    for series, tally in sorted(parts, key=lambda part: part[0].status):
        code = str(series.status)
        codes[code] = codes.get(code, 0) + tally.count
    return codes


def _ms(nanoseconds: float) -> float:
    return round(nanoseconds / MILLISECOND, 3)


def _average(total_ns: int, count: int) -> float:
    return _ms(total_ns / count) if count else 0.0


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 3) if whole else 0.0
