"""Repeating calls to Google: reads freely, writes only when nothing can have been committed."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from google_docs.errors import Gone, GoogleDocsError, NoAnswer

T = TypeVar("T")


class Safety(Enum):
    """What a second execution of a call would do."""

    READ = "read"
    # A write that leaves the same state when it is done twice.
    REPEATABLE = "repeatable"
    # A write that would be done twice.
    ONCE = "once"


@dataclass(frozen=True)
class Policy:
    """Full jitter between 0 and min(cap, base·2ⁿ), as Google's guide advises; in seconds."""

    tries: int = 5
    base: float = 1.0
    cap: float = 32.0
    deadline: float = 20.0

    def pause(self, failures: int, asked: float | None, rng: Callable[[], float]) -> float:
        """How long to wait after so many failures; never less than Google asked for."""
        jitter = rng() * min(self.cap, self.base * 2**failures)
        return jitter if asked is None else asked + jitter * 0.1


def may_repeat(error: GoogleDocsError, safety: Safety, *, patient: bool = False) -> bool:
    """Whether a call that failed like this may be sent again; whoever is `patient` waits for a
    Google that is gone."""
    if patient and isinstance(error, Gone):
        return True
    sure = error.untouched and not error.answered
    return error.transient and (safety is not Safety.ONCE or sure)


async def persist(
    attempt: Callable[[float], Awaitable[T]],
    *,
    safety: Safety,
    policy: Policy,
    patient: bool = False,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    rng: Callable[[], float] = random.random,
) -> T:
    """Await `attempt(seconds left)` until it succeeds, may not be repeated, or time is up."""
    end = clock() + policy.deadline
    for failures in range(policy.tries):
        left = end - clock()
        if left <= 0:
            break
        try:
            return await attempt(left)
        except GoogleDocsError as error:
            # The first lost connection is most likely a kept-alive one that Google had closed.
            at_once = failures == 0 and error.lost_connection
            pause = 0.0 if at_once else policy.pause(failures, error.retry_after, rng)
            last = failures + 1 == policy.tries
            if last or not may_repeat(error, safety, patient=patient) or clock() + pause >= end:
                raise
        await sleep(pause)
    raise NoAnswer("The time for this call ran out before Google answered.")
