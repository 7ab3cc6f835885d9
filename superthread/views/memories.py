"""Memories: list, save, read, change, delete, undelete."""

import contextlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import orjson
from django.http import HttpResponse, QueryDict
from drf_spectacular.utils import OpenApiExample
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from memory_hub.accounts.principal import Principal
from memory_hub.api.describing import extend_schema
from memory_hub.api.preconditions import expected_revisions
from memory_hub.api.strict_json import StrictJSONParser
from memory_hub.caching import cache_read_only
from memory_hub.core.errors import HubError, JsonAnswer
from memory_hub.core.links import path_to
from memory_hub.http.envelopes import Plain
from superthread import generations
from superthread.feed import past
from superthread.fields import EXAMPLE, DeleteQuery
from superthread.merge_patch import MEDIA_TYPE, MergePatchParser, MetadataPatch
from superthread.questions import listed
from superthread.reads import listing, named, trash
from superthread.reads.bounded_pages import is_usual
from superthread.reads.representation import Row
from superthread.scopes import MEMORIES_READ
from superthread.search import similar
from superthread.serializers.lists import (
    ListQuery,
    MemoryPage,
    MemoryQuery,
    TrashPage,
    TrashQuery,
)
from superthread.serializers.memories import (
    ChangedMemoryOut,
    MemoryChange,
    MemoryMerge,
    MemoryOut,
    NewMemory,
    SavedMemoryOut,
    SaveQuery,
    Undeletion,
    written,
)
from superthread.serializers.shape import ShapeQuery
from superthread.services import lifecycle, relinking, revise, save
from superthread.store_terms import Draft
from superthread.views.base import GroupedView, MemoriesView, OneMemoryView, PagesView, rows_found


class _RenamingView(MemoriesView):
    """A view of a write that may give a memory another path."""

    def renamed(self, row: Row) -> HttpResponse:
        """The memory; after a rename with the offer to rewrite links to the old path."""
        offer = relinking.offers([row], self.principal).get(row["id"])
        return self.answer(row, **({"links_to_rewrite": offer} if offer else {}))


class MemoryListView(PagesView, GroupedView):
    queries = {"GET": ListQuery, "POST": SaveQuery}

    @extend_schema(
        operation_id="list_memories",
        parameters=[ListQuery],
        responses=MemoryPage,
    )
    @cache_read_only(generations.KEPT, generations.of_list)
    def get(self, request: Request) -> dict[str, Any] | HttpResponse:
        """A page of what the caller may read, newest change first; or memories by their ids; or
        those with paths, in the order of these (`path_prefix`, `depth`).

        A copy of everything that loses nothing while others write goes by `sort=created`. Filters
        by role, origin, tag and metadata are answered by looking at memories one by one: a page
        then says how many it has `examined`, may hold few or none, and goes on by its cursor.

        With `at` the list is as it was then: what stood in the same place, and what is shared
        with the caller now, as far as they may edit it now. 400 `in-the-future`, `too-early`,
        `too-far` (with the `nearest` moment there is, where the journal is not kept for so long).
        """
        asked = self.parameters
        if "ids" in asked:
            return self.single()
        page, total = listed(
            asked, by=self.principal, shape=self.shape, show=self.shaped, as_texts=True
        )
        more = {} if page.examined is None else {"examined": page.examined}
        if total is not None:
            more["total"] = total
        return self._told(page) | more

    @classmethod
    def is_grouped(cls, query: QueryDict) -> bool:
        return "ids" in query

    @property
    def weight(self) -> int:
        return len(self.parameters["ids"])

    @classmethod
    def found(
        cls, views: Sequence["MemoryListView"], *, alone: bool = False
    ) -> list[dict[str, Row] | None]:
        asked: dict[str, list[str]] = defaultdict(list)
        for view in views:
            asked[view.shape.reads] += view.parameters["ids"]
        by = views[0].principal
        rows = {reads: named.by_ids(ids, by=by, content=reads) for reads, ids in asked.items()}
        each = [
            {one: row for one in view.parameters["ids"] if (row := rows[view.shape.reads].get(one))}
            for view in views
        ]
        return [found if alone or is_usual(found.values()) else None for found in each]

    def shown(self, found: dict[str, Row]) -> Plain:
        page, missing = listing.by_ids(
            found,
            by=self.principal,
            doc_ids=self.parameters["ids"],
            cursor=self.parameters.get("cursor"),
            show=self.shaped,
        )
        return Plain(None, orjson.dumps(self._told(page) | {"missing": missing}))

    def _told(self, page: listing.ListPage) -> dict[str, Any]:
        return {
            "memories": page.items,
            "count": len(page.items),
            "next_cursor": page.next_cursor,
        }

    @extend_schema(
        operation_id="save_memory",
        parameters=[SaveQuery],
        request=NewMemory,
        responses={201: written(SavedMemoryOut)},
        examples=[OpenApiExample("A decision", EXAMPLE, request_only=True)],
    )
    def post(self, request: Request) -> HttpResponse:
        """Saves a memory; the owner is whoever the credential belongs to."""
        return self.saved(save.store(self.prepared))

    def saved(self, row: Row) -> HttpResponse:
        """What is answered when the memory that was ``prepared`` is stored as this row."""
        headers = {"Location": path_to(f"/superthread/memories/{row['doc_id']}")}
        if not self.parameters["report_duplicates"]:
            return self.answer(row, 201, headers)
        (counted,) = self.prepared.terms.counted
        found = similar.duplicates(row, counted, by=self.principal)
        return self.answer(row, 201, headers, duplicates=found)

    def prepare_post(self, request: Request) -> save.PreparedSave:
        if self.parameters["report_duplicates"]:
            self.require(MEMORIES_READ)
        return save.prepare([Draft(**self.body(NewMemory))], by=self.principal)


class MemoryView(_RenamingView, OneMemoryView):
    conditions = {"GET": "If-None-Match", "PATCH": "If-Match", "DELETE": "If-Match"}
    queries = {
        "GET": MemoryQuery,
        "PATCH": ShapeQuery,
        "DELETE": DeleteQuery,
    }

    @extend_schema(
        operation_id="get_memory", parameters=[MemoryQuery], responses={200: MemoryOut, 304: None}
    )
    @cache_read_only(generations.KEPT, generations.of_memory)
    def get(self, request: Request, doc_id: str) -> HttpResponse:
        """One memory; 304 when If-None-Match names what the client has.

        With `at` it is as it was then, for who may edit it now, and of what is in the trash for
        its admins. Its role, and when it will expire, are those of now. 400 `in-the-future`,
        `too-early`, `too-far` (with the `nearest` moment there is, where the journal is not kept
        for so long).
        """
        if "at" in self.parameters:
            at = self.parameters["at"]
            row = past.find(doc_id=doc_id, at=at, by=self.principal)
            return JsonAnswer(self.shaped(row))
        return self.single()

    @classmethod
    def found(
        cls, views: Sequence["MemoryView"], *, alone: bool = False
    ) -> list[Row | HubError | None]:
        ids = [view.kwargs["doc_id"] for view in views]
        return rows_found(named.by_ids, ids, by=views[0].principal, alone=alone)

    parser_classes = (StrictJSONParser, MergePatchParser)

    @extend_schema(
        operation_id="change_memory",
        request={
            "application/json": MemoryChange,
            MEDIA_TYPE: MemoryMerge,
        },
        responses=written(ChangedMemoryOut),
    )
    def patch(self, request: Request, doc_id: str) -> HttpResponse:
        """Changes the named fields; with If-Match only if nobody else did meanwhile. As a merge
        patch (RFC 7396) it keeps the metadata that it does not name; null removes some. After a
        rename the answer offers to rewrite links to the old path: `links_to_rewrite`."""
        row = revise.write(self.prepared, by=self.principal)
        return self.renamed(row)

    def prepare_patch(self, request: Request, doc_id: str) -> revise.Revision:
        merges = request.content_type.partition(";")[0].strip().lower() == MEDIA_TYPE
        kind = MemoryMerge if merges else MemoryChange
        changes = self.body_or(kind, lambda: self._refuse_change(doc_id))
        if merges and "metadata" in changes:
            changes["metadata"] = MetadataPatch(changes["metadata"])
        expected = expected_revisions(request)
        return revise.prepare(doc_id=doc_id, changes=changes, by=self.principal, expected=expected)

    def _refuse_change(self, doc_id: str) -> None:
        body: Any = {}
        # As far as it could be read.
        with contextlib.suppress(HubError, APIException):
            body = self.request.data
        self.find(doc_id, revise.least_role(body if isinstance(body, dict) else {}))

    @extend_schema(
        operation_id="delete_memory",
        parameters=[DeleteQuery],
        responses={204: None},
    )
    def delete(self, request: Request, doc_id: str) -> None:
        """To the trash for 30 days, or for good."""
        remove = lifecycle.purge if self.parameters["permanent"] else lifecycle.trash
        remove(doc_id=doc_id, by=self.principal, expected=expected_revisions(request))


class TrashView(PagesView):
    queries = {"GET": TrashQuery}

    @extend_schema(
        operation_id="list_trash",
        parameters=[TrashQuery],
        responses=TrashPage,
    )
    def get(self, request: Request) -> dict[str, Any]:
        """A page of what the caller may undelete, latest deletion first."""
        found, cursor = trash.page(
            by=self.principal,
            limit=self.parameters["limit"],
            cursor=self.parameters.get("cursor"),
            shape=self.shape,
            show=lambda row: self.shaped(row) | trash.facts(row),
        )
        return {"memories": found, "count": len(found), "next_cursor": cursor}

    def anonymous(self) -> Principal | None:
        # Public memories may be open to anyone, the trash is not.
        return super(MemoriesView, self).anonymous()


class UndeleteView(_RenamingView):
    queries = {"POST": ShapeQuery}

    @extend_schema(
        operation_id="undelete_memory",
        parameters=[ShapeQuery],
        request=Undeletion,
        responses=written(ChangedMemoryOut),
    )
    def post(self, request: Request, doc_id: str) -> HttpResponse:
        """Back from the trash, as it was. Where somebody has its path by now, 409: a body may give
        it another `path`, or null for none; then it may offer `links_to_rewrite`."""
        named = None
        if request._request.body:
            named = self.body_or(
                Undeletion, lambda: lifecycle.refuse_undelete(doc_id=doc_id, by=self.principal)
            )
        return self.renamed(lifecycle.undelete(doc_id=doc_id, by=self.principal, named=named))
