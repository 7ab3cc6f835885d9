"""Loops: work that every process does for itself, each in a daemon thread of its own.

Threads of their own, because none may wait for what another waits for: a log line for a slow disk,
a count for a database that is away, a cleared cache for nobody. What they have in common is here:
one start a process, none in a process that only forks others, a new life in the child of a fork,
a last turn at the end, and a failure that ends no loop and fills no log.
"""

import atexit
import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from weakref import WeakSet

from memory_hub.jobs import rounds

logger = logging.getLogger(__name__)

# Seconds between two attempts of a turn that failed: doubled from the first to the last.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0

_made: "WeakSet[Loop]" = WeakSet()
_held = False


class Loop:
    """Calls ``turn`` again and again; it returns the seconds until the next call. The first one
    comes ``delay`` seconds after the start. ``name`` is that of the declared job: its rounds are
    counted under it (`rounds.py`).

    ``last`` is called once at the end, in the same thread, and waited for ``patience`` seconds.
    ``forked`` is called in the child of a fork, where nothing of this process runs: what was begun
    here is the parent's to finish.
    """

    def __init__(
        self,
        name: str,
        turn: Callable[[], float],
        *,
        last: Callable[[], object] | None = None,
        forked: Callable[[], object] | None = None,
        delay: float = 0.0,
        patience: float = 5.0,
    ) -> None:
        self.name, self.delay, self.patience = name, delay, patience
        self._turn, self._last, self._forked = turn, last, forked
        self.renew()
        _made.add(self)

    def renew(self) -> None:
        """Be as one that was never started."""
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._wake = threading.Event()
        self._failures = 0
        self._error = ""
        self.stopping = False

    @property
    def has_last_turn(self) -> bool:
        """Whether there is something to do at the end."""
        return self._last is not None

    @property
    def is_started(self) -> bool:
        """Whether the thread was started in this process; true after its end as well."""
        return self._thread is not None

    def start(self) -> None:
        """Start the thread of this process, once; nothing where the process is held."""
        with self._starting:
            if self._thread is None and not self.stopping and not _held:
                thread = threading.Thread(target=self._run, name=self.name, daemon=True)
                thread.start()
                self._thread = thread
                if self._last is not None:
                    atexit.register(self.stop)

    def wake(self) -> None:
        """Have the next turn begin at once."""
        self._wake.set()

    def note(self, error: Exception) -> None:
        """The round under way, or what an earlier one began, has failed: said by turns that go on
        and come back to it in their own way."""
        self._error = type(error).__name__

    def stop(self) -> None:
        """End the loop and wait for its last turn; a no-op when it was never started."""
        if self._thread is not None and not self.stopping:
            self.stopping = True
            self._wake.set()
            self._thread.join(self.patience)

    def _run(self) -> None:
        with rounds.counting(self.name) as counted:
            pause = self.delay
            while True:
                self._wake.wait(pause)
                self._wake.clear()
                if self.stopping:
                    break
                pause = self._attempt()
                failure, self._error = self._error, ""
                counted.ended(failure)
            if self._last is not None:
                with suppress(Exception):
                    self._last()

    def _attempt(self) -> float:
        try:
            pause = self._turn()
        except Exception as error:
            # The thread must outlive whatever a turn raises.
            self.note(error)
            self._failures += 1
            if self._failures == 1:
                logger.warning("%s goes on later: %s", self.name, type(error).__name__)
            return min(FIRST_PAUSE * 2 ** (self._failures - 1), LONGEST_PAUSE)
        if self._failures:
            logger.info("%s goes on after %d failures", self.name, self._failures)
            self._failures = 0
        return pause


def hold() -> None:
    """Start nothing in this process: it is there to fork others, and a thread would be lost."""
    global _held
    _held = True


def _after_fork() -> None:
    global _held
    _held = False
    for loop in list(_made):
        loop.renew()
        if loop._forked is not None:
            loop._forked()


os.register_at_fork(after_in_child=_after_fork)
