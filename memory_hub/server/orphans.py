"""Workers end with their master, however it ends.

One that lives on would hold the port and answer with the code of before. Each waits at a pipe whose
other end only the master has open: the kernel closes it when the master is gone.
"""

import os
import signal
import threading

# Seconds to finish what was asked before; a killed master leaves nothing after five.
GRACE_SECONDS = 3.5

_line: tuple[int, int] | None = None


def open_line() -> None:
    """In the master, before it forks."""
    global _line
    if _line is None:
        _line = os.pipe()


def end_with_master() -> None:
    """In a worker, after the fork."""
    if _line is None:  # started by something else
        return
    reading, writing = _line
    os.close(writing)
    threading.Thread(target=_wait, args=(reading,), name="hub-orphan", daemon=True).start()


def _wait(reading: int) -> None:
    # Nothing is ever written: it returns at the end of the master.
    os.read(reading, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
