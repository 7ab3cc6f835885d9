"""Grants of one memory, and its owner."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from memory_hub.accounts.principal import Principal
from memory_hub.api.describing import extend_schema
from memory_hub.caching import cache_read_only, valid_until
from memory_hub.core.errors import HubError
from memory_hub.http.envelopes import Plain
from superthread import generations
from superthread.policies import Role
from superthread.reads.grants import Permissions, permissions
from superthread.reads.representation import instant_of
from superthread.scopes import MEMORIES_READ, MEMORIES_SHARE
from superthread.serializers.memories import written
from superthread.serializers.shares import (
    PermissionChange,
    PermissionsOut,
    ShareList,
    ShareReply,
    TransferBody,
    TransferList,
    TransferOut,
)
from superthread.services import ownership, sharing
from superthread.views.base import GroupedView, MemoriesView


class PermissionsView(GroupedView):
    scopes = {"GET": MEMORIES_READ, "POST": MEMORIES_SHARE}
    repeated_to = Role.ADMIN

    @extend_schema(operation_id="list_permissions", responses=PermissionsOut)
    @cache_read_only(generations.KEPT, generations.of_memory)
    def get(self, request: Request, doc_id: str) -> HttpResponse:
        """Who has a role by grant, and the owner."""
        return self.single()

    @classmethod
    def found(
        cls, views: Sequence["PermissionsView"], *, alone: bool = False
    ) -> list[Permissions | HubError]:
        return permissions([view.kwargs["doc_id"] for view in views], by=views[0].principal)

    def shown(self, found: Permissions) -> Plain:
        valid_until(instant_of(found.row["expires_at"]))
        return Plain(None, orjson.dumps(found.told))

    @extend_schema(
        operation_id="change_permissions",
        request=PermissionChange,
        responses=written(PermissionsOut),
    )
    def post(self, request: Request, doc_id: str) -> dict[str, Any]:
        """Merges roles into the grants; null removes one. A grant is an offer until it is accepted:
        it opens the memory by its id and puts it into no list or search. Anybody may take back
        their own. No answer tells whether an address has an account."""
        changes = self.body_or(PermissionChange, lambda: self.find(doc_id, Role.ADMIN))
        whole = sharing.change_grants(
            doc_id=doc_id, changes=changes["permissions"], by=self.principal
        )
        return self.told(whole)


class TransferView(MemoriesView):
    scopes = {"POST": MEMORIES_SHARE}

    @extend_schema(
        operation_id="transfer_memory",
        request=TransferBody,
        responses=TransferOut,
    )
    def post(self, request: Request, doc_id: str) -> dict[str, Any]:
        """Offers the memory to another owner, withdraws the offer (`to` is null), or answers one
        (`accept`). An offer says the same whether the address has an account or not; a team's
        admin names a new owner at once while the present one is not in the team."""
        body = self.body_or(TransferBody, lambda: self._refuse(doc_id))
        if "accept" in body:
            return ownership.reply(doc_id=doc_id, accept=body["accept"], by=self.principal)
        return ownership.offer(doc_id=doc_id, to=body["to"], by=self.principal)

    def _refuse(self, doc_id: str) -> None:
        if not ownership.is_offered(doc_id, self.principal):
            self.find(doc_id, Role.OWNER)


class TransfersView(MemoriesView):
    scopes = {"GET": MEMORIES_READ}

    @extend_schema(operation_id="list_transfers", responses=TransferList)
    def get(self, request: Request) -> dict[str, Any]:
        """The memories that others want to give to the caller."""
        return {"transfers": ownership.offers(self.principal)}

    def anonymous(self) -> Principal | None:
        return None


class SharesView(MemoriesView):
    scopes = {"GET": MEMORIES_READ}

    @extend_schema(operation_id="list_shares", responses=ShareList)
    def get(self, request: Request) -> dict[str, Any]:
        """What others have shared with the caller and the caller has not answered yet."""
        return {"shares": sharing.offers(self.principal)}

    def anonymous(self) -> Principal | None:
        return None


class ShareView(MemoriesView):
    scopes = {"POST": MEMORIES_SHARE}

    @extend_schema(operation_id="answer_share", request=ShareReply, responses={204: None})
    def post(self, request: Request, doc_id: str) -> None:
        """Accepts a share, so that it is listed and searched, or declines it; `block` shows no
        further offer of its sender. Accepted shares can be declined later."""
        body = self.body_or(ShareReply, lambda: self.find(doc_id, Role.VIEWER))
        sharing.reply(
            doc_id=doc_id, accept=body["accept"], block_sender=body["block"], by=self.principal
        )
