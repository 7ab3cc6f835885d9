"""Taking turns: of several threads one works at a time, and gives way now and then."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class ThreadTurns:
    """Who waits longest is next; whoever gives way goes to the end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    @contextmanager
    def mine(self) -> Iterator[None]:
        """A block that begins when it is this thread's turn, which ends with it."""
        self._take()
        try:
            yield
        finally:
            self._end()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Within ``mine``, a block in which others work."""
        self._end()
        try:
            yield
        finally:
            self._take()

    def give_way(self) -> None:
        """Within ``mine``, let all work first who wait already."""
        if self._waiting:
            with self.aside():
                pass

    def _take(self) -> None:
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return
            mine = threading.Event()
            self._waiting.append(mine)
        mine.wait()

    def _end(self) -> None:
        with self._lock:
            if self._waiting:
                # Handed over: nobody who comes now is before them.
                self._waiting.popleft().set()
            else:
                self._is_taken = False
