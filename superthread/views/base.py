"""What the views of memories share."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, ClassVar

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from rest_framework.exceptions import APIException

from memory_hub.accounts.principal import NOBODY, Principal
from memory_hub.api import preconditions
from memory_hub.api.serializers import Nothing, StrictSerializer
from memory_hub.api.views import HubView
from memory_hub.caching import valid_until
from memory_hub.core.errors import HubError, JsonAnswer, NotFound
from memory_hub.core.outcomes import only
from memory_hub.http.envelopes import Plain
from superthread.feed.shown import PART, WHOLE, note_shown
from superthread.policies import Role
from superthread.reads.named import find, judged
from superthread.reads.representation import (
    EVERYTHING,
    Row,
    completed,
    etag,
    instant_of,
    represent,
)
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


class GroupedView(MemoriesView):
    """A view whose GETs of one caller that wait at the same moment are read together (`plain/`). A
    single one is a group of one."""

    @classmethod
    def is_grouped(cls, query: QueryDict) -> bool:
        """Whether a GET with this query string can be read with others."""
        return True

    @property
    def weight(self) -> int:
        """How many rows it asks for, about."""
        return 1

    @classmethod
    def found(cls, views: Sequence[Any], *, alone: bool = False) -> list[Any]:
        """What each of these views shows, or the error that says why there is nothing. Where it is
        not asked for ``alone``, None for what is too long to be read with others."""
        raise NotImplementedError

    def shown(self, found: Any) -> Plain:
        """The answer made of what was found, in the context of its request; asks no database but
        for what is too long. Raises HubError."""
        raise NotImplementedError

    def single(self) -> HttpResponse:
        """The answer to this request alone."""
        return self.shown(only(self.found([self], alone=True))).response()


class OneMemoryView(GroupedView):
    """A view whose GET answers with one memory, or with 304 when the client has it."""

    def shown(self, found: Row) -> Plain:
        valid_until(instant_of(found["expires_at"]))
        tag = etag(found)
        if preconditions.is_unmodified(self.request, tag):
            return Plain(tag)
        return Plain(tag, orjson.dumps(self.shaped(found)))


def rows_found(
    find: Callable[..., dict[Any, Row]], names: Sequence[Any], *, by: Principal, alone: bool
) -> list[Row | HubError | None]:
    """The row of each view's memory by its name, as ``find`` finds them (`reads/named.py`)."""
    found = find(names, by=by, content=EVERYTHING if alone else "full")
    rows = {name: completed(row) for name, row in found.items()}
    return [
        None if name in rows and rows[name] is None else judged(rows.get(name), Role.VIEWER)
        for name in names
    ]
