"""Which process of a host looks for what is due: one is enough, and each would need a connection
for it.

A lock on a file, which the kernel takes from a process that ends, however it ends. Nothing rests on
it but memory and the number of questions: who carries something out is decided in the database.
"""

import fcntl
import os
from pathlib import Path


class Lookout:
    """The lock of this process on ``path``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._is_held = False

    def is_mine(self) -> bool:
        """Whether this process is the one; takes the lock where it is free."""
        if self._descriptor is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not self._is_held:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._is_held = True
            except BlockingIOError:
                pass
        return self._is_held

    def give_up(self) -> None:
        """Let another process be the one."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor, self._is_held = None, False
