"""Who did what, and the head of the journal."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from superthread.feed import audit
from superthread.scopes import AUDIT_READ
from superthread.serializers.audit import AuditPage, AuditQuery, HeadOut
from superthread.views.base import MemoriesView


class _AuditView(MemoriesView):
    scopes = {"GET": AUDIT_READ}
    # It tells of what was elsewhere before.
    heeds_restrictions = False

    def anonymous(self) -> None:
        """It is shown to somebody."""


class AuditView(_AuditView):
    queries = {"GET": AuditQuery}
    problems = {"GET": (404,)}

    @extend_schema(operation_id="audit", parameters=[AuditQuery], responses=AuditPage)
    def get(self, request: Request) -> dict[str, Any]:
        """Who did what, newest first: one's own acts, or with `doc_id` all that happened to a
        memory and to who may see it, for its admins. Never a title or a content."""
        asked = dict(self.parameters)
        limit, cursor = asked.pop("limit"), asked.pop("cursor", None)
        wanted = audit.Wanted(everybody=asked.pop("actor") == "all", **asked)
        entries, following = audit.page(wanted, by=self.principal, limit=limit, cursor=cursor)
        return {"entries": entries, "next_cursor": following}


class HeadView(_AuditView):
    @extend_schema(operation_id="audit_head", responses=HeadOut)
    def get(self, request: Request) -> dict[str, Any]:
        """Up to where the journal is sealed. Whoever keeps the hash can prove later that nothing
        before it was taken away or altered (`manage.py verify_journal --head`)."""
        return audit.head()
