"""What the views of memories share."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import APIException

from memory_hub.accounts.principal import NOBODY, Principal
from memory_hub.api import preconditions
from memory_hub.api.serializers import Nothing, StrictSerializer
from memory_hub.api.views import HubView
from memory_hub.core.errors import HubError, JsonAnswer, NotFound
from superthread.feed.shown import PART, WHOLE, note_shown
from superthread.policies import Role
from superthread.reads.memories import find
from superthread.reads.representation import Row, etag, represent
from superthread.reads.shape import Shape
from superthread.scanning.judging import found_in, told
from superthread.scopes import MEMORIES_READ, MEMORIES_WRITE
from superthread.store_terms import receipt

WRITES = ("POST", "PUT", "PATCH", "DELETE")
UUID = {"type": "string", "format": "uuid"}
# Memories; a page with more is a large request.
USUAL_PAGE = 50


class MemoriesView(HubView):
    """A view under the memories scopes; reads may be open where the operator says so."""

    scopes = {"GET": MEMORIES_READ, **dict.fromkeys(WRITES, MEMORIES_WRITE)}
    path_schemas = {"doc_id": UUID, "version_id": UUID}
    # By the gate (`policies.py`), in every query.
    heeds_restrictions = True
    # The role that may read what the view answers, whatever became of the memory since.
    repeated_to: ClassVar[Role] = Role.EDITOR

    def anonymous(self) -> Principal | None:
        return NOBODY if settings.HUB_PUBLIC_READ else None

    def body_or(self, kind: type[StrictSerializer], refuse: Callable[[], Any]) -> dict[str, Any]:
        """The validated body. Where it is bad, ``refuse`` goes first: it raises 404 or 403 if the
        caller may not do this at all, so that the answer's order tells nothing to strangers."""
        try:
            return self.body(kind)
        except (HubError, APIException):
            refuse()
            raise

    def no_body_or(self, refuse: Callable[[], Any]) -> None:
        """As ``no_body``, with ``refuse`` going first where there is one."""
        if self.request._request.body:
            self.body_or(Nothing, refuse)

    def find(self, doc_id: str, least: int) -> Row:
        return find(doc_id=doc_id, by=self.principal, least=least)

    def answer(
        self, row: Row, status: int = 200, headers: dict[str, str] | None = None, **more: Any
    ) -> HttpResponse:
        """A memory that was written, with its ETag; ``more`` stands beside its own fields."""
        blind = not self.principal.may(MEMORIES_READ)
        # The whole tag would tell by its checksum whose the memory is.
        tag = f'"{row["revision"]}"' if blind else etag(row)
        if found := found_in(row):
            more["findings"] = told(found)
        body = self.told(self.shaped(row) | more)
        return JsonAnswer(body, status, {"ETag": tag, **(headers or {})})

    def shaped(self, row: Row) -> dict[str, Any]:
        """The memory as the caller sees it, as much of it as the query string wants."""
        if self.request.method == "GET" or self.request.method in self.reads:
            kind = WHOLE if self.shape.reads == "full" else PART
            note_shown(row["id"], row["owner_id"], by=self.principal, kind=kind)
        return self.shape.of(represent(row, self.principal))

    @cached_property
    def shape(self) -> Shape:
        """How much of each memory the answer shows: by the query string, unless a body says it."""
        return shape_of(self.parameters)

    def told(self, body: dict[str, Any]) -> dict[str, Any]:
        """What a write answers: all of the body to a token that may read, else its receipt."""
        return body if self.principal.may(MEMORIES_READ) else receipt(body)

    def shown_again(self, body: dict[str, Any]) -> dict[str, Any]:
        """The whole body to those who may read now what it tells of a memory, else its receipt."""
        doc_id = self.kwargs.get("doc_id") or body.get("doc_id")
        # A batch: receipts it is anyway.
        if doc_id is None:
            return body
        return self.told(body) if self._may_read_again(doc_id, body) else receipt(body)

    def _may_read_again(self, doc_id: str, body: dict[str, Any]) -> bool:
        try:
            row = self.find(doc_id, Role.VIEWER)
        except NotFound:
            return False
        present = row["revision"] == body.get("revision")
        return row["role"] >= (Role.VIEWER if present else self.repeated_to)


def shape_of(parameters: dict[str, Any]) -> Shape:
    """What ``fields`` and ``content`` of a validated query or body ask for."""
    fields = parameters.get("fields")
    return Shape(frozenset(fields) if fields else None, parameters.get("content", "full"))


class PagesView(MemoriesView):
    """A view whose GET answers with a page of memories."""

    def is_large(self, request: HttpRequest) -> bool:
        limit = request.GET.get("limit", "")
        big = limit.isdecimal() and int(limit[:4]) > USUAL_PAGE
        return big or super().is_large(request)


def conditional(view: MemoriesView, row: Row) -> HttpResponse:
    """One memory, or 304 when the client has it; the row was found, so the caller may read it."""
    tag = etag(row)
    if preconditions.is_unmodified(view.request, tag):
        return HttpResponse(status=304, headers={"ETag": tag})
    return JsonAnswer(view.shaped(row), headers={"ETag": tag})
