"""Words of 64 bits in a memory-mapped file that all processes of one host share.

An aligned store of eight bytes is indivisible: what is one word needs no lock. What is more takes
`locked`, which keeps out other threads and other processes.
"""

import contextlib
import fcntl
import mmap
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

WORD = 8  # bytes


class MappedFile:
    """`size` words in `path`; made when missing, readable by its owner only.

    With a `layout`, the first word is that number, and a fresh file is given to `begin` before
    anybody else may see it. Raises RuntimeError for a file of another layout, and OSError where
    none can be made: the room is reserved at once, for a full disk would be a SIGBUS later.
    """

    def __init__(
        self,
        path: Path,
        size: int,
        layout: int | None = None,
        begin: Callable[[memoryview], None] | None = None,
    ) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._thread_lock = threading.Lock()
        self._open()
        status = os.fstat(self._descriptor)
        self._identity = (status.st_dev, status.st_ino)
        with self.locked():
            os.posix_fallocate(self._descriptor, 0, WORD * size)
            self.words = memoryview(mmap.mmap(self._descriptor, WORD * size)).cast("Q")
            if layout is not None:
                self._lay_out(layout, begin)

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError, OSError):
            os.close(self._descriptor)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Alone among all threads and processes that use the file (about 2 µs)."""
        with self._thread_lock:
            if self._process != os.getpid():
                # A lock is its descriptor's, which a fork shares: each process has one of its own.
                # The new one first: a number that was closed and fails to be opened is another's.
                parents = self._descriptor
                self._open()
                os.close(parents)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            try:
                yield
            finally:
                # By name: the map holds a copy of the descriptor, and the lock with it.
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def is_in_place(self) -> bool:
        """Whether the path still leads to this file: other processes would use another one."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return False
        return (found.st_dev, found.st_ino) == self._identity

    def _open(self) -> None:
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._process = os.getpid()

    def _lay_out(self, layout: int, begin: Callable[[memoryview], None] | None) -> None:
        if self.words[0] == 0:
            if begin:
                begin(self.words)
            self.words[0] = layout
        elif self.words[0] != layout:
            raise RuntimeError(f"{self.path} is not a file of this version")


def read_text(words: memoryview) -> str:
    """What `write_text` put there."""
    return words.tobytes().rstrip(b"\0").decode("utf-8", "replace")


def write_text(words: memoryview, text: str) -> None:
    """As much of the text as the words have room for."""
    room = len(words) * WORD
    words.cast("B")[:] = text.encode()[:room].ljust(room, b"\0")
