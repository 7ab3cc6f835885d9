"""What every worker does is seen: its rounds in metrics, in the admin and by the command."""

import json
import os
import re
import threading
import time
from datetime import UTC, datetime
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command

from memory_hub.jobs import declared, loops, rounds
from memory_hub.jobs.declared import WorkerJob
from memory_hub.jobs.loops import Loop
from memory_hub.jobs.tests.test_loops import in_a_fork
from testing.clients.admin_site import Browser

pytestmark = pytest.mark.django_db(databases="__all__")

PATIENCE = 60.0  # seconds
OUTCOMES = "done", "failed"


class Work:
    """A turn that fails and is done as told, and whose last round goes on until it is let go."""

    def __init__(self, *outcomes):
        self.outcomes, self.is_begun, self.may_end = [*outcomes], *_events()

    def __call__(self):
        if self.outcomes:
            if error := self.outcomes.pop(0):
                raise error
            return 0.0
        self.is_begun.set()
        assert self.may_end.wait(PATIENCE)
        return 3600.0

    def go_on(self, loop):
        """Ends the round, so that it is counted, and begins another."""
        self.is_begun.clear()
        self.may_end.set()
        loop.wake()
        assert self.is_begun.wait(PATIENCE)


def _events():
    return threading.Event(), threading.Event()


@pytest.fixture
def run(monkeypatch):
    """``run(outcomes)``: a loop of a declared job that is in the round after these."""
    name = f"work_{uuid4().hex[:8]}"
    made = WorkerJob(name=name, help="Does what is to be done.", loop=lambda: None)
    monkeypatch.setattr(declared, "declared", lambda: {name: made})
    monkeypatch.setattr(loops, "FIRST_PAUSE", 0.0)
    begun = []

    def begin(*outcomes):
        work = Work(*outcomes)
        loop = Loop(name, work, patience=PATIENCE)
        begun.append((loop, work))
        loop.start()
        assert work.is_begun.wait(PATIENCE)
        return loop, work

    yield begin
    for loop, work in begun:
        end(loop, work)


def end(loop, work):
    work.may_end.set()
    loop.stop()


@pytest.fixture
def scraped(api):
    """``scraped()``: what metrics say of the one declared job, by what is behind its prefix."""
    operator = api("ops@example.com", scopes=["monitoring:read"])

    def ask():
        text = operator.get("/monitoring/metrics").text
        found = re.findall(r'^memory_hub_worker_job_(\w+)\{name="work_\w+"(.*)\} (.+)$', text, re.M)
        return {name + labels: float(value) for name, labels, value in found}

    return ask


DONE, FAILED = (f'rounds_total,outcome="{outcome}"' for outcome in OUTCOMES)
LAST = "last_round_timestamp_seconds"


def listed():
    said = StringIO()
    call_command("jobs", "list", "--json", stdout=said)
    (told,) = json.loads(said.getvalue())["workers"]
    return told


def test_rounds_and_failed_rounds_are_counted_and_the_last_one_has_a_time(run, scraped):
    before = time.time()
    run(None, ConnectionError(), None, None)
    found = scraped()
    assert before <= found.pop(LAST) <= time.time()
    assert found == {DONE: 3, FAILED: 1, "processes": 1}


def test_what_turns_find_out_themselves_is_a_failed_round_too(run, scraped):
    loop, work = run(None)
    loop.note(ConnectionError())
    end(loop, work)
    assert (scraped()[DONE], scraped()[FAILED]) == (1, 1)


def test_a_loop_that_has_ended_is_not_running_and_another_counts_on(run, scraped):
    loop, work = run(None, None)
    end(loop, work)
    found = scraped()
    assert found == {DONE: 3, FAILED: 0, "processes": 0}
    run(ConnectionError())
    assert (scraped()[DONE], scraped()[FAILED], scraped()["processes"]) == (3, 1, 1)
    # However often workers are replaced, the file does not fill.
    assert [one.name for one in rounds.read()].count(loop.name) == 1


def test_the_time_told_is_that_of_the_process_that_may_stand_still(run, scraped):
    loop, work = run(None)
    before = time.time()
    run(None)
    after = time.time()
    work.go_on(loop)
    found = scraped()
    assert found["processes"] == 2
    assert before <= found[LAST] <= after


def test_the_command_says_who_does_it_and_how_it_failed_and_quotes_nobody(run):
    run(None, ConnectionError("the text of a memory"))
    told = listed()
    assert [one["pid"] for one in told["processes"]] == [os.getpid()]
    last_round, last_failure = told["processes"][0]["last_round_at"], told["last_failure_at"]
    assert datetime.fromisoformat(last_round) == datetime.fromisoformat(last_failure)
    assert (told["done"], told["failed"], told["last_error"]) == (1, 1, "ConnectionError")
    said = StringIO()
    call_command("jobs", stdout=said)
    (line,) = (line for line in said.getvalue().splitlines() if line.startswith(told["name"]))
    moment = rf"{datetime.now(UTC):%Y}-\d\d-\d\d \d\d:\d\d:\d\d"
    assert re.fullmatch(rf"\w+ +1  {moment} +1 +1  {moment} ConnectionError", line)


def test_the_command_names_what_nobody_does(run):
    end(*run())
    assert listed()["processes"] == []
    said = StringIO()
    call_command("jobs", stdout=said)
    assert re.search(r"^work_\w+ +0  - +1 +0  -$", said.getvalue(), re.MULTILINE)


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "What every worker does (of "), ("ko", "모든 작업 프로세스가 하는 일(")],
)
def test_the_admin_lists_it_below_the_jobs_for_who_may_see_those(run, language, title):
    run(None, ConnectionError("the text of a memory"))
    root = Browser()
    root.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    page = root.text("/admin/jobs/scheduledjob/")
    table = page.partition(title)[2]
    cells = [re.sub(r"<.*?>", "", cell) for cell in re.findall(r"<td.*?>(.*?)</td>", table, re.S)]
    name, text, processes, last, done, failed, last_failure, error = cells
    assert re.fullmatch(r"work_\w{8}", name)
    assert text == "Does what is to be done."
    assert (processes, done, failed, error) == (str(os.getpid()), "1", "1", "ConnectionError")
    assert last == last_failure


def pids(loop):
    """Of the processes that do what the loop does."""
    rows = [one for one in rounds.read() if one.name == loop.name]
    return [one.pid for one in rows if one.pid is not None]


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_the_child_of_a_fork_does_none_of_it_and_takes_nothing_away(run, scraped):
    loop, _ = run(None)
    assert in_a_fork(lambda: pids(loop)) == str([os.getpid()])
    assert scraped()["processes"] == 1


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_the_child_of_a_fork_sees_the_end_of_what_its_parent_did(run):
    loop, work = run(None)
    (forked, tell_forked), (ended, tell_ended) = os.pipe(), os.pipe()

    def end_behind_the_fork():
        os.read(forked, 1)
        end(loop, work)
        os.write(tell_ended, b".")

    def see_the_end():
        os.write(tell_forked, b".")
        os.read(ended, 1)
        return pids(loop)

    ending = threading.Thread(target=end_behind_the_fork)
    ending.start()
    assert in_a_fork(see_the_end) == "[]"
    ending.join(PATIENCE)
    for descriptor in (forked, tell_forked, ended, tell_ended):
        os.close(descriptor)


@pytest.mark.parametrize("error", [OSError(), RuntimeError()])
def test_work_is_done_where_nothing_can_be_counted(run, scraped, monkeypatch, caplog, error):
    def fails():
        raise error

    monkeypatch.setattr(rounds, "of_this_host", fails)
    run(None, None)
    assert "is not counted" in caplog.text
    assert scraped() == {DONE: 0, FAILED: 0, "processes": 0}


def test_a_full_file_leaves_a_loop_uncounted_and_at_work(run, monkeypatch, tmp_path):
    monkeypatch.setattr(rounds, "_ROWS", 1)
    few = rounds.HostRounds(tmp_path / "rounds.map")
    monkeypatch.setattr(rounds, "of_this_host", lambda: few)
    run(None)
    run(None, None)
    assert [one.done for one in few.read()] == [1]
