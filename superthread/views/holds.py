"""Legal holds, over the API: for staff alone."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from memory_hub.accounts.principal import Principal
from memory_hub.api.describing import extend_schema
from memory_hub.api.views import HubView
from memory_hub.core.errors import Forbidden, JsonAnswer, NotFound
from memory_hub.core.text import key_in
from superthread.scopes import HOLDS_MANAGE
from superthread.serializers.holds import HoldOut, HoldsOut, NewHold
from superthread.services import holds


class _StaffView(HubView):
    scopes = dict.fromkeys(("GET", "POST", "DELETE"), HOLDS_MANAGE)

    def require_staff(self) -> Principal:
        """Who asks. A token of theirs ends when they are staff no more; this does not rest on it.
        Raises Forbidden."""
        if not self.principal.is_staff:
            raise Forbidden("Legal holds are for staff.")
        return self.principal


class HoldsView(_StaffView):
    @extend_schema(operation_id="list_holds", responses=HoldsOut)
    def get(self, request: Request) -> dict[str, Any]:
        """All legal holds, newest first."""
        self.require_staff()
        found = [holds.represent(hold) for hold in holds.listed()]
        return {"holds": found, "count": len(found)}

    @extend_schema(operation_id="place_hold", request=NewHold, responses={201: HoldOut})
    def post(self, request: Request) -> HttpResponse:
        """Keeps a memory, or all memories of a team, as they are.

        Until it is lifted nothing of it is deleted for good or redacted, by its owner, by the end
        of the trash or of its time, and no memory leaves the team: 423 `on-hold`. It may be read,
        changed, which makes versions, and moved to the trash. 409 `already-on-hold`.
        """
        by = self.require_staff()
        hold = holds.place(**self.body(NewHold), by=by)
        return JsonAnswer(holds.represent(hold), 201)


class HoldView(_StaffView):
    path_schemas = {"hold_id": {"type": "integer"}}

    @extend_schema(operation_id="lift_hold", responses={204: None})
    def delete(self, request: Request, hold_id: str) -> None:
        """Lifts a hold."""
        by = self.require_staff()
        key = key_in(hold_id)
        if key is None:
            raise NotFound("There is no such hold.")
        holds.lift(key, by=by)
