"""How the loops of this host's processes get on: rounds, failures and the last of each, in a
memory-mapped file, so that a round costs no write to a database and anybody may look.

Each loop of each process counts in a row of its own. Whose a row is says a lock that the kernel
takes from a process that ends, however it ends. The next loop of that name goes on with a row that
was left: sums never fall, and rows are no more than loops that ran at one time.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from pathlib import Path

from django.conf import settings

from memory_hub.core.mapped_file import WORD, MappedFile, read_text, write_text
from memory_hub.core.process_turns import ProcessTurns

logger = logging.getLogger(__name__)

_WORDS = 24
_ROWS = 1024
_LAYOUT = 0x6D68_726F_756E_6431
_PROCESS, _ENDED_AT, _DONE, _FAILED, _FAILED_AT = range(5)
_NAME, _ERROR = slice(8, 16), slice(16, 24)


@dataclass(frozen=True, slots=True)
class Rounds:
    """What one row tells. Times are seconds since 1970; the start of a loop counts as the end of a
    round, so that one that never ends is seen. ``pid`` is None for a row that was left."""

    name: str
    pid: int | None
    ended_at: float
    done: int
    failed: int
    failed_at: float
    error: str


class Row:
    """Where one loop counts; only its thread writes."""

    def __init__(self, words: memoryview) -> None:
        self._words = words

    @property
    def name(self) -> str:
        return read_text(self._words[_NAME])

    def begin(self, name: str) -> None:
        """Go on from what others have counted here."""
        write_text(self._words[_NAME], name)
        self._words[_PROCESS], self._words[_ENDED_AT] = os.getpid(), time.time_ns()

    def ended(self, error: str) -> None:
        """A round has ended; ``error`` is the type of what it failed with, or empty."""
        now = time.time_ns()
        if error:
            write_text(self._words[_ERROR], error)
            self._words[_FAILED_AT] = now
            self._words[_FAILED] += 1
        else:
            self._words[_DONE] += 1
        self._words[_ENDED_AT] = now

    def read(self, is_held: bool) -> Rounds:
        words = self._words
        return Rounds(
            name=self.name,
            pid=words[_PROCESS] if is_held else None,
            ended_at=words[_ENDED_AT] / 1e9,
            done=words[_DONE],
            failed=words[_FAILED],
            failed_at=words[_FAILED_AT] / 1e9,
            error=read_text(words[_ERROR]),
        )


class HostRounds:
    """The rows in the file ``path``; made when missing. Raises OSError and RuntimeError as
    MappedFile does. One of a process: closing the file of locks would give all of them up."""

    def __init__(self, path: Path) -> None:
        self._file = MappedFile(path, _WORDS * (_ROWS + 1), _LAYOUT)
        self._turns = ProcessTurns(path.with_suffix(".lock"), pause=0.0)
        self._mine: set[int] = set()

    def take(self, name: str) -> tuple[int, Row] | None:
        """A row for a loop of this process, and its number; None when there is none left."""
        with self._file.locked():
            for number in range(_ROWS):
                row = self._row(number)
                if row.name in (name, "") and not self._is_held(number):
                    self._turns.take(0.0, number)
                    self._mine.add(number)
                    row.begin(name)
                    return number, row
        return None

    def leave(self, number: int) -> None:
        """The loop has ended; another one may go on there."""
        with self._file.locked():
            self._mine.discard(number)
            self._turns.end(number)

    def read(self) -> list[Rounds]:
        """What all rows tell."""
        with self._file.locked():
            rows = takewhile(lambda row: row.name, map(self._row, range(_ROWS)))
            return [row.read(self._is_held(number)) for number, row in enumerate(rows)]

    def _row(self, number: int) -> Row:
        start = _WORDS * (number + 1)
        return Row(self._file.words[start : start + _WORDS])

    def _is_held(self, number: int) -> bool:
        """Asks for the lock: what a process holds itself it would be given once more."""
        if number in self._mine:
            return True
        if not self._turns.take(0.0, number):
            return True
        self._turns.end(number)
        return False


_making = threading.Lock()


@lru_cache(maxsize=1)
def _made() -> HostRounds:
    return HostRounds(settings.DATA_DIR / "cache" / "rounds.map")


def of_this_host() -> HostRounds:
    """The one of this process."""
    with _making:
        return _made()


def _after_fork() -> None:
    # The rows are the parent's, and so may be the lock.
    global _making
    _making = threading.Lock()
    _made.cache_clear()


os.register_at_fork(after_in_child=_after_fork)


@contextmanager
def counting(name: str) -> Iterator[Row]:
    """The row of a loop for as long as it runs; where the host has none, one that nobody sees."""
    taken = _taken(name)
    if taken is None:
        yield Row(memoryview(bytearray(WORD * _WORDS)).cast("Q"))
        return
    number, row = taken
    try:
        yield row
    finally:
        of_this_host().leave(number)


def read() -> list[Rounds]:
    """What is counted of this host's loops, of those that run and of those that did; nothing where
    the host has no room for it."""
    try:
        return of_this_host().read()
    except (OSError, RuntimeError):
        return []


def _taken(name: str) -> tuple[int, Row] | None:
    try:
        return of_this_host().take(name)
    except (OSError, RuntimeError) as error:
        # It is work that is to be done, counted or not.
        logger.warning("What %s does is not counted: %s", name, type(error).__name__)
        return None
