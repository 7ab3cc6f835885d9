"""What the hub's processes compute while somebody waits.

On a machine with other work a request waits for that too. What the busiest worker computed from the
moment it was meant to be asked until its answer is about the time it would have taken without.
"""

import time
from collections.abc import Iterable

# Of Linux (`clock_getcpuclockid`): the processor time of a whole process, as its scheduler has it.
_OF_PROCESS = 2


def processor_seconds(pid: int) -> float:
    """What a process has computed so far; 0 of one that has ended."""
    try:
        return time.clock_gettime(~pid << 3 | _OF_PROCESS)
    except OSError:
        return 0.0


class Clocks:
    """The clocks of some processes."""

    def __init__(self, pids: Iterable[int] = ()) -> None:
        self._pids = list(pids)

    def read(self) -> list[float]:
        return [processor_seconds(pid) for pid in self._pids]

    def since(self, before: list[float]) -> float:
        """Milliseconds that the busiest has computed since `read` gave this; one that was replaced
        meanwhile counts for nothing."""
        now = self.read()
        return 1000 * max((b - a for a, b in zip(before, now, strict=True)), default=0.0)
