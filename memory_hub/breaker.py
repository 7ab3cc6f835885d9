"""A breaker: after a failure, leave a service alone for a while instead of waiting for it."""

import threading
import time
from collections.abc import Callable


class Breaker:
    """Closed while calls succeed; a failure opens it for `open_seconds`, then one may probe."""

    def __init__(
        self, open_seconds: float = 5.0, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._open_seconds = open_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._open_until = 0.0
        self._tripped = False

    @property
    def closed(self) -> bool:
        return not self._tripped

    def allows(self) -> bool:
        """Whether a call may be made now. While open, true once per `open_seconds`: the probe."""
        if not self._tripped:
            return True
        with self._lock:
            now = self._clock()
            if self._tripped and now < self._open_until:
                return False
            # Whoever comes while the probe is under way must not wait for it as well.
            self._open_until = now + self._open_seconds
            return True

    def succeeded(self) -> None:
        if self._tripped:
            with self._lock:
                self._tripped = False

    def failed(self) -> None:
        with self._lock:
            self._tripped = True
            self._open_until = self._clock() + self._open_seconds
