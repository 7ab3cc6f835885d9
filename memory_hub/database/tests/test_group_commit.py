"""Group commit: who waits is written together, and nobody fails for another's item."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, OperationalError

from memory_hub.database.group_commit import GroupCommit

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
        while len(self.write._waiting) < count:  # there is no event for it: nobody else needs one
            threading.Event().wait(0.001)


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


def test_after_an_error_the_next_one_is_written():
    writer = Writer()
    writer.go_on.set()
    for _ in range(2):
        with pytest.raises(OperationalError):
            writer.write(666)
    assert writer.write(7) == 49
