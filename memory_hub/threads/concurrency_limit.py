"""How many worker threads run at once: one while many wait and the event loop comes late.

Threads that compute take turns with the event loop, which needs its turn again for every message.
With many of them it comes late to everything, also to telling callers that there is no room.
Threads that wait, for a lock or for a database on another host, are in nobody's way: the loop is in
time then, and all may run.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds that the event loop takes to notice that a unit of work has ended.
LATE, IN_TIME = 0.02, 0.005
PAUSE = 0.05  # seconds between two changes
# Seconds that a thread waits for its turn at most: those before it must be waiting themselves.
PATIENCE = 0.25


class ConcurrencyLimit:
    """Turns of threads in the order of their coming, at most ``limit`` at once of ``most``."""

    def __init__(self, most: int) -> None:
        self.most = self.limit = most
        self._running = 0
        self._line: deque[threading.Event] = deque()
        self._lock = threading.Lock()
        self._changed = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Begins when it is this thread's turn."""
        self._come()
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Within a turn, a block in which this thread waits and others run."""
        self._leave()
        try:
            yield
        finally:
            self._come()

    def heard(self, late: float, *, crowded: bool) -> None:
        """Tells that the event loop noticed the end of a unit after so many seconds.

        While not many wait (``crowded``) nobody is refused, and lateness does no harm.
        """
        now = time.monotonic()
        if now - self._changed < PAUSE:
            return
        self._changed = now
        if crowded and late > LATE:
            self.limit = 1
        elif self.limit < self.most and (not crowded or late < IN_TIME):
            self.limit += 1

    def _come(self) -> None:
        with self._lock:
            gate = self._enter()
        if gate is not None and not gate.wait(PATIENCE):
            self._push_in(gate)

    def _enter(self) -> threading.Event | None:
        """What to wait for: nothing, or an event that is set at one's turn."""
        if self._running < self.limit:
            self._running += 1
            return None
        gate = threading.Event()
        self._line.append(gate)
        return gate

    def _push_in(self, gate: threading.Event) -> None:
        with self._lock:
            # Else its turn has come just now.
            if gate in self._line:
                self._line.remove(gate)
                self._running += 1

    def _leave(self) -> None:
        with self._lock:
            self._running -= 1
            while self._line and self._running < self.limit:
                self._running += 1
                self._line.popleft().set()
