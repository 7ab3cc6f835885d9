"""Of two processes one at a time carries out large work of a caller, while others are about."""

import asyncio
import subprocess
import sys
from contextlib import contextmanager

import pytest

from memory_hub.threads import worker_pool
from memory_hub.threads.tests.test_worker_pool import told

_OTHER = """
import sys
from pathlib import Path
from memory_hub.threads.large_turns import LargeTurns
turns = LargeTurns(Path(sys.argv[1]))
print(turns.take("flood", 60), flush=True)
sys.stdin.readline()
turns.end("flood")
print("ended", flush=True)
sys.stdin.readline()
"""

_ONCE = """
import sys
from pathlib import Path
from memory_hub.threads.large_turns import LargeTurns
print(LargeTurns(Path(sys.argv[1])).take("flood", 0))
"""


@pytest.fixture(autouse=True)
def path(tmp_path, settings, monkeypatch):
    settings.DATA_DIR = tmp_path
    # Longer than a test waits for what is not to wait.
    monkeypatch.setattr(worker_pool, "LONG", 60)
    return tmp_path / "cache" / "large-turns"


def taken(path):
    """Whether another process has the turn of ``flood`` now, if it asks and does not wait."""
    said = [sys.executable, "-c", _ONCE, path]
    return subprocess.run(said, capture_output=True, text=True, check=True).stdout == "True\n"


@contextmanager
def busy(path):
    """Another process, which does large work of the caller ``flood``; gives what ends that."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", _OTHER, path], text=True, **pipes) as other:
        assert other.stdout.readline() == "True\n"

        def end():
            print(file=other.stdin, flush=True)
            assert other.stdout.readline() == "ended\n"

        yield end
        other.kill()


def test_large_work_waits_for_that_of_the_same_caller_in_another_process(path, release):
    async def story(threads, units):
        units.send("mina")
        await units.have_begun(1)
        units.send("flood", large=True)
        units.send("jun", large=True)
        units.send("flood")
        await units.have_begun(3)
        assert sorted(units.begun) == ["flood", "jun", "mina"]
        end()
        await units.have_begun(4)
        assert units.begun[3:] == ["flood"]
        await units.end()

    with busy(path) as end:
        told(story, 8, 40, release)


def test_it_does_not_wait_for_long(path, release, monkeypatch):
    monkeypatch.setattr(worker_pool, "LONG", 0.01)

    async def story(threads, units):
        units.send("mina")
        units.send("flood", large=True)
        await units.have_begun(2)
        await units.end()

    with busy(path):
        told(story, 8, 40, release)


def test_nobody_waits_while_no_other_caller_is_about(path, release):
    async def story(threads, units):
        units.send("flood", large=True)
        await asyncio.wait_for(units.have_begun(1), 30)
        await units.end()

    with busy(path):
        told(story, 8, 40, release)


def test_others_see_large_work_of_one_who_is_alone_in_a_process(path, release):
    async def story(threads, units):
        units.send("flood", large=True)
        await units.have_begun(1)
        assert not taken(path)
        await units.end()
        assert taken(path)

    told(story, 8, 40, release)


def test_no_thread_waits_beside_large_work_that_another_one_waits_with(path, release):
    async def story(threads, units):
        units.send("mina", 2, large=True)
        await units.have_begun(1)
        units.send("flood", large=True)
        units.send("jun", large=True)
        release.set()
        await asyncio.wait_for(units.have_begun(4), 30)
        await units.end()

    # Of four threads one is for large work.
    with busy(path):
        told(story, 4, 40, release)


def test_the_next_one_has_its_turn_when_one_has_ended(path, release):
    async def story(threads, units):
        units.send("mina")
        units.send("flood", 3, large=True)
        release.set()
        await units.have_begun(4)
        await units.end()
        assert threads._large.take("flood", 0.0)

    told(story, 8, 40, release)


def test_without_a_file_work_goes_on(path, release):
    path.parent.write_text("no directory")

    async def story(threads, units):
        units.send("mina")
        units.send("flood", large=True)
        await units.have_begun(2)
        await units.end()

    told(story, 8, 40, release)
