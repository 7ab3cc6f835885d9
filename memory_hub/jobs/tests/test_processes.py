"""Jobs and tasks among real processes: on two hosts, killed, with a database that is lost."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest

from testing.servers.children import ends_with_parent
from testing.servers.hub import ROOT

pytestmark = pytest.mark.drill

PATIENCE = 60  # seconds, on a loaded machine
SAMPLE = "memory_hub.jobs.tests.sample"


class Hosts:
    """Processes that work on one database, each as one of another host would; and the notes that
    their jobs and tasks made."""

    def __init__(self, hub):
        self.hub, self.open, self._hosts = hub, ExitStack(), 0
        self.notes_file = hub.data_dir.parent / "notes"
        self.notes_file.touch()
        self.log = self.open.enter_context((hub.data_dir / "server.log").open("ab"))
        self._console = self._start("-m", f"{SAMPLE}.console")

    def _start(self, *arguments, **variables):
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self.hub.environment, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            bufsize=1,
            **ends_with_parent(signal.SIGKILL),
        )
        for end in (process.wait, process.stdout.close, process.stdin.close, process.kill):
            self.open.callback(end)
        return process

    def worker(self):
        """A started process that looks for jobs and tasks, on a host of its own."""
        self._hosts += 1
        own = self.hub.data_dir.with_name(f"host{self._hosts}")
        own.mkdir()
        for file in self.hub.data_dir.glob("*.sqlite3"):
            (own / file.name).symlink_to(file)
        process = self._start("manage.py", "jobs", "--skip-checks", "work", HUB_DATA_DIR=str(own))
        assert process.stdout.readline() == "Looking for jobs and tasks.\n"
        return process

    def enqueue(self, code):
        """Have another process carry out a line of code, which enqueues something."""
        self._console.stdin.write(f"{code}\n")
        assert self._console.stdout.readline() == "done\n"

    def notes(self):
        return [line.split() for line in self.notes_file.read_text().splitlines()]

    def words(self):
        return [word for word, _ in self.notes()]

    def until(self, condition):
        """Waits for the notes to fulfil a condition."""
        end = time.monotonic() + PATIENCE
        while not condition(self.notes()):
            assert time.monotonic() < end, self.notes()
            select.select([], [], [], 0.02)  # files cannot be waited for


@pytest.fixture
def hosts(nursery, tmp_path):
    directory = tmp_path / "data"
    directory.mkdir()
    hub = nursery.hub(directory, DJANGO_SETTINGS_MODULE=f"{SAMPLE}.settings")
    made = Hosts(hub)
    with made.open:
        yield made


def test_a_worker_that_is_killed_in_a_task_is_followed_by_another_one(hosts, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    first, second = hosts.worker(), hosts.worker()
    hosts.enqueue(f"stay.enqueue('a', {str(pipe)!r})")
    hosts.until(lambda notes: len(notes) == 1)
    by_pid = {first.pid: first, second.pid: second}
    holder = by_pid.pop(int(hosts.notes()[0][1]))
    os.kill(holder.pid, signal.SIGKILL)
    hosts.until(lambda notes: len(notes) == 2)
    pipe.write_bytes(b"go on")
    hosts.until(lambda notes: len(notes) == 3)
    (other,) = by_pid
    assert hosts.notes() == [
        ["began-a", str(holder.pid)],
        ["began-a", str(other)],
        ["ended-a", str(other)],
    ]


def test_a_long_task_of_a_worker_that_lives_is_nobody_elses(hosts, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for _ in range(2):
        hosts.worker()
    hosts.enqueue(f"stay.enqueue('a', {str(pipe)!r})")
    hosts.until(lambda notes: len(notes) == 1)
    # Others are carried out meanwhile, for longer than two leases.
    for number in range(4):
        hosts.enqueue(f"say.using(run_after=soon(1.2)).enqueue('{number}')")
        hosts.until(lambda notes, number=number: [str(number)] in [note[:1] for note in notes])
    pipe.write_bytes(b"go on")
    hosts.until(lambda notes: notes[-1][0] == "ended-a")
    assert hosts.words().count("began-a") == 1


def test_two_hosts_at_once_do_each_task_and_each_job_once(hosts):
    workers = [hosts.worker() for _ in range(3)]
    hosts.enqueue("[say.enqueue(f'w{n}') for n in range(60)]")
    hosts.enqueue("ask_for_count()")
    hosts.until(lambda notes: len(notes) >= 61)
    assert sorted(hosts.words()) == sorted([f"w{n}" for n in range(60)] + ["count"])
    assert {int(pid) for _, pid in hosts.notes()} <= {process.pid for process in workers}
    listed = hosts.hub.manage("jobs")
    assert "60 successful" in listed


def test_a_worker_that_is_told_to_end_finishes_what_it_has_begun(hosts, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    worker = hosts.worker()
    hosts.enqueue(f"stay.enqueue('a', {str(pipe)!r})")
    hosts.until(lambda notes: len(notes) == 1)
    worker.send_signal(signal.SIGTERM)
    pipe.write_bytes(b"go on")
    assert worker.wait(PATIENCE) == 0
    assert hosts.words() == ["began-a", "ended-a"]
    assert "1 successful" in hosts.hub.manage("jobs")


def test_the_workers_of_a_hub_run_a_job_that_is_due(new_hub):
    hub = new_hub()
    hub.manage("jobs", "ask", "purge_memories")
    end = time.monotonic() + PATIENCE
    while "done" not in (listed := hub.manage("jobs")):
        assert time.monotonic() < end, listed
    jobs = json.loads(hub.manage("jobs", "list", "--json"))["jobs"]
    done = [(job["name"], job["last_outcome"], job["owner"]) for job in jobs if job["done"]]
    assert done == [("purge_memories", "done", "")]


@pytest.mark.only_on("postgresql")
def test_a_worker_outlives_a_lost_database_and_says_so_once(hosts):
    import psycopg2

    worker = hosts.worker()
    hosts.enqueue("say.enqueue('before')")
    hosts.until(lambda notes: len(notes) == 1)
    url = hosts.hub.environment["DATABASE_URL"]
    server, name = url.rsplit("/", 1)
    admin = psycopg2.connect(f"{server}/postgres")
    admin.autocommit = True
    try:
        with admin.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            log = hosts.hub.data_dir / "server.log"
            end = time.monotonic() + PATIENCE
            while "jobs goes on later" not in log.read_text():
                assert time.monotonic() < end
                select.select([], [], [], 0.02)
            select.select([], [], [], 2)  # some attempts
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    finally:
        admin.close()
    hosts.enqueue("say.enqueue('after')")
    hosts.until(lambda notes: len(notes) == 2)
    assert worker.poll() is None
    assert log.read_text().count("jobs goes on later") == 1
