"""Many memories per call."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.serializers import Field

from memory_hub.errors import BadInput, HubError, hub_error, problem_body
from memory_hub.limits import charge
from memory_hub.limits.prices import ITEM
from memory_hub.views import body_size
from superthread import batch_serializers as serializers
from superthread.serializers import NewMemory
from superthread.services import batch
from superthread.services.batch import Change, How, Outcome
from superthread.services.save import Draft
from superthread.views.base import MemoriesView

# Bytes of a body from which on a batch is large: a thousand ids, or some dozens of short notes.
LARGE_BATCH = 32 * 1024
ERRORS_TOLD = 100  # of an atomic batch as a whole; each item has its own


class BatchRefused(HubError):
    """An atomic batch with a bad item: told with the status of the first one."""

    code, title = "batch-refused", "Nothing was written: an item of the atomic batch was refused"


def _answer(
    outcomes: Sequence[Outcome], how: How, *, items: str, status: int, counted: str
) -> dict[str, Any]:
    """The results in order. Raises BatchRefused for an atomic batch that was not carried out."""
    results = [
        _result(index, outcome, status, f"/{items}/{index}")
        for index, outcome in enumerate(outcomes)
    ]
    failed = sum("problem" in result for result in results)
    answer = {"results": results, counted: len(results) - failed, "failed_count": failed}
    if how.atomic and failed:
        raise _refusal(answer)
    return answer


def _result(index: int, outcome: Outcome, status: int, pointer: str) -> dict[str, Any]:
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
    if outcome is not None and status == 200:
        result["revision"] = outcome["revision"]
    return result


def _refusal(answer: dict[str, Any]) -> BatchRefused:
    refused = [
        result["problem"]
        for result in answer["results"]
        if "problem" in result and result["status"] != batch.NotCarriedOut.status
    ]
    error = BatchRefused(refused[0]["detail"], **answer)
    error.status = refused[0]["status"]
    if error.status == BadInput.status:
        told = [one for problem in refused for one in problem.get("errors", [])]
        error.extra["errors"] = told[:ERRORS_TOLD]
    return error


def _validated(kind: Field, item: Any) -> Any:
    """The item as the serializer or field understands it, or its error."""
    try:
        return kind.run_validation(item)
    except ValidationError as error:
        return hub_error(error)
    except HubError as error:
        return error


def _how(body: dict[str, Any]) -> How:
    return How(atomic=body["atomic"], dry_run=body["dry_run"])


class BatchView(MemoriesView):
    def is_large(self, request: HttpRequest) -> bool:
        return body_size(request) > LARGE_BATCH


class BatchSaveView(BatchView):
    @extend_schema(
        operation_id="save_memories",
        request=serializers.BatchSave,
        responses=serializers.BatchSaved,
        examples=[OpenApiExample("Two", serializers.EXAMPLES["save"], request_only=True)],
    )
    def post(self, request: Request) -> dict[str, Any]:
        """Saves up to 1 000 memories in one transaction; each has its own result."""
        body = self.body(serializers.BatchSave)
        charge(ITEM * (len(body["memories"]) - 1))
        kind = NewMemory()  # one for all: making one costs more than a validation
        valid = (_validated(kind, item) for item in body["memories"])
        drafts = [one if isinstance(one, HubError) else Draft(**one) for one in valid]
        outcomes = batch.save(drafts, by=self.principal, how=_how(body))
        return _answer(outcomes, _how(body), items="memories", status=201, counted="saved_count")


class BatchUpdateView(BatchView):
    problems = {"POST": (404, 412)}  # of the first item that an atomic batch was refused for

    @extend_schema(
        operation_id="change_memories",
        request=serializers.BatchUpdate,
        responses=serializers.BatchUpdated,
        examples=[OpenApiExample("One", serializers.EXAMPLES["update"], request_only=True)],
    )
    def post(self, request: Request) -> dict[str, Any]:
        """Changes up to 1 000 memories; with a revision only where nobody else did meanwhile."""
        body = self.body(serializers.BatchUpdate)
        charge(ITEM * (len(body["updates"]) - 1))
        kind = serializers.UpdateItem()
        items = [_change(kind, item) for item in body["updates"]]
        outcomes = batch.change(items, by=self.principal, how=_how(body))
        return _answer(outcomes, _how(body), items="updates", status=200, counted="updated_count")


def _change(kind: serializers.UpdateItem, item: Any) -> Change | HubError:
    valid = _validated(kind, item)
    if not isinstance(valid, HubError):
        doc_id, expected = valid.pop("doc_id"), valid.pop("revision", None)
        return Change(doc_id, valid, expected)
    named = item.get("doc_id") if isinstance(item, dict) else None
    return Change(named, valid) if isinstance(named, str) else valid


class BatchDeleteView(BatchView):
    problems = {"POST": (404,)}

    @extend_schema(
        operation_id="delete_memories",
        request=serializers.BatchDelete,
        responses=serializers.BatchDeleted,
        examples=[OpenApiExample("One", serializers.EXAMPLES["delete"], request_only=True)],
    )
    def post(self, request: Request) -> dict[str, Any]:
        """Moves up to 1 000 memories to the trash."""
        body = self.body(serializers.BatchDelete)
        charge(ITEM * (len(body["doc_ids"]) - 1))
        doc_ids = [one if isinstance(one, str) else _no_text() for one in body["doc_ids"]]
        outcomes = batch.trash(doc_ids, by=self.principal, how=_how(body))
        return _answer(outcomes, _how(body), items="doc_ids", status=204, counted="deleted_count")


def _no_text() -> BadInput:
    return BadInput.at("", "not-text", "Text is expected here.")
