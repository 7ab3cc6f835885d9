"""Carrying a request out at most once per key."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from django.db import DatabaseError, transaction
from django.http import HttpResponse

from memory_hub.core import deadline
from memory_hub.core.errors import HubError
from memory_hub.idempotency import answers
from memory_hub.idempotency.key import KeyClaim
from memory_hub.idempotency.locks import alone
from memory_hub.rate_limits import bill
from memory_hub.rate_limits.prices import KEPT_BYTES
from memory_hub.threads.worker_pool import run_in_worker

logger = logging.getLogger(__name__)
T = TypeVar("T")

# What is being noted of keys; the loop itself keeps no references.
under_way: set[asyncio.Task[Any]] = set()


def answer_once(claim: KeyClaim, make: Callable[[], HttpResponse]) -> HttpResponse:
    """The kept answer, or that of ``make``, kept in the same transaction as its effect.

    What ``make`` raises undoes both, so that a refused request can be mended and sent again. Raises
    RateLimited, and undoes both, when the caller has not the points for keeping the answer.
    """
    with alone(claim.number):
        answer = answers.replay(claim)
        if answer is None:
            answer = make()
            if answer.status_code < 400:
                charge_for_keeping(answer)
                answers.keep(claim, answer)
        return answer


def charge_for_keeping(answer: HttpResponse) -> None:
    """Charges for the bytes of an answer to be kept. Raises RateLimited.

    A change of a word in a memory of a megabyte would for its own points have all of it stored.
    """
    bill.charge(len(answer.content) // KEPT_BYTES)


async def answer_once_outside(
    claim: KeyClaim, make: Callable[[], Awaitable[HttpResponse]]
) -> HttpResponse:
    """The same for a coroutine, whose effect is in another service and no part of a transaction.

    The key is reserved before and the answer stored after. A process that dies between leaves the
    reservation: twins are told "in flight" and, once nobody can be working on it any more, that
    the outcome is unknown.
    """
    kept = await _reserved(claim)
    if kept is not None:
        return kept
    try:
        answer = await make()
    except asyncio.CancelledError:
        # The time of the request is over. Its answer does not wait for this.
        _begin(answers.give_up, claim, untouched=not deadline.has_changed())
        raise
    except Exception as error:
        await asyncio.shield(_begin(answers.give_up, claim, untouched=_is_untouched(error)))
        raise
    await asyncio.shield(_begin(_settle, claim, answer))
    return answer


async def _reserved(claim: KeyClaim) -> HttpResponse | None:
    """Reserves the key, or gives the answer kept under it. A request that is cut off meanwhile
    leaves no reservation behind."""
    reserving = _begin(_reserve, claim)
    try:
        return await asyncio.shield(reserving)
    except asyncio.CancelledError:
        reserving.add_done_callback(partial(_unreserve, claim))
        raise


def _unreserve(claim: KeyClaim, reserving: asyncio.Task[HttpResponse | None]) -> None:
    if not reserving.cancelled() and not reserving.exception() and reserving.result() is None:
        _begin(answers.give_up, claim, untouched=True)


def _begin(function: Callable[..., T], *args: Any, **kwargs: Any) -> asyncio.Task[T]:
    """Begins work in a thread that goes on when the request is cut off."""
    work = run_in_worker(function, *args, **kwargs)
    task = asyncio.get_running_loop().create_task(work, context=deadline.without())
    under_way.add(task)
    task.add_done_callback(_ended)
    return task


def _ended(task: asyncio.Task[Any]) -> None:
    under_way.discard(task)
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, HubError):  # those are the caller's answer
        logger.error("Could not settle a key: %s", type(error).__name__)


def _reserve(claim: KeyClaim) -> HttpResponse | None:
    with alone(claim.number):
        kept = answers.replay(claim)
        if kept is None:
            answers.begin(claim)
        return kept


def _is_untouched(error: Exception) -> bool:
    """True when the request certainly had no effect. Errors may know (``untouched``); a refusal
    (4xx) had none."""
    if isinstance(error, deadline.TimeIsUp):
        return not deadline.has_changed()  # by what it did before
    refused = isinstance(error, HubError) and error.status < 500
    return getattr(error, "untouched", refused)


def _settle(claim: KeyClaim, answer: HttpResponse) -> None:
    if answer.status_code >= 400:
        answers.give_up(claim, untouched=answer.status_code < 500)
        return
    # It was carried out: the next request is refused.
    bill.charge_afterwards(len(answer.content) // KEPT_BYTES)
    try:
        with transaction.atomic():
            answers.keep(claim, answer)
    except DatabaseError as error:
        # It was carried out, and this caller is told; a twin will learn that nothing is known.
        logger.error("Could not keep an answer: %s", type(error).__name__)
