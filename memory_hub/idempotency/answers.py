"""Keeping first answers, replaying them, and forgetting them again."""

import hmac
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

import orjson
from django.conf import settings
from django.db.models.functions import Length
from django.http import HttpResponse
from django.utils import timezone

from memory_hub.idempotency import encryption
from memory_hub.idempotency.errors import AnswerPurged, FirstOutcomeUnknown, KeyReused, TwinInFlight
from memory_hub.idempotency.key import KeyClaim
from memory_hub.idempotency.models import (
    SUBJECT_LENGTH,
    KeptAnswer,
    KeptSubject,
    State,
)

KEPT = timedelta(hours=24)  # contract §3
# An async handler that has not come back after this long never will: its process is gone.
BEGUN_AT_MOST = timedelta(minutes=5)
REPLAYED = "Idempotent-Replayed"
# Members of an answer that say something of the text of the memory whose doc_id is beside them.
_TEXTS = frozenset({"content", "title", "summary", "metadata", "highlight", "description"})
# Rows deleted per statement, and bytes of their bodies.
_AT_ONCE, _BYTES = 1000, 16 * 2**20


def replay(claim: KeyClaim) -> HttpResponse | None:
    """The kept answer to the claim; None when there is none and the request is to be carried out.

    Raises KeyReused, TwinInFlight, FirstOutcomeUnknown, AnswerPurged, AnswerSecret.
    """
    kept = KeptAnswer.objects.filter(user_id=claim.user_id, key=claim.key).first()
    if kept is None:
        return None
    age = timezone.now() - kept.created_at
    is_same = kept.fingerprint in (claim.fingerprint, _veiled(claim.fingerprint))
    # What was purged is never brought back; a key may be another request's after its time.
    if age >= KEPT and not (kept.state == State.FORGOTTEN and is_same):
        kept.delete()
        return None
    if not is_same:
        raise KeyReused(
            "The key was sent before with another method, path, query or body, or with a token "
            "that is restricted otherwise."
        )
    if kept.state == State.IN_PARTS:
        return None
    if kept.state == State.FORGOTTEN:
        raise AnswerPurged("It was carried out, and what it answered was deleted for good since.")
    if kept.state == State.BEGUN and age < BEGUN_AT_MOST:
        raise TwinInFlight("Ask again in a moment for its answer.")
    if kept.state != State.DONE:
        raise FirstOutcomeUnknown("See whether it was carried out; if not, send it with a new key.")
    return _answer(claim, kept)


def _answer(claim: KeyClaim, kept: KeptAnswer) -> HttpResponse:
    body = bytes(kept.body)
    answer = HttpResponse(encryption.unseal(claim, body) if kept.is_sealed else body)
    answer.status_code = kept.status
    del answer.headers["Content-Type"]
    for name, value in kept.headers:
        answer.headers[name] = value
    answer.headers[REPLAYED] = "true"
    return answer


def keep(claim: KeyClaim, answer: HttpResponse) -> None:
    """Remembers the answer, in the transaction of what it tells about."""
    is_sealed = "no-store" in answer.headers.get("Cache-Control", "")
    kept = KeptAnswer(
        user_id=claim.user_id,
        key=claim.key,
        fingerprint=claim.fingerprint,
        state=State.DONE,
        status=answer.status_code,
        headers=list(answer.items()),
        body=encryption.seal(claim, answer.content) if is_sealed else answer.content,
        is_sealed=is_sealed,
    )
    # A conflict is with the reservation that ``begin`` made.
    KeptAnswer.objects.bulk_create(
        [kept],
        update_conflicts=True,
        unique_fields=["user", "key"],
        update_fields=["state", "status", "headers", "body", "is_sealed"],
    )
    found = {claim.path_id, *getattr(answer, "about", ()), *_texts_of(answer)} - {None}
    KeptSubject.objects.bulk_create(
        KeptSubject(answer=kept, doc_id=doc_id)
        for doc_id in sorted(found)
        if len(doc_id) <= SUBJECT_LENGTH
    )


def _veiled(fingerprint: str) -> str:
    """What a fingerprint is once its answer is forgotten: without the hub's key it tells nobody
    who guesses a text whether it was this one."""
    return hmac.digest(settings.SECRET_KEY.encode(), fingerprint.encode(), "sha256").hex()


def _texts_of(answer: HttpResponse) -> set[str]:
    """The ids of the memories of whose text the answer repeats something."""
    if not answer.content or answer.headers.get("Content-Type") != "application/json":
        return set()
    return set(_with_text(orjson.loads(answer.content)))


def _with_text(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if not _TEXTS.isdisjoint(value) and isinstance(value.get("doc_id"), str):
            yield value["doc_id"]
        else:
            yield from _with_text(list(value.values()))
    elif isinstance(value, list):
        for item in value:
            yield from _with_text(item)


def begun_in_parts(claim: KeyClaim) -> KeptAnswer:
    """The row of a claim of which a part is being carried out, in the part's transaction."""
    return KeptAnswer.objects.get_or_create(
        user_id=claim.user_id,
        key=claim.key,
        defaults={"fingerprint": claim.fingerprint, "state": State.IN_PARTS},
    )[0]


def begin(claim: KeyClaim) -> None:
    """Notes that the claim is being carried out, for effects outside the database."""
    KeptAnswer.objects.create(
        user_id=claim.user_id, key=claim.key, fingerprint=claim.fingerprint, state=State.BEGUN
    )


def give_up(claim: KeyClaim, *, untouched: bool) -> None:
    """A begun claim failed: the key is free again, or the outcome unknown."""
    begun = KeptAnswer.objects.filter(user_id=claim.user_id, key=claim.key, state=State.BEGUN)
    if untouched:
        begun.delete()
    else:
        begun.update(state=State.UNKNOWN)


def forget(doc_ids: Iterable[str]) -> None:
    """Empties the answers that repeat these memories, which are being purged.

    The keys stay used for ever: however late a retry is, it must not bring back what was purged.
    """
    told = KeptSubject.objects.filter(doc_id__in=list(doc_ids)).values("answer_id")
    whole = KeptAnswer.objects.filter(pk__in=told).exclude(state=State.FORGOTTEN)
    forgotten = list(whole.order_by("pk").only("pk", "fingerprint"))
    for answer in forgotten:
        answer.fingerprint = _veiled(answer.fingerprint)
        answer.state, answer.status, answer.headers = State.FORGOTTEN, 0, []
        answer.body, answer.is_sealed = b"", False
    emptied = ["fingerprint", "state", "status", "headers", "body", "is_sealed"]
    KeptAnswer.objects.bulk_update(forgotten, emptied, batch_size=_AT_ONCE)


def purge_old(now: datetime | None = None) -> int:
    """Deletes what was kept long enough; returns how many answers went."""
    old = KeptAnswer.objects.filter(created_at__lte=(now or timezone.now()) - KEPT)
    old = old.exclude(state=State.FORGOTTEN).order_by("pk")
    gone = 0
    while sizes := list(old.values_list("pk", Length("body"))[:_AT_ONCE]):
        up_to = accumulate(size for _, size in sizes)
        ids = [pk for (pk, size), total in zip(sizes, up_to, strict=True) if total - size < _BYTES]
        _, deleted = KeptAnswer.objects.filter(pk__in=ids).delete()
        gone += deleted.get("idempotency.KeptAnswer", 0)  # none where another purge was quicker
    return gone
