"""Writes that are sent again: a view carries one out once per Idempotency-Key, and shows its answer
again to who may still see it."""

from collections.abc import Callable
from typing import Any, ClassVar

import orjson
from django.http import HttpResponse
from rest_framework.views import APIView

from memory_hub.core import deadline
from memory_hub.core.errors import JsonAnswer
from memory_hub.core.identity import Identity
from memory_hub.idempotency import answers
from memory_hub.idempotency.answers import REPLAYED
from memory_hub.idempotency.execute import answer_once, answer_once_outside
from memory_hub.idempotency.key import KeyClaim, claim_of
from memory_hub.threads.worker_pool import run_in_worker

READS = ("GET", "HEAD")
JSON = "application/json"


class KeyedView(APIView):
    """What of `HubView` heeds the Idempotency-Key; what its attributes mean stands there."""

    public: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[tuple[str, ...]] = ()
    tells_changes: ClassVar[bool] = False

    principal: Identity
    prepared: Any

    def perform(self, handler: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponse:
        """Calls the handler and renders what it returns; once per Idempotency-Key.

        A view's ``prepare_post`` goes before ``post``, and likewise for other methods: it may read
        and compute, writes nothing, and what it returns is ``prepared``. With a key the handler
        runs in the transaction that keeps its answer, and others may be waiting for its end.
        """

        def make() -> HttpResponse:
            return self.rendered(handler(self.request, *args, **kwargs))

        claim = self._claim()
        prepare = getattr(self, f"prepare_{self._method().lower()}", None)
        answer = None
        if prepare is not None:
            answer = answers.replay(claim) if claim else None
            if answer is None:
                self.prepared = prepare(self.request, *args, **kwargs)
        answer = answer or self.once(claim, make)
        body = _replayed_body(answer)
        return answer if body is None else _replay_of(answer, body, self.shown_again(body))

    def once(self, claim: KeyClaim | None, make: Callable[[], HttpResponse]) -> HttpResponse:
        """The answer that ``make`` makes, with a key the one kept under it."""
        return answer_once(claim, make) if claim else make()

    async def perform_outside(
        self, handler: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse:
        """The same for a coroutine, whose effect is outside the database."""

        async def make() -> HttpResponse:
            if not self.tells_changes:
                deadline.may_change()
            return self.rendered(await handler(self.request, *args, **kwargs))

        claim = self._claim()
        if claim is None:
            return await make()
        answer = await answer_once_outside(claim, make)
        body = _replayed_body(answer)
        if body is None:
            return answer
        return _replay_of(answer, body, await self.shown_again_outside(body))

    def shown_again(self, body: dict[str, Any]) -> dict[str, Any]:
        """What the caller may see, by their present rights, of the body of a first answer that an
        Idempotency-Key repeats."""
        return body

    async def shown_again_outside(self, body: dict[str, Any]) -> dict[str, Any]:
        """The same for views whose handlers are coroutines."""
        return await run_in_worker(self.shown_again, body)

    def _claim(self) -> KeyClaim | None:
        """The claim of a write with an Idempotency-Key. Raises MalformedKey.

        None without a user: a key belongs to one.
        """
        if self.request.method in (*READS, *self.reads):
            return None
        if self._is_public() or not self.principal.user_id:
            return None
        doc_id = self.kwargs.get("doc_id")
        return claim_of(self.request._request, self.principal, doc_id)

    def rendered(self, result: Any) -> HttpResponse:
        """Data as 200 JSON, None as 204, responses as they are."""
        if isinstance(result, HttpResponse):
            return result
        return HttpResponse(status=204) if result is None else JsonAnswer(result)

    def _method(self) -> str:
        return "GET" if self.request.method == "HEAD" else str(self.request.method)

    def _is_public(self) -> bool:
        return self._method() in self.public


def _replayed_body(answer: HttpResponse) -> dict[str, Any] | None:
    """The body of a replayed answer; None where there is nothing in it to be judged."""
    if REPLAYED not in answer.headers or answer.headers.get("Content-Type") != JSON:
        return None
    return orjson.loads(answer.content)


def _replay_of(answer: HttpResponse, body: dict[str, Any], shown: dict[str, Any]) -> HttpResponse:
    """The answer, byte for byte where all of its body may be shown. An ETag would tell of the rest
    by its checksum."""
    if shown == body:
        return answer
    kept = {name: answer.headers[name] for name in (REPLAYED, "Location") if name in answer.headers}
    return JsonAnswer(shown, answer.status_code, kept)
