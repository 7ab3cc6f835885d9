"""Beginning anew: a new epoch that every live worker acknowledges."""

from time import monotonic, sleep

from memory_hub.core import deadline
from monitoring.record.flusher import flusher
from monitoring.store import tables

# Workers look every second, and flush within some milliseconds.
ACKNOWLEDGE_SECONDS = 10.0
LOOK_SECONDS = 0.1

acknowledged = tables.acknowledged


def begin(by: str, *, recording: bool = True) -> int:
    """Begin a new epoch in the name of ``by`` and return its number.

    A process that records (a worker; not a command) counts what it has in the old epoch first and
    acknowledges at once.
    """
    if recording:
        _count()
    epoch = tables.begin_epoch(by)
    if recording:
        _count()
    return epoch


def _count() -> None:
    """What is counted is counted all the same when the request for a new epoch is given up."""
    with deadline.aside():
        flusher.flush()


def wait(epoch: int, seconds: float = ACKNOWLEDGE_SECONDS) -> tuple[int, int]:
    """Return how many of the live workers acknowledged, as soon as it is all of them."""
    end = monotonic() + seconds
    while True:
        done, alive = acknowledged(epoch)
        if done >= alive or monotonic() > end:
            return done, alive
        sleep(LOOK_SECONDS)
