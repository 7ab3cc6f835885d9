"""The history of one memory: our snapshots and Google's revisions."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from django.http import HttpResponse
from rest_framework.request import Request

from google_docs.access.reachable import DocsCaller
from google_docs.errors import NoSuchFile
from google_docs.preconditions import expected_revisions
from google_docs.serializers import answers, requests
from google_docs.store import history
from google_docs.store.space import Located
from google_docs.views.base import PROBLEMS, DocsView
from memory_hub.api.describing import extend_schema
from memory_hub.core.errors import JsonAnswer
from memory_hub.core.links import path_to
from superthread.fields import NameQuery
from superthread.policies import Role
from superthread.serializers.memories import written

T = TypeVar("T")


async def in_folders(
    caller: DocsCaller, found: Located, work: Callable[[Located], Awaitable[T]]
) -> T:
    """Await work that makes a snapshot: in a folder of its own for a memory that was shared with
    somebody who never saved anything, and in other ones if the folder is gone or in the trash."""
    if not found.space.snapshots:
        space = await caller.space_for(found.space.scope, found.space.team_key)
        found = replace(found, space=space)
    try:
        return await work(found)
    except NoSuchFile:
        return await work(replace(found, space=await caller.renew_space(found.space)))


class VersionListView(DocsView):
    queries = {"GET": requests.DocVersionsQuery, "POST": NameQuery}

    @extend_schema(
        operation_id="docs_list_versions",
        parameters=[requests.DocVersionsQuery],
        responses=answers.DocVersionPage,
    )
    async def get(self, request: Request, doc_id: str) -> dict[str, Any]:
        """Snapshots, which stay, and Google's revisions, which it may merge or drop."""
        # Google lists revisions to writers only.
        _, found = await self.find(doc_id, Role.EDITOR)
        versions = await history.versions(found, limit=self.parameters["limit"])
        return {"versions": versions, "count": len(versions)}

    @extend_schema(
        operation_id="docs_name_version",
        parameters=[NameQuery],
        request=None,
        responses={201: written(answers.DocVersionOut, answers.DocReceipt)},
    )
    async def post(self, request: Request, doc_id: str) -> HttpResponse:
        """Keeps the present state for good, as a copy of the document."""
        caller, found = await self.find(doc_id, Role.EDITOR)
        await self.no_input()
        description = self.parameters["description"]

        async def snapshot(found: Located) -> dict[str, Any]:
            return await history.snapshot(caller.reach, found, description)

        version = await in_folders(caller, found, snapshot)
        location = path_to(f"/google-docs/versions/{doc_id}/{version['version_id']}")
        return JsonAnswer(self.told(version), 201, {"Location": location})


class VersionView(DocsView):
    problems = {"GET": (*PROBLEMS, 410)}

    @extend_schema(operation_id="docs_get_version", responses=answers.DocVersionTextOut)
    async def get(self, request: Request, doc_id: str, version_id: str) -> dict[str, Any]:
        """The text of one version; 410 for a revision that Google merged away."""
        _, found = await self.find(doc_id, Role.EDITOR)
        shown = await history.read_version(found, version_id)
        return {"version_id": version_id, "content": shown.text}


class RestoreView(DocsView):
    conditions = {"POST": "If-Match"}
    queries = {"POST": requests.RestoreQuery}

    @extend_schema(
        operation_id="docs_restore_version",
        parameters=[requests.RestoreQuery],
        request=None,
        responses=written(answers.DocRestoredOut, answers.DocReceipt),
    )
    async def post(self, request: Request, doc_id: str, version_id: str) -> HttpResponse:
        """Makes an old text the present one, changing only what differs; the present one becomes a
        snapshot first. 409 `would-lose-structure` without `force` where the present document has
        what the text cannot say; `plain` names what the version had and its text cannot bring back.
        """
        caller, found = await self.find(doc_id, Role.EDITOR)
        await self.no_input()
        expected, force = expected_revisions(request), self.parameters["force"]

        async def restore(found: Located) -> dict[str, Any]:
            return await history.restore(caller.reach, found, version_id, expected, force=force)

        return self.answer(await in_folders(caller, found, restore))
