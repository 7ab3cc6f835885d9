"""Of several threads one works at a time, and whoever gives way goes to the end."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from memory_hub.threads.turns import ThreadTurns
from testing.polling import wait_until

PATIENCE = 60


class Broken(Exception):
    """What goes wrong while somebody works."""


@pytest.fixture
def turns():
    return ThreadTurns()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def test_one_works_at_a_time(turns, threads):
    at_work, most, all_there = [], [], Barrier(8)

    def work(number):
        all_there.wait(PATIENCE)
        for _ in range(200):
            with turns.mine():
                at_work.append(number)
                most.append(len(at_work))
                at_work.remove(number)

    list(threads.map(work, range(8)))
    assert set(most) == {1}


def test_who_waits_longest_is_next(turns, threads):
    order, begun = [], []

    def work(name):
        with turns.mine():
            order.append(name)

    with turns.mine():
        for name in "abc":
            begun.append(threads.submit(work, name))
            # There is no event for it: nobody else needs one.
            wait_until(lambda: len(turns._waiting) == len(begun))
        turns.give_way()
        order.append("the first again")
    for one in begun:
        one.result(PATIENCE)
    assert order == ["a", "b", "c", "the first again"]


def test_who_stands_aside_holds_nobody_up(turns, threads):
    with turns.mine(), turns.aside():
        assert threads.submit(lambda: _worked(turns)).result(PATIENCE)


def test_a_turn_ends_with_an_error_too(turns, threads):
    with pytest.raises(Broken), turns.mine():
        raise Broken
    assert threads.submit(lambda: _worked(turns)).result(PATIENCE)


def test_with_nobody_waiting_no_way_is_given(turns):
    with turns.mine():
        turns.give_way()
        assert turns._is_taken


def _worked(turns):
    with turns.mine():
        return True
