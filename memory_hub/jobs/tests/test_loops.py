"""Loops: the threads of every process, their start, their end, and their failures."""

import os
import threading

import pytest

from memory_hub.jobs import loops
from memory_hub.jobs.loops import Loop


class Turns:
    """A turn that tells of each call, and fails where told to."""

    def __init__(self, pause=0.0):
        self.pause, self.fails, self.count = pause, False, 0
        self.changed = threading.Condition()

    def __call__(self):
        with self.changed:
            self.count += 1
            self.changed.notify_all()
        if self.fails:
            raise ConnectionError("the text of a memory")
        return self.pause

    def reach(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: self.count >= count, 10)


@pytest.fixture
def turns():
    return Turns()


@pytest.fixture
def loop(turns):
    made = Loop("a loop", turns)
    yield made
    made.stop()


def test_a_loop_takes_turn_after_turn_until_it_is_stopped(loop, turns):
    loop.start()
    turns.reach(3)
    loop.stop()
    assert not loop._thread.is_alive()


def test_a_loop_has_one_thread_however_often_it_is_started(loop, turns):
    before = threading.active_count()
    for _ in range(3):
        loop.start()
    turns.reach(1)
    assert threading.active_count() == before + 1


def test_a_loop_that_sleeps_can_be_woken(loop, turns):
    turns.pause = 3600.0
    loop.start()
    turns.reach(1)
    loop.wake()
    turns.reach(2)


def test_the_last_turn_is_taken_at_the_end_and_once(turns):
    turns.pause, last = 3600.0, []
    loop = Loop("a loop", turns, last=lambda: last.append("last"))
    loop.start()
    turns.reach(1)
    loop.stop()
    loop.stop()
    assert last == ["last"]


def test_a_loop_that_was_never_started_has_no_last_turn(turns):
    last = []
    Loop("a loop", turns, last=lambda: last.append("last")).stop()
    assert last == []


def test_a_failure_ends_no_loop_and_is_told_once(loop, turns, caplog, monkeypatch):
    monkeypatch.setattr(loops, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(loops, "LONGEST_PAUSE", 0.001)
    caplog.set_level("INFO")
    turns.fails = True
    loop.start()
    turns.reach(5)
    turns.fails = False
    turns.reach(turns.count + 2)
    loop.stop()
    told = [record.getMessage() for record in caplog.records]
    assert told[0] == "a loop goes on later: ConnectionError"
    assert len(told) == 2
    assert told[1].startswith("a loop goes on after ")


def test_the_pauses_after_failures_grow_to_a_bound(loop, turns):
    turns.fails = True
    assert [loop._attempt() for _ in range(6)] == [1, 2, 4, 8, 15, 15]
    turns.fails, turns.pause = False, 7.0
    assert loop._attempt() == 7.0
    turns.fails = True
    assert loop._attempt() == 1


def in_a_fork(work):
    """What the function returns in a forked child, a line of text."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(work()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_the_child_of_a_fork_has_no_loop_until_it_starts_its_own(turns):
    turns.pause, forked = 3600.0, []
    loop = Loop("a loop", turns, forked=lambda: forked.append("forked"))
    loop.start()
    turns.reach(1)
    assert in_a_fork(lambda: (loop.is_started, forked)) == "(False, ['forked'])"

    def start():
        loop.start()
        turns.reach(2)
        return turns.count

    assert in_a_fork(start) == "2"
    loop.stop()
    assert forked == []


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_nothing_runs_in_a_process_that_only_forks_others(turns, monkeypatch):
    monkeypatch.setattr(loops, "_held", False)
    loops.hold()
    loop = Loop("a loop", turns)
    loop.start()
    assert not loop.is_started

    def start():
        loop.start()
        turns.reach(1)
        return loop.is_started

    assert in_a_fork(start) == "True"
