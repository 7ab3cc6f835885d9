"""Who may write to a file of SQLite: callers take turns, and so do processes."""

import os
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, transaction

from memory_hub.core.callers import calling
from memory_hub.database.sqlite3.turns import WriterTurns
from memory_hub.database.waiting import waiting_at_most
from testing.polling import wait_until

LONG = 60.0


@pytest.fixture
def path(tmp_path):
    return tmp_path / "hub-writers"


@pytest.fixture
def turns(path):
    return WriterTurns(path)


@contextmanager
def in_line(turns, callers):
    """Threads of these callers wait for a turn, in this order; gives the order in which they had
    one, once all were joined."""
    had, threads = [], []

    def have_one(caller):
        assert turns.take(caller, LONG)
        had.append(caller)
        turns.end()

    for caller in callers:
        threads.append(threading.Thread(target=have_one, args=[caller]))
        threads[-1].start()
        # There is no event for it: nobody else needs one.
        wait_until(lambda: len(turns._line) == len(threads))
    yield had
    for thread in threads:
        thread.join()


def test_who_writes_once_waits_for_one_turn_of_who_writes_all_the_time(turns):
    assert turns.take("busy", LONG)
    with in_line(turns, ["busy", "busy", "busy", "other", "third"]) as had:
        turns.end()
    assert had == ["other", "third", "busy", "busy", "busy"]


def test_callers_take_turns_however_many_threads_they_have(turns):
    assert turns.take("a", LONG)
    with in_line(turns, ["a", "a", "b", "b"]) as had:
        turns.end()
    assert had == ["b", "a", "b", "a"]


def test_who_has_waited_long_enough_leaves_the_line(turns):
    assert turns.take("a", LONG)
    assert not turns.take("b", 0.01)
    with in_line(turns, ["c"]) as had:
        turns.end()
    assert had == ["c"]


_OTHER = """
import sys
from pathlib import Path
from memory_hub.database.sqlite3.turns import WriterTurns
turns = WriterTurns(Path(sys.argv[1]))
print(turns.take("other", 60), flush=True)
sys.stdin.readline()
if sys.argv[2] == "ends":
    turns.end()
    print("ended", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def other_process(path, what):
    """Another process, which asks for a turn at once."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", _OTHER, path, what], text=True, **pipes) as other:
        yield other
        other.kill()


def test_a_process_waits_for_the_turn_of_another_one(turns, path):
    with other_process(path, "ends") as other:
        assert other.stdout.readline() == "True\n"
        assert not turns.take("a", 0.01)
        print(file=other.stdin, flush=True)
        assert other.stdout.readline() == "ended\n"
        assert turns.take("a", 0.0)


def test_a_process_that_dies_has_no_turn_any_more(turns, path):
    with other_process(path, "dies") as other:
        assert other.stdout.readline() == "True\n"
        other.kill()
        assert turns.take("a", LONG)


def test_a_process_that_writes_all_the_time_lets_another_one_write(turns, path):
    assert turns.take("a", LONG)
    with other_process(path, "ends") as other, in_line(turns, ["a"] * 4) as had:
        while _is_free(path):
            os.sched_yield()
        turns.end()
        # It had its turn while others of this process were still waiting.
        assert other.stdout.readline() == "True\n"
        assert had == []
        print(file=other.stdin, flush=True)


def _is_free(path):
    """Whether nobody of another process waits: who does has the second byte."""
    probe = "import fcntl, os, sys; file = os.open(sys.argv[1], os.O_RDWR)\ntry: fcntl.lockf(file"
    probe += ", fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 1)\nexcept OSError: sys.exit(1)"
    return subprocess.run([sys.executable, "-c", probe, path], check=False).returncode == 0


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
class TestTransactions:
    @pytest.fixture
    def line(self):
        """The turns at the database of this test."""
        with transaction.atomic():
            return connection._turns

    def test_a_transaction_is_a_turn_of_its_caller_until_it_ends(self, line):
        token = calling.set("mina")
        try:
            with transaction.atomic():
                assert connection._turns is line
                assert list(line._had) == ["mina"]
        finally:
            calling.reset(token)
        assert connection._turns is None
        assert not line._is_taken

    def test_one_that_is_rolled_back_ends_its_turn(self, line):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            1 / 0  # noqa: B018 - raises
        assert not line._is_taken

    def test_a_closed_connection_ends_its_turn(self, line):
        with transaction.atomic():
            connection.close()
            # Django does as much as soon as something fails.
            connection.set_rollback(True)
        assert not line._is_taken

    def test_who_waits_for_little_is_told_that_the_database_is_locked(self, line):
        assert line.take("other", LONG)
        try:
            with (
                pytest.raises(OperationalError, match="locked"),
                waiting_at_most(0.01, connection),
                transaction.atomic(),
            ):
                pass
        finally:
            line.end()
        with transaction.atomic():
            assert connection._turns is line
