"""Which streams this worker has open, and the end of all of them with the worker."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from memory_hub.core.errors import Unavailable
from memory_hub.core.identity import Identity
from memory_hub.rate_limits.limiter import RateLimited

# Streams that are open at once, in one worker.
MOST_OF_A_USER, MOST = 16, 1_000

_open: set["asyncio.Future[None]"] = set()  # what ends each
_of_user: Counter[int] = Counter()
_ending = False  # whether this worker is


def refuse_if_full(by: Identity) -> None:
    """Raises RateLimited where this person has too many open, Unavailable where all together have
    or the worker is about to end."""
    if _ending or len(_open) >= MOST:
        raise Unavailable("No more streams can be opened here just now.")
    if _of_user[by.user_id] >= MOST_OF_A_USER:
        text = f"You have {MOST_OF_A_USER} streams open."
        raise RateLimited(text, headers={"Retry-After": "5"})


@contextmanager
def taking_a_place(by: Identity) -> Iterator["asyncio.Future[None]"]:
    """A block in which a stream is open; what is given is done when it is to end."""
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    _open.add(over)
    _of_user[by.user_id] += 1
    if _ending:
        over.set_result(None)
    try:
        yield over
    finally:
        _open.discard(over)
        _of_user[by.user_id] -= 1
        if not _of_user[by.user_id]:
            del _of_user[by.user_id]


def end_all() -> None:
    """Ends all streams of this worker, which is about to end; no more are opened. On its loop."""
    global _ending
    _ending = True
    for over in _open:
        if not over.done():
            over.set_result(None)


def count() -> int:
    """How many are open in this worker."""
    return len(_open)
