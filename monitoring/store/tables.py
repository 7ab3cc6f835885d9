"""The shared tables: counting flushes exactly once, epochs, and what is read from them.

Every change happens under the lock of the one ledger row (on SQLite under the database's write
lock), so that flushes of all workers, resets and folding come one after the other: plain reading,
adding and writing back is then exact.
"""

import os
import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from monitoring.aggregates import windows
from monitoring.aggregates.recorder import MAX_SERIES
from monitoring.aggregates.series import OTHER_ROUTE, Series, SeriesTally, merge_into
from monitoring.models import ALL_ROUTES, EndpointTotal, Ledger, Reset, Slice, WorkerProcess
from monitoring.models.series import TallyRows
from monitoring.models.slow import KEPT
from monitoring.models.workers import LIVE_WITHIN
from monitoring.router import alias

# The epoch that folded ones are added to.
OLD_EPOCHS = 0
# Of another host's worker, whose process cannot be looked at.
SILENT_AFTER = timedelta(seconds=60)
LISTED_WITHIN = timedelta(hours=1)
KEEP_WORKERS = timedelta(days=1)


@dataclass(frozen=True)
class Flush:
    """What one worker recorded since its last flush; sent again unchanged until it was counted."""

    worker_id: str
    sequence: int
    # None: the present one, of a worker that has not asked yet.
    epoch: int | None
    # Seconds since the epoch: the slice it is counted in.
    moment: float
    delta: Mapping[Series, SeriesTally]
    slow: Iterable[Any] = ()
    vitals: Mapping[str, Any] = field(default_factory=dict)
    last: bool = False  # the worker is ending


def locked_ledger() -> Ledger:
    """Return the ledger, locked until the transaction ends; made when it is missing."""
    rows = Ledger.objects.using(alias()).select_for_update()
    ledger = rows.filter(pk=Ledger.THE_ONE).first()
    if ledger is None:
        Ledger.objects.using(alias()).bulk_create(
            [Ledger(pk=Ledger.THE_ONE, since=timezone.now())], ignore_conflicts=True
        )
        ledger = rows.get(pk=Ledger.THE_ONE)
    return ledger


def current_ledger() -> Ledger:
    """Return the ledger as it is, an unsaved one before the first flush."""
    return Ledger.objects.filter(pk=Ledger.THE_ONE).first() or Ledger(since=timezone.now())


def apply(flush: Flush) -> int:
    """Count a flush, unless it was counted before; return the epoch to record into from now on."""
    with transaction.atomic(using=alias()):
        ledger = locked_ledger()
        worker = WorkerProcess.objects.filter(pk=flush.worker_id).first()
        if worker is None:
            worker = _new_worker(flush)
        if worker.sequence < flush.sequence:
            delta = _add_totals(ledger.epoch if flush.epoch is None else flush.epoch, flush.delta)
            _add_slices(flush.moment, delta)
            _keep_slow(flush.slow)
            worker.sequence = flush.sequence
            worker.requests += sum(
                tally.count for series, tally in delta.items() if series.is_request
            )
        _acknowledge(worker, flush, ledger.epoch)
    return ledger.epoch


def _new_worker(flush: Flush) -> WorkerProcess:
    return WorkerProcess(
        pk=flush.worker_id,
        host=socket.gethostname()[:255],
        pid=os.getpid(),
        started_at=timezone.now(),
    )


def _acknowledge(worker: WorkerProcess, flush: Flush, epoch: int) -> None:
    now = timezone.now()
    worker.epoch, worker.seen_at, worker.lost = epoch, now, False
    worker.ended_at = now if flush.last else None
    for name, value in flush.vitals.items():
        setattr(worker, name, value)
    worker.save()


def _add_totals(epoch: int, delta: Mapping[Series, SeriesTally]) -> dict[Series, SeriesTally]:
    """Add to the totals of an epoch; return the delta with new series over the bound renamed."""
    if not delta:
        return {}
    rows = EndpointTotal.objects.filter(epoch=epoch)
    found = dict(rows.filter(route__in=_routes(delta)).tallies())
    new = [series for series in delta if series not in found]
    bounded = dict(delta)
    if new:
        room = MAX_SERIES - rows.exclude(route=OTHER_ROUTE).count()
        for series in [each for each in new if each.route != OTHER_ROUTE][max(room, 0) :]:
            # A new tally: those of the flush may have to be sent again as they are.
            other = series.beyond_bound()
            bounded[other] = _sum(bounded.get(other), bounded.pop(series))
        found |= dict(rows.filter(route=OTHER_ROUTE).tallies())
    EndpointTotal.objects.put(
        ({"epoch": epoch}, series, _sum(found.get(series), tally))
        for series, tally in bounded.items()
    )
    return bounded


def _add_slices(moment: float, delta: Mapping[Series, SeriesTally]) -> None:
    if not delta:
        return
    slices = dict(delta)
    for series, tally in delta.items():
        if series.is_request:
            merge_into(slices, {Series(ALL_ROUTES, "", series.status): tally})
    for span, start in windows.starts(moment):
        key = {"span": span, "start": start}
        found = dict(Slice.objects.filter(**key, route__in=_routes(slices)).tallies())
        Slice.objects.put(
            (key, series, _sum(found.get(series), tally)) for series, tally in slices.items()
        )


def _sum(one: SeriesTally | None, other: SeriesTally) -> SeriesTally:
    total = SeriesTally()
    if one is not None:
        total.add(one)
    total.add(other)
    return total


def _routes(delta: Mapping[Series, SeriesTally]) -> set[str]:
    return {series.route for series in delta}


def _keep_slow(rows: Iterable[Any]) -> None:
    """Store slow requests and queries and forget all but the last ones."""
    by_model: dict[type, list[Any]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    for model, instances in by_model.items():
        for instance in instances:
            # A repeated flush sends the same objects again.
            instance.pk = None
            instance._state.adding = True
        model.objects.bulk_create(instances)
        last = list(model.objects.order_by("-id").values_list("id", flat=True)[KEPT - 1 : KEPT])
        if last:
            model.objects.filter(id__lt=last[0]).delete()


def begin_epoch(by: str) -> int:
    """Begin a new epoch and return its number; workers follow at their next look."""
    with transaction.atomic(using=alias()):
        ledger = locked_ledger()
        ledger.epoch += 1
        ledger.since = timezone.now()
        ledger.save(update_fields=["epoch", "since"])
        Reset.objects.create(epoch=ledger.epoch, by=by[:254])
        _fold(ledger.epoch - 1)
    return ledger.epoch


def _fold(before: int) -> None:
    """Add all epochs below ``before`` together: the last one may still get late flushes, and so
    may a folded one, which the next folding adds."""
    old = EndpointTotal.objects.filter(epoch__lt=before)
    stale = old.exclude(epoch=OLD_EPOCHS)
    if not stale.exists():
        return
    summed = old.summed()
    stale.delete()
    EndpointTotal.objects.put(
        ({"epoch": OLD_EPOCHS}, series, tally) for series, tally in summed.items()
    )


def live_workers() -> list[WorkerProcess]:
    """Return the workers that reported a short while ago and have not ended."""
    since = timezone.now() - LIVE_WITHIN
    return list(WorkerProcess.objects.filter(ended_at=None, lost=False, seen_at__gte=since))


def acknowledged(epoch: int) -> tuple[int, int]:
    """Return how many live workers record into that epoch or a later one, and how many live."""
    workers = live_workers()
    return sum(worker.epoch >= epoch for worker in workers), len(workers)


def tidy(now: float) -> int:
    """Forget old slices and workers that ended; return how many."""
    gone = sum(
        Slice.objects.filter(span=span, start__lt=windows.expired(span, now)).delete()[0]
        for span in windows.SPANS
    )
    old = WorkerProcess.objects.filter(seen_at__lt=timezone.now() - KEEP_WORKERS)
    return gone + old.delete()[0]


def find_lost_workers() -> int:
    """Mark workers that ended without a last flush; return how many were found now."""
    silent = timezone.now() - LIVE_WITHIN
    with transaction.atomic(using=alias()):
        candidates = WorkerProcess.objects.filter(ended_at=None, lost=False)
        gone = [worker.pk for worker in candidates if _is_gone(worker, silent)]
        if gone:
            ledger = locked_ledger()
            # Another worker may have marked the same ones while this one waited for the ledger.
            found = WorkerProcess.objects.filter(pk__in=gone, lost=False).update(lost=True)
            ledger.workers_lost += found
            ledger.save(update_fields=["workers_lost"])
            return found
    return 0


def _is_gone(worker: WorkerProcess, silent: datetime) -> bool:
    if worker.host != socket.gethostname()[:255]:
        return worker.seen_at < timezone.now() - SILENT_AFTER
    if worker.pid == os.getpid():
        # A process number is given again: an old row of it is not this process if it is silent.
        return worker.seen_at < silent
    # The process exists and is someone else's.
    with suppress(PermissionError):
        try:
            os.kill(worker.pid, 0)
        except ProcessLookupError:
            return True
    return worker.seen_at < timezone.now() - SILENT_AFTER


def totals(epoch: int) -> dict[Series, SeriesTally]:
    """Return the tallies of an epoch."""
    return EndpointTotal.objects.filter(epoch=epoch).summed()


def history() -> Iterable[tuple[Series, SeriesTally, list[int]]]:
    """Yield sums and stored histograms over all epochs by series: they never fall."""
    return EndpointTotal.objects.grouped()


def window_rows(length: int, now: float) -> TallyRows:
    """Return the slices of the last ``length`` seconds by route, and those of all routes."""
    parts = [
        Q(span=part.span, start__gte=part.start, start__lt=part.stop)
        for part in windows.covering(length, now)
    ]
    return Slice.objects.filter(reduce(or_, parts))


def window(length: int, now: float) -> dict[Series, SeriesTally]:
    """Return the tallies of the last ``length`` seconds by series."""
    return window_rows(length, now).exclude(route=ALL_ROUTES).summed()


def at(seconds: float) -> datetime:
    """Return a moment as a time with a zone."""
    return datetime.fromtimestamp(seconds, UTC)
