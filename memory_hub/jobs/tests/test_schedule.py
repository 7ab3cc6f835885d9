"""Scheduled jobs: when they are due, who runs them, what is left when one dies in the midst."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError

from memory_hub.jobs import claims, schedule
from memory_hub.jobs.declared import Job
from memory_hub.jobs.leases import Watch
from memory_hub.jobs.models import ScheduledJob
from memory_hub.jobs.tests.test_queue import no_pause

pytestmark = pytest.mark.django_db


def look(clock, watch=None):
    """What a worker does when it looks; the run it took on and has not begun."""
    return schedule.claim_due(clock.now, Watch() if watch is None else watch)


def look_for(clock, watch, seconds):
    """A worker that looks every five seconds; what it took on, and after how many seconds."""
    for passed in range(0, seconds + 1, 5):
        found = look(clock, watch)
        if found is not None:
            return found, passed
        clock.passes(seconds=5)
    return None, seconds


def row():
    return ScheduledJob.objects.get(pk="count")


def test_a_new_job_waits_for_its_first_time(clock, job, work):
    assert look(clock) is None
    assert row().next_run_at == clock.now + timedelta(hours=1)


def test_a_job_that_is_due_is_taken_once_and_its_run_is_told(clock, job, work):
    look(clock)
    clock.passes(hours=1)
    run = look(clock)
    assert look(clock) is None
    run.carry_out()
    done = row()
    assert (work.times, done.outcome, done.count, done.done_total) == (1, "done", 5, 1)
    assert (done.owner, done.lease_until) == ("", None)
    assert done.next_run_at == clock.now + timedelta(hours=1)
    assert look(clock) is None


def test_what_was_missed_while_no_worker_was_there_is_done_once(clock, job, work):
    look(clock)
    clock.passes(days=3)
    look(clock).carry_out()
    assert look(clock) is None


def test_a_job_that_is_disabled_is_not_run_until_it_is_enabled(clock, job, work):
    look(clock)
    schedule.enable(["count"], False)
    clock.passes(hours=2)
    assert look(clock) is None
    schedule.enable(["count"])
    assert look(clock) is not None


def test_a_job_that_is_asked_for_is_run_at_once(clock, job, work):
    look(clock)
    schedule.ask(["count"])
    assert look(clock) is not None


def test_what_is_asked_for_during_a_run_is_run_after_it(clock, job, work):
    schedule.rows()
    schedule.ask(["count"])
    run = look(clock)
    schedule.ask(["count"])
    run.carry_out()
    assert look(clock) is not None


def test_a_job_that_fails_is_tried_again_later_and_later(clock, job, work):
    work.error = ValueError("the text of a memory")
    schedule.rows()
    schedule.ask(["count"])
    waits = []
    for _ in range(8):
        with pytest.raises(ValueError, match="memory"):
            look(clock).carry_out()
        assert look(clock) is None
        waits.append(row().next_run_at - clock.now)
        clock.passes(seconds=waits[-1].total_seconds())
    minutes = [wait / timedelta(minutes=1) for wait in waits]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (row().outcome, row().failures) == ("failed", 8)
    work.error = None
    look(clock).carry_out()
    assert (row().outcome, row().failures, row().error) == ("done", 0, "")


@pytest.mark.django_db(transaction=True)
def test_a_count_that_the_database_will_not_have_is_a_failure_and_holds_nobody_up(
    clock, job, monkeypatch
):
    monkeypatch.setattr(claims.time, "sleep", no_pause)
    object.__setattr__(job, "run", lambda: -1)
    with pytest.raises(IntegrityError):
        schedule.run_now("count")
    assert (row().outcome, row().owner, row().done_total) == ("failed", "", 0)


def test_why_it_failed_is_told_without_what_somebody_wrote(clock, job, work, caplog):
    work.error = ValueError("the text of a memory")
    with pytest.raises(ValueError, match="memory"):
        schedule.run_now("count")
    assert row().error.startswith("ValueError at conftest.py:")
    assert "ValueError at conftest.py" in caplog.text
    assert "the text" not in row().error + caplog.text


def test_the_job_of_a_worker_that_died_is_taken_over_within_the_lease(clock, job, work):
    schedule.rows()
    schedule.ask(["count"])
    left = look(clock)
    taken, seconds = look_for(clock, Watch(), 60)
    assert 30 <= seconds <= 40
    taken.carry_out()
    assert (row().lost_total, row().done_total) == (1, 1)
    # The one that was only late changes nothing any more.
    left.carry_out()
    assert (row().lost_total, row().done_total) == (1, 1)


def test_a_run_that_is_renewed_is_taken_over_by_nobody(clock, job, work, monkeypatch):
    schedule.rows()
    schedule.ask(["count"])
    run, watch = look(clock), Watch()
    for _ in range(30):
        clock.passes(seconds=5)
        monkeypatch.setattr(run, "_beaten", float("-inf"))
        run.beat()
        assert look(clock, watch) is None
    assert not run.is_lost


def test_a_run_that_has_ended_is_not_renewed(clock, job, work, monkeypatch, caplog):
    schedule.rows()
    schedule.ask(["count"])
    run = look(clock)
    run.carry_out()
    monkeypatch.setattr(run, "_beaten", float("-inf"))
    run.beat()
    assert (row().owner, row().lease_until, run.is_lost) == ("", None, False)
    assert "taken over" not in caplog.text


@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
def test_a_clock_that_is_set_takes_no_job_from_a_worker_that_lives(
    clock, job, work, monkeypatch, hours
):
    schedule.rows()
    schedule.ask(["count"])
    run, watch = look(clock), Watch()
    assert look(clock, watch) is None
    clock.set(hours=hours)
    for _ in range(30):
        assert look(clock, watch) is None
        monkeypatch.setattr(run, "_beaten", float("-inf"))
        run.beat()
        clock.passes(seconds=5)
    assert not run.is_lost


@pytest.mark.parametrize("hours", [-24, -1, 1])
def test_a_clock_that_is_set_leaves_no_job_of_a_dead_worker_behind(clock, job, work, hours):
    schedule.rows()
    schedule.ask(["count"])
    assert look(clock) is not None
    clock.set(hours=hours)
    taken, seconds = look_for(clock, Watch(), 60)
    assert taken is not None
    assert seconds <= 40


def test_a_clock_that_is_set_back_keeps_no_job_waiting_for_the_old_time(clock, job, work):
    look(clock)
    clock.set(days=-365)
    look(clock).carry_out()
    assert look(clock) is None
    clock.passes(hours=1)
    assert look(clock) is not None


def test_a_job_of_once_a_day_is_due_at_its_time_of_day():
    job = Job(name="daily", help="", run=int, at=time(3, 10))
    early = datetime(2026, 5, 4, 3, 9, 59, tzinfo=UTC)
    assert job.next_after(early) == datetime(2026, 5, 4, 3, 10, tzinfo=UTC)
    assert job.next_after(datetime(2026, 5, 4, 3, 10, tzinfo=UTC)).day == 5


def test_the_job_that_has_waited_longest_comes_first(clock, job, work, monkeypatch):
    from memory_hub.jobs import declared

    jobs = {name: Job(name=name, help="", run=work) for name in ("one", "two")}
    monkeypatch.setattr(declared, "declared", lambda: jobs)
    schedule.rows()
    schedule.ask(["two"])
    clock.passes(seconds=1)
    schedule.ask(["one"])
    assert [look(clock).pk, look(clock).pk] == ["two", "one"]
