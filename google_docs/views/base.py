"""What the views of this app share."""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.exceptions import APIException

from google_docs.access.reachable import DocsCaller, caller_of
from google_docs.backend import require_configured
from google_docs.preconditions import etag
from google_docs.scopes import DOCS_READ, DOCS_WRITE
from google_docs.store.space import Located, locate
from memory_hub.api.preconditions import is_unmodified
from memory_hub.api.serializers import StrictSerializer
from memory_hub.api.views import HubView
from memory_hub.core.errors import HubError, JsonAnswer
from memory_hub.threads.worker_pool import run_in_worker
from superthread.policies import Role
from superthread.store_terms import receipt

WRITES = ("POST", "PATCH", "DELETE")
PROBLEMS = (404, 413, 502, 504)  # of every call that asks Google


class DocsView(HubView):
    """A view under the docs scopes, whose handlers run on the event loop."""

    scopes = {"GET": DOCS_READ, **dict.fromkeys(WRITES, DOCS_WRITE)}
    problems = dict.fromkeys(("GET", *WRITES), PROBLEMS)
    needs_google = True
    # The role that may read what the view answers, whatever became of the memory since.
    repeated_to: ClassVar[Role] = Role.EDITOR
    # The transport does.
    tells_changes = True

    def admit(self) -> None:
        """After who and what: is there a Google at all."""
        super().admit()
        if self.needs_google:
            require_configured()
            # Loaded here: the handlers run on the event loop.
            _ = self.principal.teams

    async def caller(self) -> DocsCaller:
        """What the principal reaches in Google. Raises NotConfigured and NotConnected."""
        return await caller_of(self.principal)

    async def find(self, doc_id: str, least: Role = Role.VIEWER) -> tuple[DocsCaller, Located]:
        caller = await self.caller()
        return caller, await locate(caller.reach, doc_id, least)

    async def input(self, kind: type[StrictSerializer]) -> dict[str, Any]:
        """The validated body; parsed in a worker thread, it may be large."""
        return await run_in_worker(self.body, kind)

    async def input_or(
        self, kind: type[StrictSerializer], refuse: Callable[[], Awaitable[Any]]
    ) -> dict[str, Any]:
        """The validated body. Where it is bad `refuse` goes first: it raises 404 or 403 if the
        caller may not do this at all."""
        try:
            return await self.input(kind)
        except (HubError, APIException):
            await refuse()
            raise

    async def no_input(self) -> None:
        """As ``no_body``; read in a worker thread, it may be large."""
        await run_in_worker(self.no_body)

    def answer(
        self, memory: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
    ) -> HttpResponse:
        """One memory that was written, with its ETag where Google told its revision."""
        if self.principal.may(DOCS_READ):
            return answer(memory, status, headers)
        # The whole tag would tell of the rest by its checksum.
        tag = {"ETag": f'"{memory["revision"]}"'} if memory["revision"] else {}
        return JsonAnswer(receipt(memory), status, tag | (headers or {}))

    def told(self, body: dict[str, Any]) -> dict[str, Any]:
        """What a write answers: all of the body to a token that may read, else its receipt."""
        return body if self.principal.may(DOCS_READ) else receipt(body)

    async def shown_again_outside(self, body: dict[str, Any]) -> dict[str, Any]:
        """The whole body to those whom Google lets read now what it tells of, else its receipt."""
        doc_id = self.kwargs.get("doc_id") or body.get("doc_id")
        # A batch: receipts it is anyway.
        if doc_id is None:
            return body
        try:
            await self.find(doc_id, self.repeated_to)
        except HubError:
            # Google out of reach included: what cannot be judged is not shown.
            return receipt(body)
        return self.told(body)


def answer(
    memory: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    """One memory with its ETag, where Google told its revision."""
    tag = etag(memory)
    return JsonAnswer(memory, status, {**({"ETag": tag} if tag else {}), **(headers or {})})


def conditional(view: HubView, memory: dict[str, Any]) -> HttpResponse:
    """One memory, or 304 when the client has it; it was found, so the caller may read it."""
    tag = etag(memory)
    if tag and is_unmodified(view.request, tag):
        return HttpResponse(status=304, headers={"ETag": tag})
    return answer(memory)
