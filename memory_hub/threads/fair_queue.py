"""Whose turn it is: units of work wait in a line for each caller, and the lines take turns.

In one line for all, whoever sent two hundred requests was waited for by everybody else.
"""

import threading
import time
from collections import deque
from collections.abc import Hashable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

# Seconds for which one who asked for something counts as being about.
ABOUT = 1.0
# Seconds after which it is looked whether a unit waits for something, a lock or another host, and
# those after which one that computes is not waited for any more.
SHORT, LONG = 0.1, 1.0
# Who waits computes less than this part of the time.
IDLE = 0.05


class Waiting(NamedTuple, Generic[T]):
    """A unit's place in the line of its caller."""

    unit: T
    caller: Hashable
    large: bool
    number: int


class _Running:
    """A unit that runs in the present thread: since when, and whether it computes or waits."""

    __slots__ = ("_begun", "_clock", "_computed", "_looked_at", "_waits", "large")

    def __init__(self, *, large: bool) -> None:
        self.large = large
        # macOS has no such clocks; there all that is not short is taken to wait.
        clock_of = getattr(time, "pthread_getcpuclockid", None)
        self._clock = clock_of(threading.get_ident()) if clock_of else None
        self._begun = self._looked_at = time.monotonic()
        self._computed = self._computed_now()
        self._waits = False

    def is_waited_for(self, now: float) -> bool:
        """Whether the next unit of the same caller begins later, while others are about."""
        if now - self._begun < SHORT:
            return True
        if self.large or now - self._begun >= LONG:
            return False
        if now - self._looked_at >= SHORT:
            computed = self._computed_now()
            self._waits = computed - self._computed <= IDLE * (now - self._looked_at)
            self._computed, self._looked_at = computed, now
        return not self._waits

    def _computed_now(self) -> float:
        return 0.0 if self._clock is None else time.clock_gettime(self._clock)


class _Line(Generic[T]):
    """What one caller waits for, each kind in the order of its coming, and what they have."""

    __slots__ = ("large_runs", "running", "waiting")

    def __init__(self) -> None:
        # Usual ones, and large ones.
        self.waiting: tuple[deque[Waiting[T]], deque[Waiting[T]]] = (deque(), deque())
        # By their numbers.
        self.running: dict[int, _Running] = {}
        self.large_runs = False

    def __len__(self) -> int:
        return len(self.running) + sum(map(len, self.waiting))


class FairQueue(Generic[T]):
    """Hands units out to ``size`` threads, one of each caller in turn. Safe for threads.

    A caller has at most half of the threads, and one large unit at a time; large units of all
    callers have a quarter of the threads. So there is always a thread for one who has none. While
    others are about, a caller's next unit begins when the one before it has ended, turned out to
    wait for something, or computed for long: threads that compute share one processor, and four of
    one caller would leave others a fifth of it. Beside a large unit goes a usual one.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._of_one, self._of_large = max(1, size // 2), max(1, size // 4)
        self._lines: dict[Hashable, _Line[T]] = {}  # whose turn it is comes first
        self._lock = threading.Lock()
        self._active = self._large = self._number = 0
        # Who came last, and when that was another one than before.
        self._last: Hashable = None
        self._shared_at = -ABOUT

    def held_by(self, caller: Hashable) -> int:
        """How many units of the caller wait or run."""
        line = self._lines.get(caller)
        return 0 if line is None else len(line)

    @property
    def is_shared(self) -> bool:
        """Whether several callers are about."""
        return time.monotonic() - self._shared_at < ABOUT

    @property
    def has_large(self) -> bool:
        """Whether a large unit runs."""
        return self._large > 0

    @property
    def has_next_large(self) -> bool:
        """Whether a large unit waits for no other one of its caller."""
        with self._lock:
            return any(one.waiting[True] and not one.large_runs for one in self._lines.values())

    def put(self, unit: T, caller: Hashable, *, large: bool) -> bool:
        """Add a unit. True where one more thread has to come and ``take`` until there is None."""
        with self._lock:
            line = self._lines.setdefault(caller, _Line())
            if caller is not None and caller != self._last:  # None is the hub itself
                if self._last is not None:
                    self._shared_at = time.monotonic()
                self._last = caller
            self._number += 1
            line.waiting[large].append(Waiting(unit, caller, large, self._number))
            return self._wants_a_thread()

    def look_again(self) -> bool:
        """Whether one more thread has to come for what waits: units that run may have turned out
        to wait, or to be long."""
        with self._lock:
            return self._wants_a_thread()

    def take(self) -> tuple[Waiting[T] | None, bool]:
        """The next unit for a thread, and whether one more thread has to come.

        None sends the thread away: what waits, if anything, waits for a unit that runs.
        """
        with self._lock:
            place = self._next()
            if place is None:
                self._active -= 1
                return None, False
            line = self._lines.pop(place.caller)
            line.waiting[place.large].popleft()
            line.running[place.number] = _Running(large=place.large)
            if place.large:
                line.large_runs = True
                self._large += 1
            self._lines[place.caller] = line  # behind all others
            return place, self._wants_a_thread()

    def done(self, place: Waiting[T]) -> None:
        """Tell that a unit has ended; its thread comes back to ``take``."""
        with self._lock:
            line = self._lines[place.caller]
            del line.running[place.number]
            if place.large:
                line.large_runs = False
                self._large -= 1
            if not line:
                del self._lines[place.caller]

    def _wants_a_thread(self) -> bool:
        if self._active >= self._size or self._next() is None:
            return False
        self._active += 1
        return True

    def _next(self) -> Waiting[T] | None:
        now = time.monotonic()
        is_shared = self.is_shared
        for line in self._lines.values():
            place = self._first_of(line)
            if place is None:
                continue
            if not (is_shared and any(one.is_waited_for(now) for one in line.running.values())):
                return place
        return None

    def _first_of(self, line: _Line[T]) -> Waiting[T] | None:
        if len(line.running) >= self._of_one:
            return None
        usual, large = line.waiting
        may_be_large = large and not line.large_runs and self._large < self._of_large
        if not may_be_large:
            return usual[0] if usual else None
        return usual[0] if usual and usual[0].number < large[0].number else large[0]
