"""Large units of work of one caller take turns over all processes of a host.

In each process a caller has one of them at a time; with as many processes as processors one caller
would still have all of these.
"""

import time
from collections.abc import Hashable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from memory_hub.core.process_turns import ProcessTurns

PAUSE = 0.005  # seconds between two looks at what another process does


class LargeTurns:
    """The turns that are taken by the locks of a file; none where no file can be had: on a full
    disk, or read-only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turns: ProcessTurns | None = None

    def take(self, caller: Hashable, patience: float) -> bool:
        """Waits until no other process does the like for the caller, for so many seconds; whether
        it is this one's turn, and ``end`` must follow. For one thread of this process at a time."""
        turns = self._opened()
        with suppress(OSError):
            return turns is not None and turns.take(time.monotonic() + patience, _number_of(caller))
        return False

    def end(self, caller: Hashable) -> None:
        """The turn is over."""
        if self._turns is not None:
            with suppress(OSError):
                self._turns.end(_number_of(caller))

    def _opened(self) -> ProcessTurns | None:
        if self._turns is None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._turns = ProcessTurns(self._path, pause=PAUSE)
            except OSError:
                return None
        return self._turns


def _number_of(caller: Hashable) -> int:
    """The same in all processes; callers that share one take turns with each other."""
    return int.from_bytes(blake2b(repr(caller).encode(), digest_size=4).digest())
