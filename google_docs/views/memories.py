"""Memories in Google Docs: list, save, read, change, delete, search."""

import time
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request

from google_docs.access.reachable import DocsCaller, saved_in
from google_docs.access.reading import read
from google_docs.errors import NotConnected
from google_docs.preconditions import expected_revisions
from google_docs.serializers import answers, requests
from google_docs.store import listing, memories, searching
from google_docs.store.selection import Selection
from google_docs.views.base import DocsView, conditional
from memory_hub.api.describing import extend_schema
from memory_hub.core.errors import JsonAnswer
from memory_hub.core.links import path_to
from memory_hub.core.request_stats import note_search
from superthread.fields import EXAMPLE, DeleteQuery
from superthread.policies import Role
from superthread.serializers.memories import written
from superthread.services.places import place_for
from superthread.store_terms import Draft


def wanted(caller: DocsCaller, scope: str, team_key: str | None, category: str | None) -> Selection:
    """The spaces that a list or a search covers. Raises NotConnected where the caller's own
    memories are asked for and no account holds them."""
    if scope == "personal" and caller.reach.space("personal", None) is None:
        raise NotConnected("Connect a Google account first.")
    return Selection.of(caller.reach, scope, team_key, category)


class MemoryListView(DocsView):
    queries = {"GET": requests.DocListQuery}

    @extend_schema(
        operation_id="docs_list_memories",
        parameters=[requests.DocListQuery],
        responses=answers.DocMemoryPage,
    )
    async def get(self, request: Request) -> dict[str, Any]:
        """A page of the caller's memories in Google Docs, newest change first."""
        given, caller = self.parameters, await self.caller()
        return await listing.page(
            caller.reach,
            wanted(caller, given["scope"], given.get("team_key"), given.get("category")),
            limit=given["limit"],
            cursor=given.get("cursor"),
            contents=given.get("include") == "content",
        )

    @extend_schema(
        operation_id="docs_save_memory",
        request=requests.NewDocMemory,
        responses={201: written(answers.DocMemoryOut, answers.DocReceipt)},
        examples=[OpenApiExample("A decision", EXAMPLE, request_only=True)],
    )
    async def post(self, request: Request) -> HttpResponse:
        """Saves a memory as a new Google Doc, once, whatever happens to the connection."""
        draft = Draft(**await self.input(requests.NewDocMemory))
        place_for(self.principal, draft.scope, draft.team_key)
        memories.storable(draft.content)
        caller = await self.caller()
        space = await caller.space_for(draft.scope, draft.team_key)
        memory = (
            await saved_in(caller, space, lambda space: memories.save(caller.reach, space, draft))
            | caller.noticed()
        )
        location = path_to(f"/google-docs/memories/{memory['doc_id']}")
        return self.answer(memory, 201, {"Location": location})


class MemoryView(DocsView):
    conditions = {"GET": "If-None-Match", "PATCH": "If-Match", "DELETE": "If-Match"}
    queries = {"DELETE": DeleteQuery}

    @extend_schema(operation_id="docs_get_memory", responses={200: answers.DocMemoryOut, 304: None})
    async def get(self, request: Request, doc_id: str) -> HttpResponse:
        """One memory with its exact text; 304 when If-None-Match names what the client has."""
        return conditional(self, await read(await self.caller(), doc_id))

    @extend_schema(
        operation_id="docs_change_memory",
        request=requests.DocMemoryChange,
        responses=written(answers.DocMemoryOut, answers.DocReceipt),
    )
    async def patch(self, request: Request, doc_id: str) -> HttpResponse:
        """Changes the named fields; with If-Match only if nobody else revised the text.

        Of the text only what differs is written, so that tables, images, chips and comments around
        it stay. A change that would cut them is 409 `would-lose-structure`, which names them; with
        `force` it is made, and `lost` says what went.
        """
        changes = await self.input_or(
            requests.DocMemoryChange, lambda: self.find(doc_id, Role.EDITOR)
        )
        expected = expected_revisions(request)
        caller, found = await self.find(doc_id, Role.EDITOR)
        return self.answer(await memories.change(caller.reach, found, changes, expected))

    @extend_schema(
        operation_id="docs_delete_memory",
        parameters=[DeleteQuery],
        responses={204: None},
    )
    async def delete(self, request: Request, doc_id: str) -> None:
        """To Google's trash for 30 days, or for good with its snapshots."""
        permanent = self.parameters["permanent"]
        expected = expected_revisions(request)
        caller, found = await self.find(doc_id, Role.OWNER if permanent else Role.ADMIN)
        remove = memories.purge if permanent else memories.trash
        await remove(caller.reach, found, expected)


class SearchView(DocsView):
    scopes = {"POST": DocsView.scopes["GET"]}
    reads = ("POST",)

    @extend_schema(
        operation_id="docs_search_memories",
        request=requests.DocSearch,
        responses=answers.DocSearchOut,
    )
    async def post(self, request: Request) -> HttpResponse:
        """Searches Google's full-text index: whole words, all of them; it lags behind writes."""
        began = time.perf_counter_ns()
        given = await self.input(requests.DocSearch)
        caller = await self.caller()
        found = await searching.search(
            caller.reach,
            wanted(caller, given["scope"], given.get("team_key"), given.get("category")),
            query=given["query"],
            limit=given["limit"],
            cursor=given.get("cursor"),
        )
        took_ns = time.perf_counter_ns() - began
        note_search("google-docs", found["count"], took_ns)
        return JsonAnswer(found | {"took_ms": round(took_ns / 1e6, 1)})
