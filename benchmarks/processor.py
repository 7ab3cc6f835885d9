"""What processes have had of the processor, by the kernel's own accounting (Linux)."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

# Seconds of the clock in which who rests has had no more of the processor than that.
LOOKS_EVERY, AT_REST = 1.0, 0.1
TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of(processes: Iterable[int]) -> float:
    """Of these processes and of all that they started, user and system together; of those that have
    ended as well, once they were waited for."""
    return sum(_seconds(one) + _of_ended(one) for root in processes for one in family(root))


def wait_for_rest(processes: Iterable[int], within: float = 60.0) -> None:
    """Returns when these processes rest: what they do after they have answered is done then.

    Raises RuntimeError when they do not so ``within`` seconds."""
    roots, deadline = list(processes), time.monotonic() + within
    spent = seconds_of(roots)
    while time.monotonic() < deadline:
        time.sleep(LOOKS_EVERY)
        before, spent = spent, seconds_of(roots)
        if spent - before < AT_REST:
            return
    raise RuntimeError("The server did not come to rest")


def family(process: int) -> Iterator[int]:
    """It and all that it started, and they did, and that is there."""
    yield process
    for thread in _threads(process):
        with suppress(OSError):
            for child in (thread / "children").read_text().split():
                yield from family(int(child))


def _seconds(process: int) -> float:
    nanoseconds = 0
    for thread in _threads(process):
        with suppress(OSError):
            nanoseconds += int((thread / "schedstat").read_text().split()[0])
    return nanoseconds / 1e9


def _of_ended(process: int) -> float:
    """Of its children that it has waited for, and theirs."""
    with suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[13]) + int(fields[14])) / TICKS
    return 0.0


def _threads(process: int) -> list[Path]:
    """None of a process that has ended."""
    try:
        return list(Path(f"/proc/{process}/task").iterdir())
    except OSError:
        return []
