"""``/superthread/exports``: what one may read becomes a file, in the background."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from memory_hub.accounts.principal import Principal
from memory_hub.api.describing import extend_schema
from memory_hub.api.views import HubView
from memory_hub.core.errors import JsonAnswer
from memory_hub.core.links import path_to
from memory_hub.http.file_answers import FileAnswer
from memory_hub.rate_limits import bill
from memory_hub.rate_limits.prices import FILE_BYTES
from superthread.exports import services
from superthread.exports.serializers import ExportIn, ExportList, ExportOut, represent
from superthread.models import Export, ExportFormat
from superthread.scopes import MEMORIES_READ
from superthread.views.base import UUID

ZIP = "application/zip"


class _ExportsView(HubView):
    """For what reads everything: a restricted token would read here what it is not for, for the
    file may have been made with another one."""

    principal: Principal
    # All that is in a file may be read with this scope. To make it changes no memory.
    scopes = dict.fromkeys(("GET", "POST", "DELETE"), MEMORIES_READ)
    path_schemas = {"export_id": UUID}


class ExportsView(_ExportsView):
    problems = {"POST": (409, 507)}

    @extend_schema(operation_id="list_exports", responses=ExportList)
    def get(self, request: Request) -> dict[str, Any]:
        """One's own exports, newest first. What is told of one goes with its file, a day after its
        end."""
        return {"exports": [represent(job) for job in services.mine(by=self.principal)]}

    @extend_schema(operation_id="start_export", request=ExportIn, responses={202: ExportOut})
    def post(self, request: Request) -> HttpResponse:
        """All that is in the caller's lists becomes one file, in the background. It is an archive
        that a hub imports again, or a tree of Markdown for people; either is a ZIP. An archive has
        the trash as well, versions where the caller may edit, and roles where the caller
        administers. It holds what the caller may read while it is made, and others' memories count
        as read. The export is told of at the `Location`. There may be two at a time: being made, or
        not deleted yet."""
        form = ExportFormat.ARCHIVE.value
        if request._request.body:
            form = self.body(ExportIn)["format"]
        job = services.start(by=self.principal, form=form)
        where = path_to(f"/superthread/exports/{job.pk}")
        return JsonAnswer(represent(job), 202, {"Location": where})


class ExportView(_ExportsView):
    @extend_schema(operation_id="get_export", responses=ExportOut)
    def get(self, request: Request, export_id: str) -> dict[str, Any]:
        """How far an export is."""
        return represent(services.progress(export_id, by=self.principal))

    @extend_schema(operation_id="delete_export", responses={204: None})
    def delete(self, request: Request, export_id: str) -> None:
        """The export is made no further, its file goes, and it is forgotten."""
        services.delete(export_id, by=self.principal)


class ExportFileView(_ExportsView):
    problems = {"GET": (409,)}

    @extend_schema(operation_id="get_export_file", responses={(200, ZIP): OpenApiTypes.BINARY})
    def get(self, request: Request, export_id: str) -> HttpResponse:
        """The file of an export that is done. It is for its owner's credentials alone: there is no
        link that opens it without one. It has to be taken at 64 KiB a second at least."""
        job, file = services.file_of(export_id, by=self.principal)
        bill.charge_afterwards(job.size // FILE_BYTES)
        return FileAnswer(file, name=named(job), kind=ZIP, by=self.principal)


def named(job: Export) -> str:
    """What the file of an export is called."""
    return f"memories-{job.format}-{job.created_at:%Y-%m-%d}.zip"
