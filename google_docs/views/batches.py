"""Many memories in one request."""

from typing import Any

import orjson
from rest_framework.request import Request

from google_docs.access.reachable import saved_in
from google_docs.client.calls import File
from google_docs.serializers import answers, requests
from google_docs.store import batch, memories
from google_docs.store.space import Space
from google_docs.views.base import DocsView
from memory_hub.api.describing import extend_schema
from memory_hub.api.serializers import validated
from memory_hub.core.errors import HubError, problem_for
from superthread.services.places import place_for
from superthread.store_terms import Draft


def told(result: dict[str, Any]) -> dict[str, Any]:
    """A result with its error as a problem document."""
    if "error" not in result:
        return result
    problem = orjson.loads(problem_for(result["error"]).content)
    return {"index": result["index"], "status": problem["status"], "problem": problem}


class BatchSaveView(DocsView):
    most_items = batch.MAX_ITEMS

    @extend_schema(
        operation_id="docs_batch_save",
        request=requests.DocBatchSave,
        responses=answers.DocBatchSaveOut,
    )
    async def post(self, request: Request) -> dict[str, Any]:
        """Saves up to 100 memories, in parallel; one bad item harms no other."""
        given = await self.input(requests.DocBatchSave)
        caller = await self.caller()

        async def save(draft: Draft) -> File:
            place_for(self.principal, draft.scope, draft.team_key)
            space = await caller.space_for(draft.scope, draft.team_key)

            async def create(space: Space) -> File:
                async with space.calls.bulk:
                    return await memories.create(caller.reach, space, draft)

            return await saved_in(caller, space, create)

        kind = requests.NewDocMemory()
        items = [validated(kind, item) for item in given["memories"]]
        drafts = [item if isinstance(item, HubError) else Draft(**item) for item in items]
        results = [told(r) for r in await batch.save_all(drafts, save)]
        saved = sum(result["status"] == 201 for result in results)
        counts = {"saved_count": saved, "failed_count": len(results) - saved}
        return {"results": results, **counts, **caller.noticed()}


class BatchDeleteView(DocsView):
    most_items = batch.MAX_ITEMS

    @extend_schema(
        operation_id="docs_batch_delete",
        request=requests.DocBatchDelete,
        responses=answers.DocBatchDeleteOut,
    )
    async def post(self, request: Request) -> dict[str, Any]:
        """Puts up to 100 memories into the trash, in parallel."""
        given = await self.input(requests.DocBatchDelete)
        caller = await self.caller()
        results = [told(r) for r in await batch.delete_all(caller.reach, given["doc_ids"])]
        deleted = sum(result["status"] == 204 for result in results)
        return {
            "results": results,
            "deleted_count": deleted,
            "failed_count": len(results) - deleted,
        }
