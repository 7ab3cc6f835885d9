"""What processes have had of the processor, by the kernel's own accounting (Linux)."""

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

# Seconds of the clock in which who rests has had no more of the processor than that.
LOOKS_EVERY, AT_REST = 1.0, 0.1


def seconds_of(processes: Iterable[int]) -> dict[int, float]:
    """Of each of these processes and of all that they started, user and system together.

    Of those that ended meanwhile nothing is told: compare by process (``between``).
    """
    return {process: _seconds(process) for root in processes for process in _family(root)}


def between(before: dict[int, float], after: dict[int, float]) -> float:
    """Seconds of those that there are afterwards; one that is just ending counts for nothing."""
    gained = (spent - before.get(process, 0.0) for process, spent in after.items())
    return sum(max(0.0, seconds) for seconds in gained)


def wait_for_rest(processes: Iterable[int], within: float = 60.0) -> None:
    """Returns when these processes rest: what they do after they have answered is done then.

    Raises RuntimeError when they do not so ``within`` seconds."""
    roots, deadline = list(processes), time.monotonic() + within
    spent = seconds_of(roots)
    while time.monotonic() < deadline:
        time.sleep(LOOKS_EVERY)
        before, spent = spent, seconds_of(roots)
        if between(before, spent) < AT_REST:
            return
    raise RuntimeError("The server did not come to rest")


def _family(process: int) -> Iterator[int]:
    yield process
    for thread in _threads(process):
        with suppress(OSError):
            for child in (thread / "children").read_text().split():
                yield from _family(int(child))


def _seconds(process: int) -> float:
    nanoseconds = 0
    for thread in _threads(process):
        with suppress(OSError):
            nanoseconds += int((thread / "schedstat").read_text().split()[0])
    return nanoseconds / 1e9


def _threads(process: int) -> list[Path]:
    """None of a process that has ended."""
    try:
        return list(Path(f"/proc/{process}/task").iterdir())
    except OSError:
        return []
