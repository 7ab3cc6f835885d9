"""``/superthread/imports``: files become one's own memories, in the background."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from memory_hub.accounts.principal import Principal
from memory_hub.api.describing import extend_schema
from memory_hub.api.views import HubView
from memory_hub.core.budget import Budget
from memory_hub.core.errors import JsonAnswer
from memory_hub.core.links import path_to
from memory_hub.http.uploads import upload_of
from memory_hub.rate_limits import bill
from memory_hub.rate_limits.prices import FILE_BYTES as PRICED_BYTES
from memory_hub.threads.worker_pool import run_in_worker
from superthread.imports import services
from superthread.imports.serializers import (
    ImportList,
    ImportOut,
    ImportQuery,
    OutcomeList,
    OutcomesQuery,
    represent,
)
from superthread.limits import FILE_BYTES
from superthread.scopes import MEMORIES_READ, MEMORIES_WRITE
from superthread.views.base import UUID

# Files that come to a worker at once: each holds a megabyte and a turn at the disk.
coming = Budget("files", 8)
_DEFAULTS = ("scope", "team_key", "category")


class _ImportsView(HubView):
    """Of no use to restricted tokens: what a file holds may be for anywhere."""

    principal: Principal
    scopes = {"GET": MEMORIES_READ, "POST": MEMORIES_WRITE, "DELETE": MEMORIES_WRITE}
    path_schemas = {"import_id": UUID}


class ImportsView(_ImportsView):
    queries = {"POST": ImportQuery}
    problems = {"POST": (408, 409, 507)}
    # In the database alone, by what it registers.
    tells_changes = True

    @extend_schema(operation_id="list_imports", responses=ImportList)
    def get(self, request: Request) -> dict[str, Any]:
        """One's own imports, newest first, at most 50. What is told of one goes 30 days after its
        end."""
        return {"imports": [represent(job) for job in services.mine(by=self.principal)]}

    @extend_schema(
        operation_id="start_import",
        parameters=[ImportQuery],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={202: ImportOut},
    )
    async def post(self, request: Request) -> HttpResponse:
        """Sends a file, as the body itself, to become memories of one's own in the background: an
        export of ChatGPT, Claude, mem0, MCP's memory server, Basic Memory, Obsidian or Notion,
        notes as Markdown, the hub's JSON Lines; packed or not, at most 1 GiB. It has to come at
        64 KiB a second at least. Sending one again is safe: nothing comes twice. Owners, ids and
        grants that it names count for nothing, and nothing becomes public by it. The import is told
        of at the `Location`."""
        upload = upload_of(request._request)
        asked = _asked(self.parameters)
        with coming.holding(1):
            size = FILE_BYTES if upload.declared is None else upload.declared
            place = await run_in_worker(
                partial(services.prepare, by=self.principal, asked=asked, size=size)
            )
            await upload.to_file(place.path)
            if upload.declared is None:
                await run_in_worker(partial(bill.charge_afterwards, upload.size // PRICED_BYTES))
            job = await run_in_worker(
                partial(services.register, place, by=self.principal, asked=asked)
            )
        where = path_to(f"/superthread/imports/{job.pk}")
        return JsonAnswer(represent(job), 202, {"Location": where})


class ImportView(_ImportsView):
    @extend_schema(operation_id="get_import", responses=ImportOut)
    def get(self, request: Request, import_id: str) -> dict[str, Any]:
        """How far an import is."""
        return represent(services.progress(import_id, by=self.principal))

    @extend_schema(operation_id="cancel_import", responses={204: None})
    def delete(self, request: Request, import_id: str) -> None:
        """Nothing more of the file is imported, and it goes; what has come stays. An import that
        has ended is forgotten."""
        services.cancel(import_id, by=self.principal)


class OutcomesView(_ImportsView):
    queries = {"GET": OutcomesQuery}

    @extend_schema(
        operation_id="list_import_outcomes", parameters=[OutcomesQuery], responses=OutcomeList
    )
    def get(self, request: Request, import_id: str) -> dict[str, Any]:
        """What became of each thing in the file, in its order; of the first 10,000."""
        found = services.outcomes(import_id, by=self.principal, **self.parameters)
        return {"outcomes": found}


def _asked(parameters: dict[str, Any]) -> services.ImportRequest:
    defaults = {name: parameters[name] for name in _DEFAULTS if parameters.get(name)}
    if "team_key" in defaults:
        defaults.setdefault("scope", "team")
    return services.ImportRequest(
        parameters["filename"],
        parameters["format"],
        parameters["exchanges"],
        parameters["dry_run"],
        defaults,
    )
