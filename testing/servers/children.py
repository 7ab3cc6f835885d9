"""Child processes that do not outlive whoever started them."""

import ctypes
import signal
import sys
from functools import partial
from typing import Any

PR_SET_PDEATHSIG = 1  # prctl(2)


def ends_with_parent(by: signal.Signals = signal.SIGTERM) -> dict[str, Any]:
    """Options of Popen: the child gets this signal when its parent dies, however it dies (Linux).

    To Linux the parent is the thread that starts the child: take one that lives long enough.
    """
    if sys.platform != "linux":
        return {}
    return {"preexec_fn": partial(ctypes.CDLL(None).prctl, PR_SET_PDEATHSIG, by)}
