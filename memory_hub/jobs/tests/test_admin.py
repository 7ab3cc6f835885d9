"""Jobs and tasks in the admin."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from memory_hub.jobs import leases, schedule
from memory_hub.jobs.models import QueuedTask, ScheduledJob, Status
from memory_hub.jobs.tests.test_commands import dead_letter
from testing.clients.admin_site import Browser

pytestmark = pytest.mark.django_db

JOBS, TASKS = "/admin/jobs/scheduledjob/", "/admin/jobs/queuedtask/"


@pytest.fixture
def root():
    return Browser()


@pytest.fixture
def watcher():
    """One who may look and not touch."""
    browser = Browser("staff@example.com", is_superuser=False)
    seen = ["view_scheduledjob", "view_queuedtask"]
    browser.user.user_permissions.set(Permission.objects.filter(codename__in=seen))
    return browser


def act(browser, url, action, *ids):
    return browser.send(url, action=action, _selected_action=list(ids))


def test_the_list_shows_state_last_run_and_owner(root):
    schedule.run_now("purge_memories")
    schedule.claim(schedule.rows()["purge_answers"], leases.database_now())
    page = root.text(JOBS)
    for text in ("purge_memories", "done", "running", leases.owner_name(), "forget_tasks"):
        assert text in page
    assert "Deletes memories for good" in root.text(f"{JOBS}purge_memories/change/")


def test_a_row_whose_job_is_no_more_is_not_shown(root):
    ScheduledJob.objects.create(name="of_before", next_run_at=leases.database_now())
    assert "of_before" not in root.text(JOBS)


def test_a_job_is_run_disabled_and_enabled_from_the_list_and_the_log_says_by_whom(root):
    schedule.rows()
    act(root, JOBS, "run_now", "purge_memories")
    assert ScheduledJob.objects.get(pk="purge_memories").next_run_at <= leases.database_now()
    act(root, JOBS, "disable", "purge_memories")
    act(root, JOBS, "run_now", "purge_memories")
    assert not ScheduledJob.objects.get(pk="purge_memories").enabled
    act(root, JOBS, "enable", "purge_memories")
    assert ScheduledJob.objects.get(pk="purge_memories").enabled
    said = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(said) == ["Had it run at once.", "Disabled it.", "Enabled it."]


def test_who_may_only_look_sees_them_and_changes_nothing(watcher):
    schedule.rows()
    assert "purge_memories" in watcher.text(JOBS)
    act(watcher, JOBS, "disable", "purge_memories")
    assert ScheduledJob.objects.get(pk="purge_memories").enabled
    dead = dead_letter()
    act(watcher, TASKS, "try_again", str(dead.pk))
    assert QueuedTask.objects.get().status == Status.FAILED


def test_dead_letters_are_seen_without_their_arguments_and_tried_again(root):
    dead = dead_letter()
    QueuedTask.objects.update(args=["the text of a memory"])
    assert "somewhere.task" in root.text(TASKS)
    page = root.text(f"{TASKS}{dead.pk}/change/")
    assert "KeyError" in page
    assert "the text of a memory" not in page
    act(root, TASKS, "try_again", str(dead.pk))
    assert QueuedTask.objects.get().status == Status.READY
