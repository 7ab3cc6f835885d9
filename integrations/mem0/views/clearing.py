"""Many memories in a call: all of somebody's, or those that are named."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from integrations.mem0 import clearing
from integrations.mem0.serializers import AllQuery, Anywhere, BatchBody, BatchItem
from integrations.mem0.views.base import Mem0View, NotOffered
from integrations.mem0.views.memories import AddView, changes_of
from integrations.mem0.views.searching import ListView
from integrations.mem0.words import KINDS
from memory_hub.api.replays import READS
from memory_hub.api.serializers import validated
from memory_hub.core.errors import BadInput, HubError, JsonAnswer, NotFound
from memory_hub.idempotency.key import KeyClaim
from memory_hub.idempotency.parts import Step, Steps, answer_in_parts
from memory_hub.rate_limits.bill import charge
from memory_hub.rate_limits.prices import ITEM
from superthread import limits
from superthread.scopes import MEMORIES_READ, MEMORIES_WRITE
from superthread.services import batch
from superthread.services.batch import BatchChange
from superthread.services.batch_terms import BatchOptions, BatchOutcome, BatchPart, NotCarriedOut

ALL_DELETED = "Memories deleted successfully!"


class ClearingView(Mem0View):
    """A view whose DELETE moves many memories to the trash, in parts, a transaction each."""

    message = ALL_DELETED

    def is_large(self, request: HttpRequest) -> bool:
        return request.method == "DELETE" or super().is_large(request)

    def cleared(self, names: dict[str, str]) -> Steps:
        """What deletes all that is of these."""
        ids = clearing.found(names, self.principal)
        charge(ITEM * max(len(ids) - 1, 0))
        items = batch.Deletions(ids, by=self.principal)

        def step(start: int) -> Step:
            part = items.prepare(start, BatchOptions())
            return Step(part.end, lambda: [_told(one) for one in part.carry_out()])

        return Steps(len(ids), step, self._finished, writes=True)

    def _finished(self, results: list[dict[str, Any]]) -> HttpResponse:
        count = sum(one["deleted"] for one in results)
        return self.rendered({"message": self.message, "deleted_count": count})

    def once(self, claim: KeyClaim | None, make: Callable[[], HttpResponse]) -> HttpResponse:
        # Nothing is prepared where an answer was kept.
        prepared = getattr(self, "prepared", None)
        if not isinstance(prepared, Steps):
            return super().once(claim, make)
        return answer_in_parts(claim, prepared)


def _told(outcome: BatchOutcome) -> dict[str, bool]:
    """Whether it was deleted; else somebody else did meanwhile."""
    return {"deleted": not isinstance(outcome, HubError)}


class AllView(ClearingView, ListView, AddView):
    """``/v1/memories/``: deletes all of somebody's; as it was asked before, lists and adds."""

    scopes = {"GET": MEMORIES_READ, "POST": MEMORIES_WRITE, "DELETE": MEMORIES_WRITE}
    reads = READS
    queries = {"GET": AllQuery, "POST": Anywhere, "DELETE": AllQuery}

    def get(self, request: Request) -> dict[str, Any]:
        """A page of what is of whom the query names."""
        return self.listed({name: self.parameters[name] for name in self.parameters})

    def post(self, request: Request) -> JsonAnswer:
        """Adds what was said."""
        return AddView.post(self, request)

    def prepare_delete(self, request: Request) -> Steps:
        return self.cleared(clearing.whose(self.parameters))

    def delete(self, request: Request) -> None:
        """All of the caller's own that is of whom the query names, to the trash."""


class EntityView(ClearingView):
    message = "Entity deleted successfully!"

    def get(self, request: Request, kind: str, name: str) -> None:
        """Of an entity alone nothing is kept; a client asks for its profile."""
        raise NotOffered("A model writes profiles; no model works here.")

    def prepare_delete(self, request: Request, kind: str, name: str) -> Steps:
        if kind not in KINDS:
            raise NotFound
        return self.cleared(clearing.whose({KINDS[kind]: name}))

    def delete(self, request: Request, kind: str, name: str) -> None:
        """All of the caller's own that is of this one, to the trash."""


class BatchView(Mem0View):
    """Named memories, all of them or none."""

    scopes = {"PUT": MEMORIES_WRITE, "DELETE": MEMORIES_WRITE}
    most_items = limits.BATCH

    def prepare_put(self, request: Request) -> BatchPart:
        items = [_change(one) for one in self._items()]
        return batch.Changes(items, by=self.principal).prepare(0, BatchOptions(atomic=True))

    def put(self, request: Request) -> dict[str, Any]:
        """Changes texts and metadata."""
        count = self._carried_out()
        return {"message": f"Successfully updated {count} memories"}

    def prepare_delete(self, request: Request) -> BatchPart:
        ids = [_named(one) for one in self._items()]
        return batch.Deletions(ids, by=self.principal).prepare(0, BatchOptions(atomic=True))

    def delete(self, request: Request) -> dict[str, Any]:
        """To the trash."""
        count = self._carried_out()
        return {"message": f"Successfully deleted {count} memories"}

    def _items(self) -> Sequence[Any]:
        asked, _ = self.asked(BatchBody)
        charge(ITEM * (len(asked["memories"]) - 1))
        return asked["memories"]

    def _carried_out(self) -> int:
        """How many there were. Raises why the first was refused that was: then none is changed."""
        with transaction.atomic():
            outcomes = self.prepared.carry_out()
            for number, one in enumerate(outcomes):
                if isinstance(one, HubError) and not isinstance(one, NotCarriedOut):
                    raise _placed(one, number)
        return len(outcomes)


def _placed(error: HubError, number: int) -> HubError:
    """The error, with the place of the item that it is about."""
    error.args = (f"memories/{number}: {error}",)
    return error


def _valid(item: Any) -> dict[str, Any]:
    """Raises BadInput."""
    valid = validated(BatchItem(), item)
    if isinstance(valid, HubError):
        raise valid
    return valid


def _change(item: Any) -> BatchChange:
    valid = _valid(item)
    return BatchChange(valid.pop("memory_id"), changes_of(valid))


def _named(item: Any) -> str:
    if isinstance(item, dict) and isinstance(item.get("memory_id"), str):
        return item["memory_id"]
    raise BadInput.at("/memories", "malformed", 'Objects such as {"memory_id": "…"} are expected.')
