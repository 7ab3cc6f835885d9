"""The store's calls, as LangGraph's SDKs make them."""

from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from integrations.door import DoorView
from integrations.langgraph import finding, items
from integrations.langgraph.serializers import (
    Item,
    ItemName,
    ItemQuery,
    Listed,
    Searched,
)
from memory_hub.api.describing import extend_schema
from memory_hub.core.errors import JsonAnswer
from superthread.scopes import MEMORIES_READ, MEMORIES_WRITE


class StoreView(DoorView):
    """A view of the store. Its contract is the SDKs', so it is no part of the OpenAPI document."""

    via = "langgraph"


class ItemsView(StoreView):
    scopes = {"GET": MEMORIES_READ, "PUT": MEMORIES_WRITE, "DELETE": MEMORIES_WRITE}
    queries = {"GET": ItemQuery}

    @extend_schema(exclude=True)
    def get(self, request: Request) -> JsonAnswer:
        """The item, or null."""
        asked = self.parameters
        row = items.found(asked["namespace"], asked["key"], self.principal)
        if row is None:
            return JsonAnswer(None)
        if asked.get("refresh_ttl") is not False:
            items.keep_longer(row, self.principal)
        return JsonAnswer(items.shown(row, self.principal))

    def prepare_put(self, request: Request) -> items.Put:
        return items.prepared(self.body(Item), self.principal)

    @extend_schema(exclude=True)
    def put(self, request: Request) -> None:
        """Saves an item, or the new value of the one that is there."""
        items.put(self.prepared, self.principal)

    @extend_schema(exclude=True)
    def delete(self, request: Request) -> None:
        """To the trash, if there is such an item."""
        items.delete(**self.body(ItemName), by=self.principal)


class SearchView(StoreView):
    scopes = {"POST": MEMORIES_READ}
    reads = ("POST",)

    def is_large(self, request: HttpRequest) -> bool:
        # A filter looks at each item.
        return True

    @extend_schema(exclude=True)
    def post(self, request: Request) -> dict[str, Any]:
        """Items below a namespace, as many as asked for."""
        return {"items": finding.search(self.body(Searched), self.principal)}


class NamespacesView(StoreView):
    scopes = {"POST": MEMORIES_READ}
    reads = ("POST",)

    def is_large(self, request: HttpRequest) -> bool:
        # Each path is looked at.
        return True

    @extend_schema(exclude=True)
    def post(self, request: Request) -> dict[str, Any]:
        """The namespaces that there are."""
        return {"namespaces": finding.namespaces(self.body(Listed), self.principal)}
