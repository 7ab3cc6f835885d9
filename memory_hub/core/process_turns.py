"""Turns that processes of a host take, in the order of their coming as far as two of them go.

Locks of a file, for the kernel drops those of a process that dies.
"""

import fcntl
import os
import time
from pathlib import Path


class ProcessTurns:
    """Turns at things by their numbers, of each one process at a time. Of a process one thread at a
    time asks for a thing.

    ``path`` is an empty file of its own: a process's locks on it are dropped when the process
    closes the file anywhere. Raises OSError where there can be none.
    """

    def __init__(self, path: Path, *, pause: float) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._pause = pause  # seconds between two looks at what another process holds

    def take(self, until: float, number: int = 0) -> bool:
        """Waits for the turn until that moment of the monotonic clock; whether it has come.
        ``end`` must follow."""
        mine, following = 2 * number, 2 * number + 1
        if not self._locked(following, until):
            return False
        try:
            # Others that come again at once cannot overtake one that waits here.
            return self._locked(mine, until)
        finally:
            self._unlock(following)

    def end(self, number: int = 0) -> None:
        """The turn is over."""
        self._unlock(2 * number)

    def _locked(self, byte: int, until: float) -> bool:
        while True:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
            except (BlockingIOError, PermissionError):
                if time.monotonic() >= until:
                    return False
                time.sleep(self._pause)
            else:
                return True

    def _unlock(self, byte: int) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, byte)
