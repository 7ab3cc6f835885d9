"""Whose turn it is to write to a file of SQLite, over threads and processes.

SQLite itself lets writers try again and again, with pauses of up to a tenth of a second: who writes
all the time finds it free, and who writes once may wait for all of those. Here they stand in line:
callers take turns among the threads of a process, and processes take turns. What writes without a
turn (a statement outside of a transaction, another program) is waited for by SQLite as ever.
"""

import os
import threading
import time
from collections.abc import Hashable
from pathlib import Path

from memory_hub.core.process_turns import ProcessTurns

# Seconds between two looks at what another process holds.
PAUSE = 0.001


class _Waiting:
    """A thread in the line, and whose work it does."""

    def __init__(self, caller: Hashable) -> None:
        self.caller = caller
        self.called = threading.Event()


class WriterTurns:
    """The turns at one database; ``path`` is the file of ``ProcessTurns``. Safe for threads."""

    def __init__(self, path: Path) -> None:
        self._processes = ProcessTurns(path, pause=PAUSE)
        self._lock = threading.Lock()
        self._line: list[_Waiting] = []
        # Whose turn it is, and whose it was while there was always somebody in line; last at last.
        self._is_taken = False
        self._had: dict[Hashable, None] = {}

    def take(self, caller: Hashable, seconds: float) -> bool:
        """Waits for this thread's turn, for so long; whether it has come. ``end`` must follow."""
        until = time.monotonic() + seconds
        waiting = self._enter(caller)
        if waiting is not None and not waiting.called.wait(seconds) and self._left(waiting):
            return False
        if self._processes.take(until):
            return True
        self._call_next()
        return False

    def end(self) -> None:
        """This thread's turn is over."""
        self._processes.end()
        self._call_next()

    def _enter(self, caller: Hashable) -> _Waiting | None:
        with self._lock:
            if self._is_taken:
                waiting = _Waiting(caller)
                self._line.append(waiting)
                return waiting
            self._is_taken = True
            self._had = {caller: None}
            return None

    def _left(self, waiting: _Waiting) -> bool:
        """Whether it could leave the line; else its turn has come just now."""
        with self._lock:
            if waiting.called.is_set():
                return False
            self._line.remove(waiting)
            return True

    def _call_next(self) -> None:
        with self._lock:
            if not self._line:
                self._is_taken = False
                return
            order = {caller: place for place, caller in enumerate(self._had)}
            waiting = min(self._line, key=lambda one: order.get(one.caller, -1))
            self._line.remove(waiting)
            self._had.pop(waiting.caller, None)
            self._had[waiting.caller] = None
            waiting.called.set()


_turns: dict[tuple[int, str], WriterTurns | None] = {}
_making = threading.Lock()


def turns_of(database: str) -> WriterTurns | None:
    """This process's turns at the database of this name; a forked child makes its own. None where
    no file can be beside it: on a full disk, or read-only."""
    where = os.getpid(), database
    with _making:
        if _turns.get(where) is None:
            try:
                _turns[where] = WriterTurns(Path(f"{database}-writers"))
            except OSError:
                return None
        return _turns[where]
