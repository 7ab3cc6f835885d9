"""Waiting for a change that matters to a caller, without a thread and without a connection.

A change announces the keys of what it outdates (`generations.py`), and these are the same.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar
from weakref import WeakKeyDictionary

from memory_hub.accounts.principal import Principal
from memory_hub.caching import generations
from memory_hub.caching.dependencies import caller_key
from memory_hub.caching.generations import Stamp
from memory_hub.rate_limits.limiter import RateLimited
from superthread.generations import of_everything

T = TypeVar("T")

# That wait at once, in one worker.
MOST_OF_A_TOKEN, MOST_OF_A_USER, MOST = 4, 16, 1_000
# Of those that were woken look at once, in one worker.
AT_ONCE = 2

# By person, and by person and token.
_waiting: Counter[int] = Counter()
_with_token: Counter[tuple[int, int | None]] = Counter()
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@contextmanager
def taking_a_place(by: Principal) -> Iterator[None]:
    """A block in which the caller waits. Raises RateLimited where too many do."""
    who = by.user_id, by.token_id
    is_full = _waiting[by.user_id] >= MOST_OF_A_USER or _waiting.total() >= MOST
    if is_full or _with_token[who] >= MOST_OF_A_TOKEN:
        raise RateLimited("Too many requests wait for changes.", headers={"Retry-After": "5"})
    with _counted(_waiting, by.user_id), _counted(_with_token, who):
        yield


@contextmanager
def _counted(places: Counter[T], who: T) -> Iterator[None]:
    places[who] += 1
    try:
        yield
    finally:
        places[who] -= 1
        if not places[who]:
            del places[who]


async def stamp_for(by: Principal) -> Stamp | None:
    """The numbers as they are now, before it is looked what there is; the caller's own first. None
    while a change is being made."""
    return await generations.current().astamp([caller_key(by.user_id), *of_everything(by)])


async def is_another_caller(stamp: Stamp | None) -> bool:
    """Whether something about the caller has changed: they must be asked for anew who they are."""
    return stamp is not None and not await generations.current().ais_current(stamp.first(1))


def turn() -> asyncio.Semaphore:
    """What a waiter holds while it looks: all of them are woken by the same change, and others are
    to find threads as well."""
    loop = asyncio.get_running_loop()
    if loop not in _turns:
        _turns[loop] = asyncio.Semaphore(AT_ONCE)
    return _turns[loop]
