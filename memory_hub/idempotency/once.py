"""Carrying a request out at most once per key."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import DatabaseError, transaction
from django.http import HttpResponse

from memory_hub import limits
from memory_hub.errors import HubError
from memory_hub.idempotency import answers
from memory_hub.idempotency.claim import Claim
from memory_hub.idempotency.twins import alone
from memory_hub.limits.prices import KEPT_BYTES
from memory_hub.work import run_in_worker

logger = logging.getLogger(__name__)

# What is being noted of keys; the loop itself keeps no references.
under_way: set[asyncio.Task[None]] = set()


def answer_once(claim: Claim, make: Callable[[], HttpResponse]) -> HttpResponse:
    """The kept answer, or that of ``make``, kept in the same transaction as its effect.

    What ``make`` raises undoes both, so that a refused request can be mended and sent again. Raises
    RateLimited, and undoes both, when the caller has not the points for keeping the answer.
    """
    with alone(claim.number):
        answer = answers.replay(claim)
        if answer is None:
            answer = make()
            if answer.status_code < 400:
                # A change of a word in a memory of a megabyte would for its own points have all of
                # it stored for a day.
                limits.charge(len(answer.content) // KEPT_BYTES)
                answers.keep(claim, answer)
        return answer


async def answer_once_outside(
    claim: Claim, make: Callable[[], Awaitable[HttpResponse]]
) -> HttpResponse:
    """The same for a coroutine, whose effect is in another service and no part of a transaction.

    The key is reserved before and the answer stored after. A process that dies between leaves the
    reservation: twins are told "in flight" and, once nobody can be working on it any more, that
    the outcome is unknown.
    """
    kept = await run_in_worker(_reserve, claim)
    if kept is not None:
        return kept
    try:
        answer = await make()
    except asyncio.CancelledError:
        # The time of the request is over. Its answer does not wait for this.
        _begin(answers.give_up, claim, untouched=False)
        raise
    except Exception as error:
        await asyncio.shield(_begin(answers.give_up, claim, untouched=_is_untouched(error)))
        raise
    await asyncio.shield(_begin(_settle, claim, answer))
    return answer


def _begin(function: Callable[..., None], *args: Any, **kwargs: Any) -> asyncio.Task[None]:
    """Begins work in a thread that goes on when the request is cut off."""
    task = asyncio.create_task(run_in_worker(function, *args, **kwargs))
    under_way.add(task)
    task.add_done_callback(_ended)
    return task


def _ended(task: asyncio.Task[None]) -> None:
    under_way.discard(task)
    error = None if task.cancelled() else task.exception()
    if error is not None:
        logger.error("Could not settle a key: %s", type(error).__name__)


def _reserve(claim: Claim) -> HttpResponse | None:
    with alone(claim.number):
        kept = answers.replay(claim)
        if kept is None:
            answers.begin(claim)
        return kept


def _is_untouched(error: Exception) -> bool:
    """True when the request certainly had no effect. Errors may know (``untouched``); a refusal
    (4xx) had none."""
    refused = isinstance(error, HubError) and error.status < 500
    return getattr(error, "untouched", refused)


def _settle(claim: Claim, answer: HttpResponse) -> None:
    if answer.status_code >= 400:
        answers.give_up(claim, untouched=answer.status_code < 500)
        return
    # It was carried out: the next request is refused.
    limits.charge_afterwards(len(answer.content) // KEPT_BYTES)
    try:
        with transaction.atomic():
            answers.keep(claim, answer)
    except DatabaseError as error:
        # It was carried out, and this caller is told; a twin will learn that nothing is known.
        logger.error("Could not keep an answer: %s", type(error).__name__)
