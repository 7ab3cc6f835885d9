"""Queued tasks: enqueued with a transaction, carried out at least once, given up in the end."""

from datetime import timedelta

import pytest
from django.db import transaction
from django_tasks import TaskResultStatus, task, task_backends
from django_tasks.exceptions import TaskResultDoesNotExist

from memory_hub.jobs import claims, queue
from memory_hub.jobs.leases import Watch, end_of_lease
from memory_hub.jobs.models import QueuedTask, Status

pytestmark = pytest.mark.django_db

said = []


@pytest.fixture(autouse=True)
def _silence():
    said.clear()


@task
def say(word):
    said.append(word)
    return {"said": word}


@task(max_attempts=3)
def fail(word):
    said.append(word)
    raise LookupError(word)


@task(max_attempts=1)
def no_number():
    return float("nan")


@task(takes_context=True)
def which(context):
    said.append(context.attempt)


@task
async def later(word):
    said.append(word)


def no_task():
    said.append("never")


def no_pause(seconds):
    raise AssertionError("it waits for a database that is there")


def look(clock, watch=None):
    return queue.claim_next(clock.now, Watch() if watch is None else watch)


def carry_out(clock):
    """Carry out what is ready, as a worker does; the errors it met."""
    errors = []
    while (run := look(clock)) is not None:
        try:
            run.carry_out()
        except Exception as error:
            errors.append(error)
    return errors


def test_a_task_is_carried_out_with_its_arguments_and_its_result_is_kept(clock):
    result = say.enqueue("hello")
    assert result.status == TaskResultStatus.READY
    assert carry_out(clock) == []
    assert said == ["hello"]
    result.refresh()
    assert result.return_value == {"said": "hello"}
    assert result.attempts == 1


@pytest.mark.django_db(transaction=True)
def test_a_task_is_there_if_and_only_if_its_transaction_is_committed(clock):
    with transaction.atomic():
        say.enqueue("rolled back")
        transaction.set_rollback(True)
    with transaction.atomic():
        say.enqueue("committed")
    carry_out(clock)
    assert said == ["committed"]


def test_arguments_that_json_has_not_are_refused_and_leave_nothing(clock):
    with pytest.raises(TypeError):
        say.enqueue(object())
    assert not QueuedTask.objects.exists()


def test_the_urgent_come_first_and_then_the_oldest(clock):
    for word, priority in (("one", 0), ("two", 0), ("urgent", 50), ("some time", -50)):
        say.using(priority=priority).enqueue(word)
    carry_out(clock)
    assert said == ["urgent", "one", "two", "some time"]


def test_a_task_for_later_waits_until_then(clock):
    say.using(run_after=clock.now + timedelta(hours=1)).enqueue("later")
    carry_out(clock)
    assert said == []
    clock.passes(hours=1)
    carry_out(clock)
    assert said == ["later"]


def test_a_task_can_be_a_coroutine(clock):
    later.enqueue("async")
    carry_out(clock)
    assert said == ["async"]


def test_a_task_that_takes_its_context_knows_which_attempt_it_is(clock):
    which.enqueue()
    carry_out(clock)
    assert said == [1]


def test_a_task_that_fails_is_tried_later_and_later_and_then_given_up(clock):
    result = fail.enqueue("secret")
    waits = []
    for _ in range(2):
        assert len(carry_out(clock)) == 1
        waits.append(QueuedTask.objects.get().due_at - clock.now)
        clock.passes(seconds=waits[-1].total_seconds())
    carry_out(clock)
    assert waits == [timedelta(seconds=5), timedelta(seconds=10)]
    dead = QueuedTask.objects.get()
    assert (dead.status, dead.run, len(dead.errors)) == (Status.FAILED, 3, 3)
    clock.passes(days=1)
    assert look(clock) is None
    result.refresh()
    assert result.status == TaskResultStatus.FAILED
    assert result.errors[-1].exception_class is LookupError


def test_no_wait_is_longer_than_an_hour(clock):
    fail.enqueue("word")
    QueuedTask.objects.update(run=500, max_attempts=1000)
    carry_out(clock)
    assert QueuedTask.objects.get().due_at == clock.now + timedelta(hours=1)


def test_what_a_task_was_given_is_in_no_error_and_no_log(clock, caplog):
    fail.enqueue("secret")
    carry_out(clock)
    row = QueuedTask.objects.get()
    assert row.errors[0]["class"] == "builtins.LookupError"
    assert "in fail" in row.errors[0]["frames"]
    assert "secret" not in str(row.errors) + caplog.text
    assert "LookupError" in caplog.text


def test_a_dead_letter_is_tried_again_when_somebody_wants_it(clock):
    fail.enqueue("word")
    QueuedTask.objects.update(max_attempts=1)
    carry_out(clock)
    dead = QueuedTask.objects.get()
    assert queue.try_again([dead.pk]) == 1
    assert len(carry_out(clock)) == 1
    assert QueuedTask.objects.get().status == Status.READY


def test_only_what_was_given_up_can_be_tried_again(clock):
    say.enqueue("hello")
    carry_out(clock)
    assert queue.try_again([QueuedTask.objects.get().pk]) == 0


def test_the_task_of_a_worker_that_died_is_taken_over_and_the_late_one_changes_nothing(clock):
    say.enqueue("hello")
    left, watch = look(clock), Watch()
    for _ in range(6):
        assert look(clock, watch) is None
        clock.passes(seconds=5)
    look(clock, watch).carry_out()
    assert QueuedTask.objects.get().status == Status.SUCCESSFUL
    QueuedTask.objects.update(result="theirs")
    left.carry_out()
    row = QueuedTask.objects.get()
    assert row.result == "theirs"
    assert row.errors[0]["class"] == "memory_hub.jobs.queue.WorkerLost"


def test_a_task_whose_worker_ends_it_while_another_looks_is_not_begun_again(clock, monkeypatch):
    say.enqueue("hello")
    late = look(clock)

    def seen_just_before(watch, key, ends, now):
        late.carry_out()
        return True

    monkeypatch.setattr(Watch, "is_lapsed", seen_just_before)
    assert look(clock) is None
    assert QueuedTask.objects.get().status == Status.SUCCESSFUL
    assert said == ["hello"]


def test_a_task_whose_lease_is_renewed_while_another_looks_stays_its_workers(clock, monkeypatch):
    say.enqueue("hello")
    late = look(clock)

    def seen_just_before(watch, key, ends, now):
        clock.passes(seconds=31)
        late.write(lease_until=end_of_lease(clock.now))
        return True

    monkeypatch.setattr(Watch, "is_lapsed", seen_just_before)
    assert look(clock) is None
    assert QueuedTask.objects.get().run == 1


@pytest.mark.django_db(transaction=True)
def test_a_result_that_the_database_will_not_have_is_a_failure_and_holds_nobody_up(
    clock, monkeypatch
):
    monkeypatch.setattr(claims.time, "sleep", no_pause)
    no_number.enqueue()
    assert len(carry_out(clock)) == 1
    row = QueuedTask.objects.get()
    assert (row.status, row.owner, row.result) == (Status.FAILED, "", None)
    assert row.errors[0]["class"].startswith("django.db.utils.")


def test_a_task_that_kills_its_workers_is_given_up(clock):
    say.enqueue("poison")
    QueuedTask.objects.update(max_attempts=2)
    watch = Watch()
    for _ in range(2):
        while look(clock, watch) is None:
            clock.passes(seconds=5)
    for _ in range(10):
        assert look(clock, watch) is None
        clock.passes(seconds=5)
    row = QueuedTask.objects.get()
    assert (row.status, row.owner, len(row.errors)) == (Status.FAILED, "", 2)


def test_a_clock_set_back_keeps_no_failed_task_waiting_for_the_old_time(clock):
    fail.enqueue("word")
    carry_out(clock)
    clock.set(days=-300)
    assert len(carry_out(clock)) == 1


@pytest.mark.parametrize("path", ["memory_hub.jobs.tests.test_queue.no_task", "nowhere.at_all"])
def test_a_row_that_names_no_task_runs_nothing(clock, path):
    QueuedTask.objects.create(path=path, max_attempts=1)
    assert len(carry_out(clock)) == 1
    assert said == []
    assert QueuedTask.objects.get().status == Status.FAILED


def test_tasks_that_ended_are_forgotten_after_their_time(clock):
    say.enqueue("hello")
    fail.enqueue("word")
    QueuedTask.objects.update(max_attempts=1)
    carry_out(clock)
    say.using(run_after=clock.now + timedelta(days=100)).enqueue("waits")
    clock.passes(hours=23)
    assert queue.forget_ended() == 0
    clock.passes(hours=2)
    assert queue.forget_ended() == 1
    clock.passes(days=30)
    assert queue.forget_ended() == 1
    assert QueuedTask.objects.get().status == Status.READY


@pytest.mark.parametrize("id", ["nonsense", "0197b3a0-0000-7000-8000-000000000000"])
def test_a_result_that_is_not_there_is_told(id):
    with pytest.raises(TaskResultDoesNotExist):
        task_backends["default"].get_result(id)
