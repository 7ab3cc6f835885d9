"""Many memories per call."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from memory_hub.api.describing import extend_schema
from memory_hub.api.serializers import validated
from memory_hub.api.views import body_size
from memory_hub.core.errors import BadInput, HubError, problem_body
from memory_hub.idempotency.key import KeyClaim
from memory_hub.idempotency.parts import Step, Steps, answer_in_parts
from memory_hub.rate_limits.bill import charge
from memory_hub.rate_limits.prices import ITEM
from superthread import limits
from superthread.policies import with_role
from superthread.scanning.judging import found_in
from superthread.scanning.judging import told as told_of
from superthread.scopes import MEMORIES_READ
from superthread.serializers.batches import (
    EXAMPLES,
    BatchDelete,
    BatchDeleted,
    BatchSave,
    BatchSaved,
    BatchUpdate,
    BatchUpdated,
    SaveItem,
    UpdateItem,
)
from superthread.services import batch, relinking
from superthread.services.batch import BatchChange
from superthread.services.batch_terms import BatchOptions, BatchOutcome, BatchPart, NotCarriedOut
from superthread.services.steps.batching import Batch
from superthread.store_terms import Draft
from superthread.views.base import MemoriesView

# Bytes of a body from which on a batch is large: a thousand ids, or some dozens of short notes.
LARGE_BATCH = 32 * 1024
# What a result tells of a memory's text and of others, beside what happened to it.
TEXTUAL = frozenset({"terms_left_out", "findings", "links_to_rewrite"})
# Of an atomic batch as a whole; each item has its own.
ERRORS_TOLD = 100


class BatchRefused(HubError):
    """An atomic batch with a bad item: told with the status of the first one."""

    code, title = "batch-refused", "Nothing was written: an item of the atomic batch was refused"


def _result(index: int, outcome: BatchOutcome, status: int, pointer: str) -> dict[str, Any]:
    if isinstance(outcome, HubError):
        told = problem_body(outcome)
        if "errors" in told:
            told["errors"] = [
                {**error, "pointer": pointer + error["pointer"]} for error in told["errors"]
            ]
        return {"index": index, "status": outcome.status, "problem": told}
    result = {"index": index, "status": status}
    if outcome is not None:
        result["doc_id"] = str(outcome["doc_id"])
        if left_out := outcome.get("terms_left_out"):
            result["terms_left_out"] = left_out
        if "content" in outcome and (found := found_in(outcome)):
            result["findings"] = told_of(found)
    if outcome is not None and status == 200:
        result["revision"] = outcome["revision"]
    return result


def _bare(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name not in TEXTUAL}


def _refusal(answer: dict[str, Any]) -> BatchRefused:
    refused = [
        result["problem"]
        for result in answer["results"]
        if "problem" in result and result["status"] != NotCarriedOut.status
    ]
    error = BatchRefused(refused[0]["detail"], **answer)
    error.status = refused[0]["status"]
    if error.status == BadInput.status:
        told = [one for problem in refused for one in problem.get("errors", [])]
        error.extra["errors"] = told[:ERRORS_TOLD]
    return error


class Ready(NamedTuple):
    """A batch before its first transaction; ``whole`` where it is atomic."""

    items: Batch
    how: BatchOptions
    whole: BatchPart | None


class BatchView(MemoriesView):
    """Items that are carried out in parts, a transaction each, or in one if they are atomic."""

    body_of: ClassVar[type[Serializer]]
    # The member of the body that holds the items.
    named: ClassVar[str]
    # The member of the answer that says how many were carried out.
    counted: ClassVar[str]
    status: ClassVar[int]  # of an item that was
    most_items = limits.BATCH

    def is_large(self, request: HttpRequest) -> bool:
        return body_size(request) > LARGE_BATCH

    def batch_of(self, items: list[Any]) -> Batch:
        """The items as they are understood."""
        raise NotImplementedError

    def prepare_post(self, request: Request) -> Ready:
        body = self.body(self.body_of)
        given = body[self.named]
        charge(ITEM * (len(given) - 1))
        how, items = BatchOptions(body["atomic"], body["dry_run"]), self.batch_of(given)
        return Ready(items, how, items.prepare(0, how) if how.atomic else None)

    def once(self, claim: KeyClaim | None, make: Callable[[], HttpResponse]) -> HttpResponse:
        # Nothing is prepared where an answer was kept.
        if not hasattr(self, "prepared") or self.prepared.whole:
            return super().once(claim, make)
        items, how, _ = self.prepared

        def step(start: int) -> Step:
            part = items.prepare(start, how)
            return Step(part.end, lambda: self._results(part.carry_out(), start))

        steps = Steps(len(items.items), step, self._finished, writes=not how.dry_run)
        return answer_in_parts(claim, steps)

    def at_once(self) -> dict[str, Any]:
        """Carries out the atomic batch. Raises BatchRefused where it has a bad item."""
        with transaction.atomic():
            answer = self._told(self._results(self.prepared.whole.carry_out(), 0))
            if answer["failed_count"]:
                raise _refusal(answer)
        return answer

    def _results(self, outcomes: Sequence[BatchOutcome], start: int) -> list[dict[str, Any]]:
        return [
            _result(index, outcome, self.status, f"/{self.named}/{index}")
            for index, outcome in enumerate(outcomes, start)
        ]

    def _told(self, results: list[dict[str, Any]]) -> dict[str, Any]:
        if not self.principal.may(MEMORIES_READ):
            results = [_bare(result) for result in results]
        failed = sum("problem" in result for result in results)
        return {"results": results, self.counted: len(results) - failed, "failed_count": failed}

    def shown_again(self, body: dict[str, Any]) -> dict[str, Any]:
        """The same results; of texts only what the caller may read now."""
        results = body.get("results", [])
        told = [one["doc_id"] for one in results if not TEXTUAL.isdisjoint(one)]
        if not told:
            return body
        readable: set[str] = set()
        if self.principal.may(MEMORIES_READ):
            edited = with_role(self.principal).filter(doc_id__in=told, role__gte=self.repeated_to)
            readable = {str(doc_id) for doc_id in edited.values_list("doc_id", flat=True)}
        shown = [one if one.get("doc_id") in readable else _bare(one) for one in results]
        return {**body, "results": shown}

    def _finished(self, results: list[dict[str, Any]]) -> HttpResponse:
        return self.rendered(self._told(results))


class BatchSaveView(BatchView):
    body_of, named, counted, status = BatchSave, "memories", "saved_count", 201

    @extend_schema(
        operation_id="save_memories",
        request=BatchSave,
        responses=BatchSaved,
        examples=[OpenApiExample("Two", EXAMPLES["save"], request_only=True)],
    )
    def post(self, request: Request) -> dict[str, Any]:
        """Saves up to 1 000 memories; each has its own result.

        Large batches are saved in parts, a transaction each, unless they are atomic.
        """
        return self.at_once()

    def batch_of(self, items: list[Any]) -> batch.Saves:
        # One for all: making one costs more than a validation.
        kind = SaveItem()
        valid = (validated(kind, item) for item in items)
        drafts = [one if isinstance(one, HubError) else Draft(**one) for one in valid]
        return batch.Saves(drafts, by=self.principal)


class BatchUpdateView(BatchView):
    body_of, named, counted, status = BatchUpdate, "updates", "updated_count", 200
    # Of the first item that an atomic batch was refused for.
    problems = {"POST": (404, 412)}

    @extend_schema(
        operation_id="change_memories",
        request=BatchUpdate,
        responses=BatchUpdated,
        examples=[OpenApiExample("One", EXAMPLES["update"], request_only=True)],
    )
    def post(self, request: Request) -> dict[str, Any]:
        """Changes up to 1 000 memories; with a revision only where nobody else did meanwhile. Where
        one was renamed its result offers to rewrite links to the old path: `links_to_rewrite`.

        Large batches are changed in parts, a transaction each, unless they are atomic.
        """
        return self.at_once()

    def _results(self, outcomes: Sequence[BatchOutcome], start: int) -> list[dict[str, Any]]:
        results = super()._results(outcomes, start)
        if not self.principal.may(MEMORIES_READ):
            return results
        rows = [one for one in outcomes if isinstance(one, dict)]
        offers = relinking.offers(rows, self.principal)
        for result, outcome in zip(results, outcomes, strict=True):
            if isinstance(outcome, dict) and outcome["id"] in offers:
                result["links_to_rewrite"] = offers[outcome["id"]]
        return results

    def batch_of(self, items: list[Any]) -> batch.Changes:
        kind = UpdateItem()
        return batch.Changes([_change(kind, item) for item in items], by=self.principal)


def _change(kind: UpdateItem, item: Any) -> BatchChange | HubError:
    valid = validated(kind, item)
    if not isinstance(valid, HubError):
        doc_id, expected = valid.pop("doc_id"), valid.pop("revision", None)
        return BatchChange(doc_id, valid, expected)
    named = item.get("doc_id") if isinstance(item, dict) else None
    return BatchChange(named, valid) if isinstance(named, str) else valid


class BatchDeleteView(BatchView):
    body_of, named, counted, status = BatchDelete, "doc_ids", "deleted_count", 204
    problems = {"POST": (404,)}

    @extend_schema(
        operation_id="delete_memories",
        request=BatchDelete,
        responses=BatchDeleted,
        examples=[OpenApiExample("One", EXAMPLES["delete"], request_only=True)],
    )
    def post(self, request: Request) -> dict[str, Any]:
        """Moves up to 1 000 memories to the trash.

        Large ones go in parts, a transaction each, unless the batch is atomic.
        """
        return self.at_once()

    def batch_of(self, items: list[Any]) -> batch.Deletions:
        doc_ids = [one if isinstance(one, str) else _no_text() for one in items]
        return batch.Deletions(doc_ids, by=self.principal)


def _no_text() -> BadInput:
    return BadInput.at("", "not-text", "Text is expected here.")
