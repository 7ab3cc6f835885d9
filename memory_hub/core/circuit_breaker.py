"""A breaker: after failures, leave a service alone for a while instead of trying it."""

import threading
import time
from collections.abc import Callable


class Breaker:
    """Closed while calls succeed; `failures` in a row open it for `open_seconds`, then one may
    probe: its failure opens it again, the first success closes it."""

    def __init__(
        self,
        open_seconds: float = 5.0,
        *,
        failures: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.open_seconds = open_seconds
        self._failures = failures
        self._clock = clock
        self._lock = threading.Lock()
        self._open_until = 0.0
        self._in_a_row = 0
        self._tripped = False
        self._probing = False

    @property
    def closed(self) -> bool:
        return not self._tripped

    @property
    def is_open(self) -> bool:
        """Whether it is of no use to ask now: no probe is due, and none is under way."""
        return self._tripped and not self._probing and self._clock() < self._open_until

    def allows(self) -> bool:
        """Whether a call may be made now. While open, true once per `open_seconds`: the probe."""
        if not self._tripped:
            return True
        with self._lock:
            now = self._clock()
            if self._tripped and now < self._open_until:
                return False
            # Whoever comes while the probe is under way must not wait for it as well.
            self._open_until = now + self.open_seconds
            self._probing = self._tripped
            return True

    def succeeded(self) -> None:
        if self._in_a_row:
            with self._lock:
                self._in_a_row = 0
                self._tripped = self._probing = False

    def failed(self) -> None:
        with self._lock:
            self._in_a_row += 1
            self._tripped = self._in_a_row >= self._failures
            self._probing = False
            self._open_until = self._clock() + self.open_seconds
