"""Group commit: who waits is written together, and nobody fails for another's item."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, OperationalError

from memory_hub.core import deadline
from memory_hub.core.deadline import CommitUnanswered, Deadline, TimeIsUp
from memory_hub.database.group_commit import GroupCommit
from testing.polling import wait_until

WAIT = 20


class Writer:
    """Writes numbers down as their squares; holds the first group until it is told to go on."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.write = GroupCommit(self._write, most=4)

    def _write(self, numbers: list[int]) -> list[int]:
        self.groups.append(numbers)
        if len(self.groups) == 1:
            self.begun.set()
            assert self.go_on.wait(WAIT)
        if 13 in numbers:
            raise IntegrityError("13 is refused")
        if 666 in numbers:
            raise OperationalError("the disk is full")
        if 1000 in numbers:
            raise SystemExit
        return [number * number for number in numbers]

    def results(self, *numbers: int) -> list:
        """What became of each: the first is written alone while the others come, in order."""
        with ThreadPoolExecutor(len(numbers)) as pool:
            futures = [pool.submit(self.write, numbers[0])]
            assert self.begun.wait(WAIT)
            for count, number in enumerate(numbers[1:], 1):
                futures.append(pool.submit(self.write, number))
                self._until_waiting(count)
            self.go_on.set()
            outcomes = [(future.exception(WAIT), future) for future in futures]
        return [type(error) if error else future.result() for error, future in outcomes]

    def _until_waiting(self, count: int) -> None:
        # There is no event for it: nobody else needs one.
        wait_until(lambda: len(self.write._waiting) >= count)


def test_what_comes_meanwhile_is_written_together_and_bounded():
    writer = Writer()
    assert writer.results(1, 2, 3, 4, 5, 6) == [1, 4, 9, 16, 25, 36]
    assert writer.groups == [[1], [2, 3, 4, 5], [6]]


def test_nobody_fails_for_what_the_database_refuses_of_another():
    writer = Writer()
    assert writer.results(1, 2, 13, 3) == [1, 4, IntegrityError, 9]
    assert writer.groups == [[1], [2, 13, 3], [2], [13], [3]]


@pytest.mark.parametrize(("bad", "kind"), [(666, OperationalError), (1000, SystemExit)])
def test_an_error_of_the_whole_reaches_all_of_the_group_and_no_other(bad, kind):
    writer = Writer()
    assert writer.results(1, 2, bad, 3, 4, 5) == [1, kind, kind, kind, kind, 25]
    assert writer.groups == [[1], [2, bad, 3, 4], [5]]  # nothing is written twice


@pytest.mark.parametrize("late", ["while it waits", "while it is written"])
def test_whose_request_is_given_up_is_not_stored_and_the_others_are(late):
    deadlines = {number: Deadline(WAIT) for number in (2, 3, 4)}
    stored: list[int] = []

    def write(numbers: list[int]) -> list[int]:
        outcomes = writer._write(numbers)
        if 3 in numbers:
            deadlines[3].end()
        # As a transaction does at its end.
        with deadline.changing():
            stored.extend(numbers)
        return outcomes

    def ask(number: int) -> int:
        deadline.current.set(deadlines.get(number))
        return writer.write(number)

    writer = Writer()
    writer.write = GroupCommit(write, most=4)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask, 1)]
        assert writer.begun.wait(WAIT)
        for count, number in enumerate(deadlines, 1):
            asked.append(pool.submit(ask, number))
            writer._until_waiting(count)
        if late == "while it waits":
            deadlines[3].end()
        writer.go_on.set()
        errors = [one.exception(WAIT) for one in asked]
    assert [type(error) for error in errors if error] == [TimeIsUp]
    assert sorted(stored) == [1, 2, 4]
    assert [one.may_have_changed for one in deadlines.values()] == [True, False, True]


def test_after_an_error_the_next_one_is_written():
    writer = Writer()
    writer.go_on.set()
    for _ in range(2):
        with pytest.raises(OperationalError):
            writer.write(666)
    assert writer.write(7) == 49


def test_several_items_of_one_thread_are_judged_each_by_itself():
    writer = Writer()
    writer.go_on.set()
    results = writer.write.each([(number, None) for number in (1, 2, 13, 3, 4, 666, 5)])
    kinds = [type(one) if isinstance(one, Exception) else one for one in results]
    assert kinds == [1, 4, IntegrityError, 9, *[OperationalError] * 3]
    assert writer.groups == [[1, 2, 13, 3], [1], [2], [13], [3], [4, 666, 5]]
    assert writer.write.each([]) == []
    assert writer.write(7) == 49


def test_several_items_of_threads_are_written_together():
    writer = Writer()
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(writer.write.each, [(1, None)])]
        assert writer.begun.wait(WAIT)
        for several, waiting in (((2, 3, 4), 3), ((5, 6, 7), 6)):
            items = [(number, None) for number in several]
            asked.append(pool.submit(writer.write.each, items))
            writer._until_waiting(waiting)
        writer.go_on.set()
        assert [one.result(WAIT) for one in asked] == [[1], [4, 9, 16], [25, 36, 49]]
    assert writer.groups == [[1], [2, 3, 4, 5], [6, 7]]


def test_an_unknown_outcome_tells_each_of_what_it_is_about_itself():
    def lost(numbers: list[int]) -> list[int]:
        raise CommitUnanswered

    deadlines = [Deadline(WAIT), Deadline(WAIT)]
    for number, one in enumerate(deadlines):
        one.members["doc_id"] = f"memory {number}"
    results = GroupCommit(lost, most=4).each([(0, deadlines[0]), (1, deadlines[1])])
    assert [one.problem.extra["doc_id"] for one in results] == ["memory 0", "memory 1"]
