"""A loop that begins on demand: not before, and in the process that carries out what is due."""

import threading
from types import SimpleNamespace

import pytest

from memory_hub.jobs import on_demand
from memory_hub.jobs.loops import Loop
from memory_hub.jobs.on_demand import OnDemand

PATIENCE = 60.0  # seconds
RUNNER = f"{__name__}.runner"
made: list[SimpleNamespace] = []


def runner():
    """What a loop runs; it is made when it is first asked for."""
    if not made:
        turned = threading.Semaphore(0)

        def turn():
            turned.release()
            return 3600.0

        made.append(SimpleNamespace(loop=Loop("sample", turn, last=lambda: None), turned=turned))
    return made[0]


@pytest.fixture(autouse=True)
def _no_runner():
    yield
    for one in made:
        one.loop.stop()
    made.clear()


def turns():
    """Waits for a turn; the rest of an hour goes by before the next that nobody wakes."""
    assert runner().turned.acquire(timeout=PATIENCE)


def carries_out(monkeypatch, *, is_started):
    loop = SimpleNamespace(is_started=is_started)
    monkeypatch.setattr(on_demand, "dispatcher", lambda: SimpleNamespace(loop=loop))


def test_nothing_is_made_before_a_look_finds_something():
    wanted = []
    found = OnDemand(RUNNER, is_wanted=lambda: wanted)
    found.look()
    assert (made, found.loop()) == ([], None)
    wanted.append("one")
    found.look()
    assert found.loop() is runner().loop
    turns()


def test_a_look_wakes_what_is_due_and_nothing_else():
    due = []
    found = OnDemand(RUNNER, is_wanted=lambda: True, is_due=lambda: due)
    found.look()
    turns()
    found.look()
    assert not runner().loop._wake.is_set()
    due.append("one")
    found.look()
    turns()


def test_what_is_wanted_once_is_not_asked_again():
    asked = []
    found = OnDemand(RUNNER, is_wanted=lambda: asked.append(1) or True)
    for _ in range(3):
        found.look()
    assert asked == [1]


def test_it_is_woken_only_where_what_is_due_is_carried_out(monkeypatch):
    found = OnDemand(RUNNER, is_wanted=lambda: False)
    carries_out(monkeypatch, is_started=False)
    found.wake()
    assert (made, found.loop()) == ([], None)
    carries_out(monkeypatch, is_started=True)
    found.wake()
    turns()
    found.wake()
    turns()
