"""Waiting for a change that matters to a caller, without a thread and without a connection.

A change announces the keys of what it outdates (`generations.py`), and these are the same: whoever
waits looks at their numbers ten times a second, which takes about a microsecond.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from memory_hub.accounts.principal import Principal
from memory_hub.caching import generations
from memory_hub.caching.dependencies import caller_key
from memory_hub.caching.generations import Stamp
from memory_hub.rate_limits.limiter import RateLimited
from superthread.generations import of_everything

BEAT = 0.1  # seconds between two looks at this host's numbers
BEAT_OF_HOSTS = 1.0  # seconds between two questions to Redis
MOST_OF_A_TOKEN, MOST = 4, 1_000  # that wait at once, in one worker

_waiting: Counter[tuple[int, int | None]] = Counter()


@contextmanager
def taking_a_place(by: Principal) -> Iterator[None]:
    """A block in which the caller waits. Raises RateLimited where too many do."""
    who = by.user_id, by.token_id
    if _waiting[who] >= MOST_OF_A_TOKEN or _waiting.total() >= MOST:
        raise RateLimited("Too many requests wait for changes.", headers={"Retry-After": "5"})
    _waiting[who] += 1
    try:
        yield
    finally:
        _waiting[who] -= 1
        if not _waiting[who]:
            del _waiting[who]


async def stamp_for(by: Principal) -> Stamp | None:
    """The numbers as they are now, before it is looked what there is; the caller's own first. None
    while a change is being made."""
    return await generations.current().astamp([caller_key(by.user_id), *of_everything(by)])


async def is_another_caller(stamp: Stamp | None) -> bool:
    """Whether something about the caller has changed: they must be asked for anew who they are."""
    return stamp is not None and not generations.current().is_locally_current(stamp.first(1))


async def until_changed(stamp: Stamp | None, seconds: float) -> None:
    """Returns once something was changed since, or after so many seconds."""
    clock = asyncio.get_running_loop().time
    end = clock() + seconds
    asked = clock()
    while (left := end - clock()) > 0:
        await asyncio.sleep(min(BEAT, left))
        if stamp is None or not generations.current().is_locally_current(stamp):
            return
        if generations.current().shared is not None and clock() - asked >= BEAT_OF_HOSTS:
            asked = clock()
            if not await generations.current().ais_current(stamp):
                return
