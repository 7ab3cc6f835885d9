"""What all views of the door have in common."""

from dataclasses import replace
from typing import Any, ClassVar

from rest_framework.serializers import Serializer

from integrations.mem0.items import item
from integrations.mem0.serializers import Anywhere
from integrations.mem0.words import UNHEEDED, VIA
from memory_hub.accounts.principal import Principal
from memory_hub.api.views import HubView, body_size
from memory_hub.core.errors import BadInput, HubError, NotFound
from superthread.feed.shown import note_shown
from superthread.reads.named import find
from superthread.reads.representation import Row
from superthread.scopes import MEMORIES_READ, MEMORIES_WRITE

# What is told of a write to who may not read.
RECEIPT = ("id", "event")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class NotOffered(HubError):
    status, code, title = 501, "not-offered", "The hub has nothing of the kind"


class Mem0View(HubView):
    """A view for clients of mem0. It is in no OpenAPI document: the calls are mem0's."""

    schema = None
    scopes = {"GET": MEMORIES_READ, **dict.fromkeys(METHODS[1:], MEMORIES_WRITE)}
    queries: ClassVar[dict[str, type[Serializer]]] = dict.fromkeys(METHODS, Anywhere)
    # By the gate (`superthread/policies.py`), in every query.
    heeds_restrictions = True

    principal: Principal

    def _caller(self, method: str) -> Principal:
        by = super()._caller(method)
        return replace(by, origin=replace(by.origin, via=VIA))

    def asked(self, kind: type[Serializer]) -> tuple[dict[str, Any], list[str]]:
        """The validated body, and what it asks that the hub does not know, by name: clients pass on
        whatever they are given. A null says nothing, where the field does not say otherwise.

        Raises BadInput.
        """
        data = self.request.data if body_size(self.request._request) else {}
        if not isinstance(data, dict):
            raise BadInput.at("", "not-object", "A JSON object is expected as the body.")
        known = kind().fields
        told = {
            name: value
            for name, value in data.items()
            if name in known and (value is not None or known[name].allow_null)
        }
        serializer = kind(data=told)
        serializer.is_valid(raise_exception=True)
        unknown = data.keys() - known.keys() - UNHEEDED
        ignored = sorted(name[:64] for name in unknown if data[name] not in (None, False))
        return serializer.validated_data, ignored

    def shown(self, row: Row) -> dict[str, Any]:
        """The memory, noted as read."""
        note_shown(row["id"], row["owner_id"], by=self.principal)
        return item(row)

    def shown_again(self, body: dict[str, Any]) -> dict[str, Any]:
        """Of what a first answer told of memories as much as the caller may read of them now."""
        if "results" in body:
            return body | {"results": [self._again(one) for one in body["results"]]}
        return self._again(body) if "memory" in body else body

    def _again(self, told: dict[str, Any]) -> dict[str, Any]:
        try:
            if self.principal.may(MEMORIES_READ):
                find(doc_id=told["id"], by=self.principal)
                return told
        except NotFound:
            pass
        return {name: told[name] for name in RECEIPT if name in told}

    def written(self, row: Row, **more: Any) -> dict[str, Any]:
        """What a write answers of a memory: to a token that may not read, which it is."""
        whole = item(row) if self.principal.may(MEMORIES_READ) else {"id": str(row["doc_id"])}
        return more | whole


def with_ignored(answer: dict[str, Any], ignored: list[str]) -> dict[str, Any]:
    """The answer, and what of the request was not heeded."""
    return answer | ({"ignored": ignored} if ignored else {})
