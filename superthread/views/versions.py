"""The history of one memory."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from memory_hub.api.describing import extend_schema
from memory_hub.api.preconditions import expected_revisions
from memory_hub.caching import cache_read_only, valid_until
from memory_hub.core.errors import HubError, JsonAnswer
from memory_hub.core.links import path_to
from memory_hub.http.envelopes import Plain
from memory_hub.rate_limits.bill import charge_afterwards
from memory_hub.rate_limits.prices import BODY_BYTES
from superthread import generations
from superthread.fields import NameQuery
from superthread.policies import Role
from superthread.reads.representation import instant_of
from superthread.reads.versions import FoundPage, ListAsked, WholeVersion, pages, whole
from superthread.serializers.memories import MemoryOut, written
from superthread.serializers.shape import ShapeQuery
from superthread.serializers.versions import (
    DiffOut,
    DiffQuery,
    VersionOut,
    VersionPage,
    VersionsQuery,
    WholeVersionOut,
)
from superthread.services import history, redacting
from superthread.views.base import GroupedView, MemoriesView


class VersionListView(GroupedView):
    queries = {"GET": VersionsQuery, "POST": NameQuery}

    @extend_schema(
        operation_id="list_versions",
        parameters=[VersionsQuery],
        responses=VersionPage,
    )
    @cache_read_only(generations.KEPT, generations.of_memory)
    def get(self, request: Request, doc_id: str) -> HttpResponse:
        """A page of versions without their contents, newest first."""
        return self.single()

    @property
    def weight(self) -> int:
        return self.parameters["limit"] + 1

    @classmethod
    def found(
        cls, views: Sequence["VersionListView"], *, alone: bool = False
    ) -> list[FoundPage | HubError]:
        asked = [ListAsked(view.kwargs["doc_id"], **view.parameters) for view in views]
        return pages(asked, by=views[0].principal)

    def shown(self, found: FoundPage) -> Plain:
        valid_until(instant_of(found.row["expires_at"]))
        told = {"versions": found.versions, "count": len(found.versions)}
        return Plain(None, orjson.dumps(told | {"next_cursor": found.next_cursor}))

    @extend_schema(
        operation_id="name_version",
        parameters=[NameQuery],
        request=None,
        responses={201: written(VersionOut)},
    )
    def post(self, request: Request, doc_id: str) -> HttpResponse:
        """Keeps the present state as a further version under a description."""
        self.no_body_or(lambda: self.find(doc_id, Role.EDITOR))
        version = history.name_version(
            doc_id=doc_id, by=self.principal, description=self.parameters["description"]
        )
        location = path_to(f"/superthread/versions/{doc_id}/{version['version_id']}")
        return JsonAnswer(self.told(version), 201, {"Location": location})


class VersionView(GroupedView):
    @extend_schema(operation_id="get_version", responses=WholeVersionOut)
    @cache_read_only(generations.KEPT, generations.of_memory)
    def get(self, request: Request, doc_id: str, version_id: str) -> HttpResponse:
        """One version with its content."""
        return self.single()

    @classmethod
    def found(
        cls, views: Sequence["VersionView"], *, alone: bool = False
    ) -> list[WholeVersion | HubError | None]:
        asked = [(view.kwargs["doc_id"], view.kwargs["version_id"]) for view in views]
        return whole(asked, by=views[0].principal, alone=alone)

    def shown(self, found: WholeVersion) -> Plain:
        return Plain(None, orjson.dumps(history.shown_version(found, by=self.principal)))


class DiffView(MemoriesView):
    queries = {"GET": DiffQuery}

    def is_large(self, request: HttpRequest) -> bool:
        # How much two texts differ is not known before they are compared.
        return True

    @extend_schema(
        operation_id="diff_versions",
        parameters=[DiffQuery],
        responses=DiffOut,
    )
    @cache_read_only(generations.KEPT, generations.of_memory)
    def get(self, request: Request, doc_id: str) -> dict[str, Any]:
        """What changed between two versions, as a unified diff."""
        return history.diff_versions(
            doc_id=doc_id,
            by=self.principal,
            old=self.parameters["from"],
            new=self.parameters.get("to"),
        )


class RestoreView(MemoriesView):
    queries = {"POST": ShapeQuery}
    conditions = {"POST": "If-Match"}

    def is_large(self, request: HttpRequest) -> bool:
        # It may bring back a megabyte, and has no body to tell.
        return True

    @extend_schema(
        operation_id="restore_version",
        parameters=[ShapeQuery],
        request=None,
        responses=written(MemoryOut),
    )
    def post(self, request: Request, doc_id: str, version_id: str) -> HttpResponse:
        """Makes an old state the present one, as a new version."""
        row = history.restore(
            self.prepared, doc_id=doc_id, by=self.principal, expected=expected_revisions(request)
        )
        charge_afterwards(row["size"] // BODY_BYTES)
        return self.answer(row)

    def prepare_post(self, request: Request, doc_id: str, version_id: str) -> history.Restorable:
        self.no_body_or(lambda: self.find(doc_id, Role.EDITOR))
        return history.restorable(doc_id=doc_id, version_id=version_id, by=self.principal)


class RedactView(MemoriesView):
    @extend_schema(operation_id="redact_version", request=None, responses=written(VersionOut))
    def post(self, request: Request, doc_id: str, version_id: str) -> HttpResponse:
        """Takes the text of an old version out of the hub, for good: for a secret that was saved.

        For administrators. Content, metadata and description go; number, path, author and date
        stay, and everybody who sees versions sees by whom and when it was redacted.
        `version_id` may be the version's number. The present version is refused (409 `version-
        present`): save the memory without the secret first. Other versions that hold the same
        text keep it. What was redacted can be neither compared nor restored (410 `version-
        redacted`). Answers kept for an Idempotency-Key that repeat something of the memory are
        forgotten.
        """
        self.no_body_or(lambda: self.find(doc_id, Role.ADMIN))
        version = redacting.redact(doc_id=doc_id, version_id=version_id, by=self.principal)
        return JsonAnswer(self.told(version))
