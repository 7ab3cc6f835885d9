"""Beginning anew: a new epoch that every live worker acknowledges."""

from time import monotonic, sleep

from monitoring.record.flusher import flusher
from monitoring.store import tables

ACKNOWLEDGE_SECONDS = 10.0  # workers look every second, and flush within some milliseconds
LOOK_SECONDS = 0.1

acknowledged = tables.acknowledged


def begin(by: str, *, recording: bool = True) -> int:
    """Begin a new epoch in the name of ``by`` and return its number.

    A process that records (a worker; not a command) counts what it has in the old epoch first and
    acknowledges at once.
    """
    if recording:
        flusher.flush()
    epoch = tables.begin_epoch(by)
    if recording:
        flusher.flush()
    return epoch


def wait(epoch: int, seconds: float = ACKNOWLEDGE_SECONDS) -> tuple[int, int]:
    """Return how many of the live workers acknowledged, as soon as it is all of them."""
    deadline = monotonic() + seconds
    while True:
        done, alive = acknowledged(epoch)
        if done >= alive or monotonic() > deadline:
            return done, alive
        sleep(LOOK_SECONDS)
