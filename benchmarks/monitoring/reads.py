"""How long the reads take: a scrape of 500 series, and the charts over a week on 50 routes."""

import argparse
import os
import random
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import django
from django.core.management import call_command

SERIES, ROUTES, DAYS = 500, 50, 7
REPEATS = 15


def main(options: argparse.Namespace) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memory_hub.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    from monitoring.show import charts, metrics

    fill_totals()
    timed("scrape of 500 series", metrics.render, 20)
    timed("the same as gzip", lambda: metrics.compressed(metrics.render()), 20)
    rows = fill_slices()
    print(f"({rows} rows of slices)")
    for window in ("5m", "1h", "24h", "7d", "all"):
        timed(f"charts, window {window}", lambda window=window: charts.data(window), 50)


def timed(name: str, work: Callable[[], Any], limit_ms: float) -> None:
    """Print medians in milliseconds: by the clock, and of the processor alone, which is what the
    clock shows on a machine that does nothing else."""
    work()
    spent, used = [], []
    for _ in range(REPEATS):
        started, cpu = time.perf_counter(), time.process_time()
        work()
        spent.append((time.perf_counter() - started) * 1000)
        used.append((time.process_time() - cpu) * 1000)
    middle, busy = median(spent), median(used)
    verdict = "ok" if middle <= limit_ms else "EXCEEDED"
    print(f"{name:24}{middle:7.1f} ms, processor {busy:6.1f} ms (limit {limit_ms}) {verdict}")


def tally_of(count: int) -> Any:
    """Return a tally of so many random durations around 10 ms."""
    from monitoring.aggregates.recorder import Recorder
    from monitoring.aggregates.series import merged

    recorder = Recorder()
    for _ in range(count):
        recorder.record("/r", "GET", 200, int(random.lognormvariate(16, 0.8)))
    return merged(recorder.take().values())


def fill_totals() -> None:
    """Store 500 series of 200 requests each."""
    from monitoring.aggregates.series import Series
    from monitoring.models import EndpointTotal
    from monitoring.store import tables

    tables.begin_epoch("bench")
    epoch = tables.current_ledger().epoch
    EndpointTotal.objects.put(
        ({"epoch": epoch}, Series(f"/api/route/{number}/{{id}}", "GET", 200), tally_of(200))
        for number in range(SERIES)
    )


def fill_slices() -> int:
    """Store every slice of a week on 50 routes, ten requests a minute and route."""
    from monitoring.aggregates import windows
    from monitoring.aggregates.series import Series
    from monitoring.models import ALL_ROUTES, Slice

    now = int(time.time())
    per_minute = 10
    samples = {
        span: [tally_of(per_minute * span // windows.MINUTE) for _ in range(50)]
        for span in windows.SPANS
    }
    series = [Series(f"/api/route/{number}/{{id}}", "GET", 200) for number in range(ROUTES)]
    series.append(Series(ALL_ROUTES, "", 200))
    for span, tallies in samples.items():
        first = windows.floor(now - DAYS * windows.DAY, span)
        for start in range(first, now, span):
            key = {"span": span, "start": start}
            Slice.objects.put((key, each, random.choice(tallies)) for each in series)
    return Slice.objects.count()
