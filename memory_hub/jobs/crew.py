"""Threads beside a loop: what takes long goes on in them while the loop looks on."""

import threading
import time
from collections.abc import Callable, Hashable

from django.db import connections


class Crew:
    """At most ``most`` threads, one for each key; each ends with its work and closes its
    connections. Safe for threads."""

    def __init__(self, name: str, most: int) -> None:
        self._name, self._most = name, most
        self.forget()

    def forget(self) -> None:
        """Be as one that was never asked: in a fork the threads are the parent's."""
        self._lock = threading.Lock()
        self._at_work: dict[Hashable, threading.Thread] = {}

    @property
    def has_room(self) -> bool:
        """Whether one more thread would be begun."""
        return len(self._at_work) < self._most

    def begin(self, key: Hashable, work: Callable[[], object]) -> bool:
        """Has the work done in a thread of its own, unless there is one for the key; False where
        there is no room.

        Raises RuntimeError where the system has none: the loop comes back later.
        """
        with self._lock:
            if key in self._at_work:
                return True
            if not self.has_room:
                return False
            thread = threading.Thread(
                target=self._carry_out, args=(key, work), name=self._name, daemon=True
            )
            self._at_work[key] = thread
        try:
            thread.start()
        except RuntimeError:
            with self._lock:
                del self._at_work[key]
            raise
        return True

    def threads(self) -> list[threading.Thread]:
        """Those that are at work."""
        with self._lock:
            return list(self._at_work.values())

    def finish(self, seconds: float) -> None:
        """Waits so long at most for what is under way; the work is told otherwise to end."""
        until = time.monotonic() + seconds
        for thread in self.threads():
            thread.join(max(0.0, until - time.monotonic()))

    def _carry_out(self, key: Hashable, work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            connections.close_all()
            with self._lock:
                self._at_work.pop(key, None)
