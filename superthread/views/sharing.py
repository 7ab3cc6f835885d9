"""Grants of one memory."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from memory_hub.accounts.scopes import MEMORIES_READ, MEMORIES_SHARE
from memory_hub.caching import cache_read_only
from superthread import generations, serializers
from superthread.policies import Role
from superthread.services import sharing
from superthread.views.base import MemoriesView


class PermissionsView(MemoriesView):
    scopes = {"GET": MEMORIES_READ, "POST": MEMORIES_SHARE}
    repeated_to = Role.ADMIN

    @extend_schema(operation_id="list_permissions", responses=serializers.PermissionsOut)
    @cache_read_only(generations.KEPT, generations.of_memory)
    def get(self, request: Request, doc_id: str) -> dict[str, Any]:
        """Who has a role by grant, and the owner."""
        return sharing.list_grants(doc_id=doc_id, by=self.principal)

    @extend_schema(
        operation_id="change_permissions",
        request=serializers.PermissionChange,
        responses=serializers.written(serializers.PermissionsOut),
    )
    def post(self, request: Request, doc_id: str) -> dict[str, Any]:
        """Merges roles into the grants; null removes one."""
        changes = self.body_or(serializers.PermissionChange, lambda: self.find(doc_id, Role.ADMIN))
        whole = sharing.change_grants(
            doc_id=doc_id, changes=changes["permissions"], by=self.principal
        )
        return self.told(whole)
