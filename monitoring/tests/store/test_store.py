"""The shared tables: flushes count once, epochs separate, memory and rows are bounded."""

import time
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import OperationalError, connections
from django.utils import timezone

from monitoring.aggregates import windows
from monitoring.aggregates.recorder import MAX_SERIES, Recorder
from monitoring.aggregates.series import OTHER_ROUTE, Series, merged
from monitoring.models import EndpointTotal, Ledger, Slice, SlowRequest, WorkerProcess
from monitoring.models.slow import KEPT
from monitoring.router import alias
from monitoring.store import tables

pytestmark = pytest.mark.django_db(databases="__all__")

SERIES = Series("/a", "GET", 200)


def flush(sequence: int, *durations: int, worker: str = "w1", **changes) -> tables.Flush:
    recorder = Recorder()
    for duration in durations:
        recorder.record(*SERIES, duration)
    fields = {"epoch": None, "moment": time.time(), "delta": recorder.take()}
    return tables.Flush(worker_id=worker, sequence=sequence, **fields | changes)


def total(epoch: int | None = None):
    rows = EndpointTotal.objects.all()
    return merged((rows if epoch is None else rows.filter(epoch=epoch)).summed().values())


def test_flushes_of_several_workers_add_up():
    tables.apply(flush(1, 5_000, 9_000))
    tables.apply(flush(1, 2_000, worker="w2"))
    tables.apply(flush(2, 7_000))
    tally = tables.totals(1)[SERIES]
    assert (tally.count, tally.sum_ns, tally.min_ns, tally.max_ns) == (4, 23_000, 2_000, 9_000)
    assert sum(tally.buckets.values()) == 4
    assert WorkerProcess.objects.count() == 2


def test_the_total_of_a_table_is_the_sum_of_its_series():
    assert EndpointTotal.objects.total().count == 0
    recorder = Recorder()
    for number in range(300):
        recorder.record(f"/{number % 7}", "GET", 200, 1_000 * number**2, wait_ns=number)
    tables.apply(flush(1, delta=recorder.take()))
    whole, summed = EndpointTotal.objects.total(), total()
    for name in whole.__slots__:
        assert getattr(whole, name) == getattr(summed, name), name


def test_a_repeated_flush_counts_once():
    again = flush(1, 5_000)
    for _ in range(3):
        tables.apply(again)
    assert total().count == 1
    assert merged(tables.window(300, time.time()).values()).count == 1


def test_a_flush_whose_answer_was_lost_is_sent_again_and_counts_once(monkeypatch):
    from monitoring.record.flusher import flusher

    flusher.recorder.record(*SERIES, 5_000)
    apply = tables.apply

    def applied_but_lost(pending):
        apply(pending)
        raise OperationalError("connection lost during commit")

    monkeypatch.setattr(tables, "apply", applied_but_lost)
    with pytest.raises(OperationalError):
        flusher.flush()
    monkeypatch.setattr(tables, "apply", apply)
    flusher.recorder.record(*SERIES, 6_000)
    flusher.flush()
    assert total().count == 2


def test_a_late_flush_belongs_to_the_epoch_it_was_recorded_in():
    assert tables.apply(flush(1, 1_000)) == 1
    assert tables.begin_epoch("test") == 2
    assert tables.apply(flush(2, 2_000, 3_000, epoch=1)) == 2
    tables.apply(flush(3, 4_000, epoch=2))
    assert (total(1).count, total(2).count, total().count) == (3, 1, 4)


def test_counters_over_all_epochs_never_fall_and_old_epochs_are_folded():
    counts = []
    for sequence in range(1, 6):
        tables.apply(flush(sequence, 1_000 * sequence, epoch=sequence))
        tables.begin_epoch("test")
        counts.append(total().count)
    assert counts == [1, 2, 3, 4, 5]
    assert set(EndpointTotal.objects.values_list("epoch", flat=True)) == {0, 5}
    assert (total().min_ns, total().max_ns) == (1_000, 5_000)


def test_workers_acknowledge_an_epoch_with_their_next_flush():
    tables.apply(flush(1))
    tables.apply(flush(1, worker="w2"))
    epoch = tables.begin_epoch("test")
    assert tables.acknowledged(epoch) == (0, 2)
    tables.apply(flush(2))
    assert tables.acknowledged(epoch) == (1, 2)
    tables.apply(flush(2, worker="w2", last=True))
    assert tables.acknowledged(epoch) == (1, 1)


def test_series_over_the_bound_of_all_workers_are_counted_together():
    for worker in ("w1", "w2"):
        recorder = Recorder()
        for number in range(MAX_SERIES):
            recorder.record(f"/{worker}/{number}", "GET", 200, 1)
        tables.apply(flush(1, worker=worker, delta=recorder.take()))
    totals = tables.totals(1)
    assert len(totals) == MAX_SERIES + 1
    assert merged(totals.values()).count == 2 * MAX_SERIES
    other = [tally for series, tally in totals.items() if series.route == OTHER_ROUTE]
    assert merged(other).count == MAX_SERIES


def test_a_flush_over_the_bound_that_fails_half_way_is_sent_again_as_it_was(monkeypatch):
    monkeypatch.setattr(tables, "MAX_SERIES", 1)
    tables.apply(flush(1, 1_000))
    recorder = Recorder(max_series=1)
    # The second is counted as others by the worker itself.
    for route in ("/new", "/beyond"):
        recorder.record(route, "GET", 200, 1_000)
    again = flush(2, delta=recorder.take())

    def fail(*_):
        raise OperationalError("the disk is full")

    with monkeypatch.context() as full:
        full.setattr(tables, "_add_slices", fail)
        with pytest.raises(OperationalError):
            tables.apply(again)
    tables.apply(again)
    assert total().count == 3


def test_slices_hold_each_minute_each_hour_and_each_quarter_of_a_day():
    hour = windows.floor(time.time(), windows.QUARTER) + 5 * windows.HOUR
    tables.apply(flush(1, 1_000, moment=hour + 61))
    tables.apply(flush(2, 2_000, 3_000, moment=hour + 3_599))
    rows = Slice.objects.filter(route="/a").order_by("span", "start")
    assert list(rows.values_list("span", "start", "count")) == [
        (60, hour + 60, 1),
        (60, hour + 3_540, 2),
        (3_600, hour, 3),
        (21_600, hour - 5 * windows.HOUR, 3),
    ]
    summed = Slice.objects.filter(route="", span=3_600)
    assert list(summed.values_list("count", flat=True)) == [3]


def test_hours_from_before_there_were_quarters_are_summed_by_the_migration():
    quarter = windows.floor(time.time(), windows.QUARTER)
    tables.apply(flush(1, 1_000, moment=quarter))
    tables.apply(flush(2, 2_000, 3_000, moment=quarter + windows.HOUR))
    tables.apply(flush(3, 4_000, moment=quarter + windows.QUARTER))
    counted = sorted_quarters()
    Slice.objects.filter(span=windows.QUARTER).delete()
    migration = import_module("monitoring.migrations.0002_quarters")
    migration.sum_hours(apps, SimpleNamespace(connection=connections[alias()]))
    assert sorted_quarters() == counted
    assert [row[2] for row in counted if row[1] == "/a"] == [3, 1]


def sorted_quarters():
    rows = Slice.objects.filter(span=windows.QUARTER).order_by("start", "route")
    return list(rows.values_list("start", "route", "count", "min_ns", "max_ns", "buckets"))


def test_a_week_adds_up_minutes_hours_and_quarters():
    now = time.time()
    ages = (0, 30, 90, 60 * 24, 60 * 24 * 6, 60 * 24 * 7 - 2)
    for sequence, minutes in enumerate(ages, start=1):
        tables.apply(flush(sequence, 1_000, moment=now - minutes * 60))
    tables.apply(flush(len(ages) + 1, 1_000, moment=now - 60 * (60 * 24 * 7 + 1)))
    assert merged(tables.window(windows.WINDOWS["7d"], now).values()).count == len(ages)


def test_a_window_leaves_out_what_is_older():
    now = time.time()
    tables.apply(flush(1, 1_000, moment=now - 600))
    tables.apply(flush(2, 2_000, moment=now))
    assert merged(tables.window(300, now).values()).count == 1
    assert merged(tables.window(3_600, now).values()).count == 2


def test_old_slices_are_forgotten_minutes_before_hours():
    now = time.time()
    for sequence, days in enumerate((0, 6, 8, 89, 91), start=1):
        tables.apply(flush(sequence, 1_000, moment=now - days * 86_400))
    tables.tidy(now)
    assert Slice.objects.filter(route="/a", span=60).count() == 2
    assert Slice.objects.filter(route="/a", span=3_600).count() == 4


def test_a_killed_worker_is_found_and_said():
    import subprocess

    child = subprocess.Popen(["true"])
    child.wait()
    tables.apply(flush(1, 1_000))
    WorkerProcess.objects.filter(pk="w1").update(pid=child.pid)
    assert tables.find_lost_workers() == 1
    assert tables.find_lost_workers() == 0
    assert WorkerProcess.objects.get(pk="w1").state == "lost"
    assert Ledger.objects.get().workers_lost == 1
    assert tables.live_workers() == []


def test_a_worker_of_another_host_is_lost_only_after_a_long_silence():
    tables.apply(flush(1, 1_000))
    rows = WorkerProcess.objects.filter(pk="w1")
    rows.update(host="elsewhere", pid=1, seen_at=timezone.now() - tables.SILENT_AFTER / 2)
    assert tables.find_lost_workers() == 0
    assert rows.get().state == "silent"
    rows.update(seen_at=timezone.now() - tables.SILENT_AFTER * 2)
    assert tables.find_lost_workers() == 1


def test_a_worker_that_ended_well_is_not_lost():
    tables.apply(flush(1, 1_000, last=True))
    WorkerProcess.objects.update(pid=2**22 + 1)
    assert tables.find_lost_workers() == 0


def test_a_worker_that_was_thought_lost_comes_back():
    tables.apply(flush(1, 1_000))
    WorkerProcess.objects.update(lost=True)
    tables.apply(flush(2, 1_000))
    assert WorkerProcess.objects.get().state == "live"
    assert total().count == 2


def test_the_last_slow_requests_are_kept_and_no_more():
    def slow(number: int) -> SlowRequest:
        return SlowRequest(
            at=timezone.now(), route=f"/{number}", method="GET", status=200, duration_ms=number,
            db_ms=0, wait_ms=0,
        )  # fmt: skip

    tables.apply(flush(1, slow=[slow(number) for number in range(150)]))
    tables.apply(flush(2, slow=[slow(number) for number in range(150, 300)]))
    kept = list(SlowRequest.objects.values_list("duration_ms", flat=True))
    assert kept == list(range(299, 299 - KEPT, -1))
