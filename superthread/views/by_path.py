"""Memories by their paths: read, put, delete."""

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from django.db import IntegrityError
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from memory_hub.api.describing import extend_schema
from memory_hub.api.preconditions import expected_revisions, must_be_new, must_be_there
from memory_hub.caching import cache_read_only, valid_until
from memory_hub.core.errors import BadInput, Conflict, HubError, NotFound, PreconditionFailed
from memory_hub.core.links import path_to
from superthread import generations, policies
from superthread.fields import DeleteQuery
from superthread.paths import BadPath, checked
from superthread.policies import Role
from superthread.reads.filters import ME
from superthread.reads.named import Spot, by_spots, row_at
from superthread.reads.representation import Row
from superthread.reads.spots import spot_of
from superthread.serializers.memories import MemoryOut, MemoryPut, PublicPathQuery, written
from superthread.serializers.shape import ShapeQuery
from superthread.services import lifecycle, revise, save
from superthread.store_terms import Draft
from superthread.views.base import OneMemoryView, rows_found

NEW_ONLY = OpenApiParameter(
    "If-None-Match",
    location=OpenApiParameter.HEADER,
    description="`*`: only if there is no memory at the path; otherwise 412.",
    enum=["*"],
)


class _Put(NamedTuple):
    """A PUT before its transaction: of what is there, or of what is new."""

    fields: dict[str, Any]
    revision: revise.Revision | None
    saving: save.PreparedSave | None


class _PathView(OneMemoryView):
    """A memory by its path in one space. A path that leads nowhere, to what is hidden, or through a
    team that is not the caller's is the same 404."""

    scope: ClassVar[str]
    queries = {"GET": ShapeQuery, "PUT": ShapeQuery, "DELETE": DeleteQuery}
    conditions = {"GET": "If-None-Match", "PUT": "If-Match", "DELETE": "If-Match"}
    problems = {"PUT": (412,)}

    def spot(self) -> Spot:
        """Where to look. Raises NotFound where the space is none of the caller's."""
        return spot_of(
            scope=self.scope,
            path=self.kwargs["path"],
            team_key=self.kwargs.get("team_key"),
            owner=self.parameters.get("owner", ME),
            by=self.principal,
        )

    def at(self) -> Row | None:
        """What the caller may read there."""
        return row_at(self.spot(), by=self.principal)

    def there(self, least: Role = Role.VIEWER) -> Row:
        """The same. Raises NotFound, RoleTooLow."""
        row = self.at()
        policies.require(row["role"] if row else Role.NONE, least)
        valid_until(row["expires_at"])
        return row

    @classmethod
    def found(
        cls, views: Sequence["_PathView"], *, alone: bool = False
    ) -> list[Row | HubError | None]:
        spots = [view._whereabouts() for view in views]
        return rows_found(by_spots, spots, by=views[0].principal, alone=alone)

    def _whereabouts(self) -> Spot | None:
        try:
            return self.spot()
        except NotFound:
            return None

    def remove(self, request: Request) -> None:
        least = Role.OWNER if self.parameters["permanent"] else Role.ADMIN
        row = self.there(least)
        act = lifecycle.purge if self.parameters["permanent"] else lifecycle.trash
        expected = expected_revisions(request)
        act(doc_id=str(row["doc_id"]), by=self.principal, expected=expected)

    def prepare_put(self, request: Request, **path: str) -> _Put:
        fields = self.body_or(MemoryPut, self._refuse_put)
        return self._readied(fields, self.at())

    def _refuse_put(self) -> None:
        # Where nothing is, anybody whose space it is may make something.
        if self.at() is not None:
            self.there(Role.EDITOR)

    def _readied(self, fields: dict[str, Any], row: Row | None) -> _Put:
        if row is not None:
            return _Put(fields, self._revision(fields, row), None)
        return _Put(fields, None, save.prepare([self._draft(fields)], by=self.principal))

    def _revision(self, fields: dict[str, Any], row: Row) -> revise.Revision:
        expected, doc_id = expected_revisions(self.request), str(row["doc_id"])
        return revise.prepare(doc_id=doc_id, changes=fields, by=self.principal, expected=expected)

    def _draft(self, fields: dict[str, Any]) -> Draft:
        try:
            path = checked(self.kwargs["path"].removesuffix("/"))
        except BadPath as error:
            raise BadInput.at("path", error.code.replace("_", "-"), str(error)) from None
        team_key = self.kwargs.get("team_key")
        return Draft(scope=self.scope, team_key=team_key, path=path, **fields)

    def upsert(self) -> HttpResponse:
        """Carries the PUT out; once more where somebody made or took away what is there."""
        wanted: _Put = self.prepared
        try:
            return self._carried_out(wanted)
        except (NotFound, Conflict, IntegrityError):
            row = self.at()
            if (row is None) is (wanted.revision is None):
                raise
            return self._carried_out(self._readied(wanted.fields, row))

    def _carried_out(self, wanted: _Put) -> HttpResponse:
        if wanted.revision is not None:
            if must_be_new(self.request):
                self.there(Role.EDITOR)
                raise PreconditionFailed("There is a memory at this path already.")
            return self.answer(revise.write(wanted.revision, by=self.principal))
        must_be_new(self.request)
        if must_be_there(self.request):
            raise PreconditionFailed("There is no memory at this path.")
        row = save.store(wanted.saving)
        headers = {"Location": path_to(f"/superthread/memories/{row['doc_id']}")}
        return self.answer(row, 201, headers)


class PersonalPathView(_PathView):
    scope = "personal"

    @extend_schema(operation_id="get_personal_path", responses={200: MemoryOut, 304: None})
    @cache_read_only(generations.KEPT, generations.of_personal_path)
    def get(self, request: Request, path: str) -> HttpResponse:
        """One's personal memory at a path."""
        return self.single()

    @extend_schema(
        operation_id="put_personal_path",
        parameters=[ShapeQuery, NEW_ONLY],
        request=MemoryPut,
        responses={200: written(MemoryOut), 201: written(MemoryOut)},
    )
    def put(self, request: Request, path: str) -> HttpResponse:
        """Saves a personal memory at a path (201), or changes the one that is there (200): fields
        that are left out stay as they are."""
        return self.upsert()

    @extend_schema(
        operation_id="delete_personal_path", parameters=[DeleteQuery], responses={204: None}
    )
    def delete(self, request: Request, path: str) -> None:
        """To the trash, which frees the path, or for good."""
        self.remove(request)


class TeamPathView(_PathView):
    scope = "team"

    @extend_schema(operation_id="get_team_path", responses={200: MemoryOut, 304: None})
    @cache_read_only(generations.KEPT, generations.of_team_path)
    def get(self, request: Request, team_key: str, path: str) -> HttpResponse:
        """A team's memory at a path."""
        return self.single()

    @extend_schema(
        operation_id="put_team_path",
        parameters=[ShapeQuery, NEW_ONLY],
        request=MemoryPut,
        responses={200: written(MemoryOut), 201: written(MemoryOut)},
    )
    def put(self, request: Request, team_key: str, path: str) -> HttpResponse:
        """Saves a team's memory at a path (201), or changes the one that is there (200): fields
        that are left out stay as they are."""
        return self.upsert()

    @extend_schema(operation_id="delete_team_path", parameters=[DeleteQuery], responses={204: None})
    def delete(self, request: Request, team_key: str, path: str) -> None:
        """To the trash, which frees the path, or for good."""
        self.remove(request)


class PublicPathView(_PathView):
    scope = "public"
    queries = {**_PathView.queries, "GET": PublicPathQuery}

    @extend_schema(operation_id="get_public_path", responses={200: MemoryOut, 304: None})
    @cache_read_only(generations.KEPT, generations.of_public_path)
    def get(self, request: Request, path: str) -> HttpResponse:
        """The public memory at a path of an owner's, one's own unless told."""
        return self.single()

    @extend_schema(
        operation_id="put_public_path",
        parameters=[ShapeQuery, NEW_ONLY],
        request=MemoryPut,
        responses={200: written(MemoryOut), 201: written(MemoryOut)},
    )
    def put(self, request: Request, path: str) -> HttpResponse:
        """Saves a public memory at a path of one's own (201), or changes the one that is there
        (200): fields that are left out stay as they are."""
        return self.upsert()

    @extend_schema(
        operation_id="delete_public_path", parameters=[DeleteQuery], responses={204: None}
    )
    def delete(self, request: Request, path: str) -> None:
        """To the trash, which frees the path, or for good."""
        self.remove(request)
