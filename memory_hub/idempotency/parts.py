"""Carrying a request out in parts, a transaction each, so that nobody waits for the whole.

With a key each part records its results in its own transaction: sent again, the request goes on
behind the last of them, whatever ended it before. A twin that comes between two parts takes its
turn with the first; whoever does the last part keeps the answer, for both.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse

from memory_hub.core import deadline
from memory_hub.core.errors import OutcomeUnknown
from memory_hub.idempotency import answers
from memory_hub.idempotency.execute import charge_for_keeping
from memory_hub.idempotency.key import KeyClaim
from memory_hub.idempotency.locks import alone
from memory_hub.idempotency.models import KeptPart

logger = logging.getLogger(__name__)
Results = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """A part that is ready: the place after its last item, and what does it in its transaction."""

    end: int
    carry_out: Callable[[], Results]


@dataclass(frozen=True, slots=True)
class Steps:
    """A request of ``total`` items. ``prepare`` readies the part that begins at a place, outside
    any transaction; ``finish`` makes the answer of all results. Without ``writes`` nothing but the
    results under a key is written."""

    total: int
    prepare: Callable[[int], Step]
    finish: Callable[[Results], HttpResponse]
    writes: bool


def answer_in_parts(claim: KeyClaim | None, steps: Steps) -> HttpResponse:
    """The answer of all parts, or the kept one. Raises what a part raised; without a key, where
    parts were done already, OutcomeUnknown with their ``results``."""
    return _answer_kept(claim, steps) if claim else _answer(steps)


def _answer(steps: Steps) -> HttpResponse:
    done: Results = []
    try:
        while len(done) < steps.total:
            deadline.require_time()
            step = steps.prepare(len(done))
            with transaction.atomic():
                results = step.carry_out()
            done += results
            if steps.writes:
                deadline.tell(results=list(done))
    except Exception as error:
        if not (done and steps.writes):
            raise
        logger.error("A batch was cut off: %s", type(error).__name__)
        raise OutcomeUnknown(
            f"The first {len(done)} of {steps.total} items were carried out, as their results "
            "say. Whether more were is not known: look before you send them again.",
            results=done,
        ) from error
    return steps.finish(done)


def _answer_kept(claim: KeyClaim, steps: Steps) -> HttpResponse:
    kept = answers.replay(claim)
    done = _recorded(claim)
    while kept is None:
        deadline.tell(results=list(done))
        deadline.require_time()
        step = steps.prepare(len(done))
        with alone(claim.number):
            kept = answers.replay(claim)
            present = _recorded(claim)
            if kept is not None or len(present) != len(done):
                # Of a twin that was here meanwhile.
                done = present
                continue
            results = step.carry_out()
            if step.end < steps.total:
                _record(claim, len(done), results)
            else:
                answer = steps.finish(done + results)
                charge_for_keeping(answer)
                answers.keep(claim, answer)
                if done:
                    _of(claim).delete()
        if step.end >= steps.total:
            return answer
        done += results
    return kept


def _recorded(claim: KeyClaim) -> Results:
    """The results of the parts that were carried out."""
    return [one for part in _of(claim).order_by("start") for one in part.results]


def _of(claim: KeyClaim) -> QuerySet[KeptPart]:
    return KeptPart.objects.filter(answer__user_id=claim.user_id, answer__key=claim.key)


def _record(claim: KeyClaim, start: int, results: Results) -> None:
    """Keeps the results of a part, in the transaction of what they tell about."""
    answer = answers.begun_in_parts(claim)
    KeptPart.objects.create(answer=answer, start=start, results=results)
