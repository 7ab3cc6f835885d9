"""A worker that large requests have left large makes room for a fresh one.

What is freed goes back to the system in whole arenas of a megabyte, and after a large request a few
small objects that live on hold most of them: a worker of 110 MB had 180 MB when all was over. So
once it is quiet, it ends as at a restart, after the requests under way, and the master forks
another from the application that it has loaded. Meanwhile connections wait in the socket's backlog
where no other worker takes them.
"""

import fcntl
import logging
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer

from django.conf import settings

from memory_hub.caching import registry
from memory_hub.core import budget
from memory_hub.core.allocator import trimmer
from memory_hub.jobs.loops import Loop
from memory_hub.threads.worker_pool import worker_threads

logger = logging.getLogger(__name__)

# Of each worker there is so many are replaced in so many seconds, at most.
TIMES, SECONDS = 3, 600.0
# Seconds until a worker that may not end now looks again, and between two looks at a usual one.
AGAIN = 10.0
# Beside its caches, a worker may hold `growth` more than at its start, or so many times what it
# usually does, which counts as far as it is so many times the growth.
OF_USUAL, MOST_GROWTHS = 1.15, 3
_BUDGETS = (budget.answers, budget.passwords, budget.comparisons)


class Recycling:
    """Watches the memory of this process after large requests.

    ``path`` is a file that all workers of the host share: whoever holds its lock ends, and in it
    stands how many did, and when the last ones.
    """

    def __init__(self, path: Path, workers: int, growth: int) -> None:
        """``growth``: bytes."""
        self._path, self._most, self._growth = path, TIMES * workers, growth
        self._first = self._usual = _own_bytes()
        self._lock = Lock()
        self._waits = False
        # The open file whose lock says that this worker ends.
        self._place = -1

    def note_usual(self) -> float:
        """Notes what the worker holds while nothing large is or was under way; the turn of a loop.

        What it kept of a large request before, and was not too much, is usual from then on.
        """
        with self._lock:
            if not (self._waits or trimmer.is_due or _is_at_something_large()):
                self._usual = self._held()
        return AGAIN

    def look(self) -> None:
        """End this worker if it is too large and nothing keeps it; else look again later."""
        # A full disk, a directory taken away: it stays.
        with self._lock, suppress(OSError):
            excess = self._held() - self._usual
            if self._place >= 0 or self._held() <= self._limit():
                return
            if not _is_at_something_large() and self._may_end():
                logger.info("This worker is replaced: it kept %d MB", excess >> 20)
                os.kill(os.getpid(), signal.SIGTERM)
            elif not self._waits:
                self._waits = True
                timer = Timer(AGAIN, self._look_again)
                timer.daemon = True
                timer.start()

    def _look_again(self) -> None:
        with self._lock:
            self._waits = False
        # Else it will be called when what is free now has been given back.
        if not trimmer.is_due:
            self.look()

    def _held(self) -> int:
        """What it holds beside its caches."""
        return _own_bytes() - registry.housekeeper().weight()

    def _limit(self) -> float:
        usual = min(OF_USUAL * self._usual, self._first + MOST_GROWTHS * self._growth)
        return max(self._first + self._growth, usual)

    def _may_end(self) -> bool:
        """Whether it is this worker's turn, which it then has until it is gone."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        place = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._note_end(place)
        except (BlockingIOError, _Enough):
            os.close(place)
            return False
        self._place = place
        return True

    def _note_end(self, place: int) -> None:
        """Writes that one more ends. Raises _Enough where too many have of late."""
        count, times = _read(os.read(place, 1 << 16))
        now = time.time()
        # A clock that was set back must not keep everybody for hours.
        times = [then for then in times if 0 <= now - then < SECONDS]
        if len(times) >= self._most:
            raise _Enough
        os.truncate(place, 0)
        os.pwrite(place, " ".join(map(repr, (count + 1, *times, now))).encode(), 0)


class _Enough(Exception):
    """As many workers as may were replaced a moment ago."""


def _read(text: bytes) -> tuple[int, list[float]]:
    """How many workers were replaced, and when the last ones."""
    try:
        count, *times = text.split()
        return int(count), [float(one) for one in times]
    except ValueError:
        # None yet, or cut off by a full disk.
        return 0, []


def _is_at_something_large() -> bool:
    return worker_threads().has_large or any(one.spent for one in _BUDGETS)


def _own_bytes() -> int:
    """What this process has in memory that is no file's."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0]) * 1024


def _path() -> Path:
    return settings.DATA_DIR / "cache" / "replaced"


def begin(workers: int) -> None:
    """In a worker of so many, before it serves; nothing where it is turned off, or the
    system does not tell what a process holds."""
    with suppress(OSError, IndexError):
        if settings.HUB_WORKER_GROWTH_MB:
            growth = settings.HUB_WORKER_GROWTH_MB * 2**20
            recycling = Recycling(_path(), workers, growth)
            trimmer.settled = recycling.look
            Loop("memory", recycling.note_usual, delay=AGAIN).start()


def replaced() -> int:
    """How many workers of this host were replaced so far."""
    try:
        return _read(_path().read_bytes())[0]
    except OSError:
        return 0
