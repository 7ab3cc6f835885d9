"""Who did what, and the head of the journal."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from memory_hub.api.describing import extend_schema
from memory_hub.core.links import path_to
from superthread.feed import audit
from superthread.feed.audit_export import FORMATS
from superthread.scopes import AUDIT_READ
from superthread.serializers.audit import AuditExportQuery, AuditPage, AuditQuery, HeadOut
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
        memory and to who may see it, for its admins. Beside what was changed (one act, with its
        `position` in the journal) stand reads of memories that are another's, and refusals: counted
        by the hour, so many from `at` `until`. Never a title or a content."""
        asked = dict(self.parameters)
        limit, cursor = asked.pop("limit"), asked.pop("cursor", None)
        wanted = audit.AuditFilter(**asked)
        entries, following = audit.page(wanted, by=self.principal, limit=limit, cursor=cursor)
        return {"entries": entries, "next_cursor": following}


class ExportView(_AuditView):
    queries = {"GET": AuditExportQuery}
    problems = {"GET": (404,)}

    def is_large(self, request: HttpRequest) -> bool:
        return True

    @extend_schema(
        operation_id="audit_export",
        parameters=[AuditExportQuery],
        responses={(200, "application/x-ndjson"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponse:
        """The audit as lines, newest first: a JSON object each, as `/superthread/audit` tells it or
        of the Elastic Common Schema. Where there is more, the header `Link` says where
        (`rel="next"`)."""
        asked = dict(self.parameters)
        limit, cursor = asked.pop("limit"), asked.pop("cursor", None)
        render = FORMATS[asked.pop("format")]
        wanted = audit.AuditFilter(**asked)
        lines, following = audit.page(wanted, by=self.principal, limit=limit, cursor=cursor)
        answer = HttpResponse(b"".join(map(render, lines)), content_type="application/x-ndjson")
        if following:
            query = request.GET.copy()
            query["cursor"] = following
            path = path_to("/superthread/audit/export")
            answer["Link"] = f'<{path}?{query.urlencode()}>; rel="next"'
        return answer


class HeadView(_AuditView):
    @extend_schema(operation_id="audit_head", responses=HeadOut)
    def get(self, request: Request) -> dict[str, Any]:
        """Up to where the journal is sealed. Whoever keeps the hash can prove later that nothing
        before it was taken away or altered (`manage.py verify_journal --head`)."""
        return audit.head()
