"""The loop that looks: what it asks at rest, what wakes it, and how many of a host look."""

import threading

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from memory_hub.jobs import dispatcher as module
from memory_hub.jobs import leases, queue, schedule
from memory_hub.jobs.dispatcher import Dispatcher
from memory_hub.jobs.lookout import Lookout
from memory_hub.jobs.models import QueuedTask, ScheduledJob, Status
from memory_hub.jobs.peek import is_anything_to_do
from memory_hub.jobs.tests.test_queue import fail, said, say


@pytest.fixture
def looking(settings, tmp_path):
    """A dispatcher whose loop does not run by itself: the test takes its turns."""
    settings.DATA_DIR = tmp_path
    made = Dispatcher()
    yield made
    made._lookout.give_up()


def turn(looking):
    """A turn and all that was begun in it and follows from it."""
    assert looking.turn() == leases.BEAT
    while under_way := [one for crew in looking.crews.values() for one in crew.threads()]:
        for thread in under_way:
            thread.join()


@pytest.mark.django_db(transaction=True)
def test_at_rest_it_reads_and_writes_nothing(looking, job):
    schedule.rows()
    looking.turn()
    with CaptureQueriesContext(connection) as asked:
        looking.turn()
    statements = [one["sql"].split()[0] for one in asked]
    assert set(statements) == {"SELECT"}
    assert len(statements) <= 2


@pytest.mark.django_db(transaction=True)
def test_what_is_due_is_carried_out_and_what_is_enqueued_too(looking, job, work):
    said.clear()
    schedule.rows()
    schedule.ask(["count"])
    for number in range(5):
        say.enqueue(number)
    turn(looking)
    assert work.times == 1
    assert sorted(said) == [0, 1, 2, 3, 4]
    assert set(QueuedTask.objects.values_list("status", flat=True)) == {Status.SUCCESSFUL}
    assert ScheduledJob.objects.get().outcome == "done"


@pytest.mark.django_db(transaction=True)
def test_a_failure_ends_neither_the_loop_nor_what_follows(looking, job, work):
    said.clear()
    work.error = ValueError()
    schedule.rows()
    schedule.ask(["count"])
    fail.enqueue("fails")
    say.enqueue("goes on")
    turn(looking)
    assert said == ["fails", "goes on"]
    assert ScheduledJob.objects.get().outcome == "failed"


@pytest.mark.django_db(transaction=True)
def test_one_process_of_a_host_looks_and_another_one_when_it_is_gone(looking, job, work):
    other = Dispatcher()
    schedule.rows()
    turn(looking)
    schedule.ask(["count"])
    turn(other)
    assert work.times == 0
    looking._lookout.give_up()
    turn(other)
    assert work.times == 1
    other._lookout.give_up()


@pytest.mark.django_db(transaction=True)
def test_who_enqueues_looks_itself_and_at_once(looking, job, monkeypatch):
    said.clear()
    schedule.rows()
    first = Dispatcher()
    turn(first)
    monkeypatch.setattr(module, "dispatcher", lambda: looking)
    say.enqueue("now")
    assert looking.loop._wake.is_set()
    turn(looking)
    assert said == ["now"]
    first._lookout.give_up()


@pytest.mark.django_db(transaction=True)
def test_a_lost_database_is_the_loops_to_come_back_from(looking, job, monkeypatch, caplog):
    schedule.rows()

    def lost(now):
        raise OperationalError("away")

    with monkeypatch.context() as harm:
        harm.setattr(module, "is_anything_to_do", lost)
        pauses = [looking.loop._attempt() for _ in range(6)]
    assert pauses == [1, 2, 4, 8, 15, 15]
    assert looking.loop._attempt() == leases.BEAT
    assert [record.levelname for record in caplog.records].count("WARNING") == 1


@pytest.mark.django_db(transaction=True)
def test_a_claim_without_a_thread_is_left_to_whoever_has_room(looking, job, work, monkeypatch):
    schedule.rows()
    schedule.ask(["count"])

    def no_room(thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as harm:
        harm.setattr(threading.Thread, "start", no_room)
        assert looking.loop._attempt() == 1
    ScheduledJob.objects.update(lease_until=leases.database_now())
    monkeypatch.setattr(leases, "BEAT", 0.0)
    turn(looking)
    assert work.times == 1
    assert ScheduledJob.objects.get().lost_total == 1


@pytest.mark.django_db
def test_the_peek_sees_whatever_a_look_would_take(clock, job):
    assert is_anything_to_do(clock.now)  # the job has no row yet
    schedule.rows()
    assert not is_anything_to_do(clock.now)
    clock.passes(hours=1)
    assert is_anything_to_do(clock.now)
    schedule.enable(["count"], False)
    assert not is_anything_to_do(clock.now)
    schedule.enable(["count"])
    clock.set(days=-2)
    # Its time is further off than it can be.
    assert is_anything_to_do(clock.now)
    ScheduledJob.objects.update(next_run_at=clock.now + job.every)
    say.enqueue("hello")
    assert is_anything_to_do(clock.now)
    run = queue.claim_next(clock.now, leases.Watch())
    assert is_anything_to_do(clock.now)  # somebody must watch
    run.carry_out()
    assert not is_anything_to_do(clock.now)
    ScheduledJob.objects.create(name="of_an_app_that_is_no_more", next_run_at=clock.now)
    assert not is_anything_to_do(clock.now)


def test_the_lookout_is_one_of_a_host_and_goes_with_its_process(tmp_path):
    one, other = Lookout(tmp_path / "lock"), Lookout(tmp_path / "lock")
    assert one.is_mine()
    assert one.is_mine()
    assert not other.is_mine()
    one.give_up()
    assert other.is_mine()
    assert not one.is_mine()


@pytest.mark.django_db(transaction=True)
def test_a_process_that_does_not_look_asks_the_database_nothing(looking, job):
    schedule.rows()
    first = Dispatcher()
    first.turn()
    asked = []

    def note(execute, sql, *rest):
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        looking.turn()
    assert asked == []
    first._lookout.give_up()


@pytest.mark.django_db(transaction=True)
def test_the_schedule_and_the_queue_do_not_hold_each_other_up(looking, job):
    said.clear()
    begun, end = threading.Event(), threading.Event()

    def long():
        begun.set()
        end.wait(10)
        return 1

    object.__setattr__(job, "run", long)
    schedule.rows()
    schedule.ask(["count"])
    looking.turn()
    assert begun.wait(10)
    say.enqueue("beside")
    looking.turn()
    for thread in looking.crews["queue"].threads():
        thread.join()
    assert said == ["beside"]
    end.set()
    turn(looking)
    assert ScheduledJob.objects.get().outcome == "done"
