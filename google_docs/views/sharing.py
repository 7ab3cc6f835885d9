"""Grants of one memory, as Google's permissions."""

from typing import Any

from rest_framework.request import Request

from google_docs.scopes import DOCS_READ
from google_docs.serializers import answers, requests
from google_docs.store import file_properties, sharing
from google_docs.store.memories import noted
from google_docs.views.base import DocsView
from memory_hub.api.describing import extend_schema
from memory_hub.core.errors import Conflict
from superthread.policies import Role
from superthread.scopes import MEMORIES_SHARE
from superthread.serializers.memories import written


class PermissionsView(DocsView):
    scopes = {"GET": DOCS_READ, "POST": MEMORIES_SHARE}
    repeated_to = Role.ADMIN

    @extend_schema(operation_id="docs_list_permissions", responses=answers.DocPermissionsOut)
    async def get(self, request: Request, doc_id: str) -> dict[str, Any]:
        """Who has a role on the document, in our words and in Google's."""
        _, found = await self.find(doc_id, Role.ADMIN)
        return await sharing.read(found)

    @extend_schema(
        operation_id="docs_change_permissions",
        request=requests.DocPermissionChange,
        responses=written(answers.DocPermissionsOut, answers.DocReceipt),
    )
    async def post(self, request: Request, doc_id: str) -> dict[str, Any]:
        """Merges roles into the grants; null removes one. Takes effect in Google at once."""
        given = await self.input_or(
            requests.DocPermissionChange, lambda: self.find(doc_id, Role.ADMIN)
        )
        caller, found = await self.find(doc_id, Role.ADMIN)
        if file_properties.of(found.file).owner in given["permissions"]:
            raise Conflict("The owner's role cannot be changed by a grant.")
        async with noted(caller.reach, found) as told:
            whole = await sharing.change(found, given["permissions"], notify=given["notify"])
            told += sharing.events(caller.reach, found, given["permissions"], whole["outcomes"])
        return self.told(whole)
