"""Giving memory back to the system after requests that took much of it.

glibc keeps what is freed: by default each thread's part of the heap (up to eight for each
processor) grows to the most that its requests ever took, and blocks of up to 32 MB, once freed, are
kept for the next ones of their size. Other C libraries have none of these functions, and nothing is
done.
"""

import ctypes
import gc
import threading
from collections.abc import Callable
from contextlib import suppress
from os import environ

# Numbers of glibc's malloc.h, and what they are set to: parts of the heap; bytes of a block from
# which on it is mapped by itself and gone as soon as it is freed; free bytes kept at the end.
_PARAMETERS = {
    "MALLOC_ARENA_MAX": (-8, 2),
    "MALLOC_MMAP_THRESHOLD_": (-3, 128 * 1024),
    "MALLOC_TRIM_THRESHOLD_": (-1, 2**20),
}
# Seconds between a large request and the return of what it and others freed.
DELAY = 5.0


def keep_little() -> None:
    """Have the allocator of this process, and of those it forks, keep little of what is freed.

    What the environment says of a parameter holds, under glibc's own name of it.
    """
    with suppress(AttributeError, OSError):
        set_parameter = ctypes.CDLL(None).mallopt
        for name, (number, value) in _PARAMETERS.items():
            if name not in environ:
                set_parameter(number, value)


class Trimmer:
    """Gives back in a few seconds what is free between what is in use, and once more where more
    was wanted meanwhile: what is freed after the last large request goes back too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_due = self._is_wanted = False
        # Called when it has given back what it could and nothing large has ended since.
        self.settled: Callable[[], object] = bool

    @property
    def is_due(self) -> bool:
        """Whether it will give something back in the next seconds."""
        return self._is_due

    def soon(self) -> None:
        """Give back what is free, a few seconds from now."""
        with self._lock:
            self._is_wanted = True
            if not self._is_due:
                self._wait()

    def _wait(self) -> None:
        self._is_due, self._is_wanted = True, False
        timer = threading.Timer(DELAY, self._trim)
        timer.daemon = True
        timer.start()

    def _trim(self) -> None:
        # Of requests that were given up there are rings that only the collector frees.
        gc.collect()
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)
        if not self._is_wanted:
            self.settled()
        with self._lock:
            self._is_due = False
            if self._is_wanted:
                self._wait()


trimmer = Trimmer()
