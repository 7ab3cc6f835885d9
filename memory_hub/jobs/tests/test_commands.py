"""`manage.py jobs` and `purge_expired`."""

import json
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from memory_hub.core import installed
from memory_hub.jobs import leases, queue, schedule
from memory_hub.jobs.declared import Job, declared, of_workers, scheduled
from memory_hub.jobs.dispatcher import DISPATCH
from memory_hub.jobs.models import QueuedTask, ScheduledJob, Status

pytestmark = pytest.mark.django_db


def jobs(*arguments):
    said = StringIO()
    call_command("jobs", *arguments, stdout=said)
    return said.getvalue().strip()


def dead_letter():
    return QueuedTask.objects.create(
        path="somewhere.task",
        status=Status.FAILED,
        run=10,
        max_attempts=10,
        finished_at=leases.database_now(),
        errors=[{"class": "builtins.KeyError", "frames": ""}],
    )


def test_the_list_has_every_job_with_its_last_and_next_run():
    said = jobs()
    for name in ("purge_memories", "purge_answers", "forget_sessions", "forget_tasks"):
        assert name in said
    jobs("run", "purge_memories")
    line = next(line for line in jobs("list").splitlines() if line.startswith("purge_memories"))
    assert "waiting" in line
    assert " done " in line


def test_the_list_is_there_for_programs(job):
    jobs("run", "count")
    told = json.loads(jobs("list", "--json"))
    (one,) = told["jobs"]
    assert (one["name"], one["last_outcome"], one["last_count"]) == ("count", "done", 5)
    assert (one["state"], one["every_seconds"]) == ("waiting", 3600)
    assert told["tasks"] == {"ready": 0, "running": 0, "failed": 0, "successful": 0}


def test_run_does_a_job_now_and_says_how_much_it_did(job, work):
    assert jobs("run", "count") == "count: 5."
    assert work.times == 1


def test_run_does_not_begin_what_is_being_run_and_says_by_whom(job, work):
    schedule.claim(schedule.rows()["count"], leases.database_now())
    with pytest.raises(CommandError, match="is being run by"):
        jobs("run", "count")
    assert work.times == 0
    assert "running" in jobs()


def test_run_takes_over_what_a_dead_process_left(job, work, clock):
    schedule.claim(schedule.rows()["count"], clock.now)
    clock.passes(seconds=31)
    assert "left" in jobs()
    jobs("run", "count")
    assert work.times == 1


def test_run_fails_where_the_job_does_and_quotes_nobody(job, work):
    work.error = ValueError("the text of a memory")
    with pytest.raises(CommandError) as refusal:
        jobs("run", "count")
    assert "ValueError" in str(refusal.value)
    assert "the text" not in str(refusal.value)
    assert "failed ValueError" in jobs()


@pytest.mark.parametrize("action", ["run", "ask", "enable", "disable"])
def test_a_name_that_is_no_jobs_is_refused_with_those_that_are(action):
    with pytest.raises(CommandError, match=r"no job nonsense: .*purge_memories"):
        jobs(action, "nonsense")


def test_a_job_is_disabled_and_enabled_by_name(job):
    jobs("disable", "count")
    assert "disabled" in jobs()
    jobs("enable", "count")
    assert "disabled" not in jobs()


def test_ask_makes_a_job_due_before_any_worker_has_looked_too(job):
    jobs("ask", "count")
    assert ScheduledJob.objects.get().next_run_at <= leases.database_now()


def test_ask_does_not_promise_what_is_disabled(job):
    jobs("disable", "count")
    with pytest.raises(CommandError, match="count is disabled"):
        jobs("ask", "count")


def test_dead_letters_are_listed_and_tried_again():
    assert jobs("failed") == "No task was given up."
    one, _ = dead_letter(), dead_letter()
    assert f"{one.pk}" in jobs("failed")
    assert "somewhere.task  10 attempts  builtins.KeyError" in jobs("failed")
    assert jobs("retry", str(one.pk)) == "1 tasks are tried again."
    assert jobs("retry", "all") == "1 tasks are tried again."
    assert jobs("failed") == "No task was given up."
    with pytest.raises(CommandError, match="UUID"):
        jobs("retry", "nonsense")


def test_purge_expired_runs_the_jobs_and_beside_a_worker_too(capsys):
    call_command("purge_expired")
    found = ScheduledJob.objects.in_bulk()
    assert found["purge_memories"].done_total == found["purge_answers"].done_total == 1
    for row in schedule.rows().values():
        schedule.claim(row, leases.database_now())
    call_command("purge_expired")
    assert capsys.readouterr().out == "Purged 0 memories and 0 kept answers.\n" * 2


def test_apps_declare_their_jobs_and_every_worker_looks_for_those_that_are_due(settings):
    assert scheduled()["purge_memories"].run.__name__ == "purge_due"
    assert scheduled()["forget_tasks"] is queue.FORGET_TASKS
    assert of_workers()["jobs"] is DISPATCH
    assert declared().keys() == scheduled().keys() | of_workers().keys()
    assert DISPATCH.loop() is not None
    settings.HUB_JOBS = False
    assert DISPATCH.loop() is None


def test_a_name_that_is_taken_twice_stops_the_start(monkeypatch):
    twice = [Job(name="same", help="", run=int), Job(name="same", help="", run=int)]
    monkeypatch.setattr(installed, "imported", lambda field: twice)
    declared.cache_clear()
    try:
        with pytest.raises(ImproperlyConfigured, match="same"):
            declared()
    finally:
        declared.cache_clear()
