"""The store as a whole: statistics, what it can do, whether it works."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from rest_framework.request import Request

from memory_hub.accounts.models import Team
from memory_hub.api.describing import extend_schema
from memory_hub.caching import cache_read_only
from memory_hub.core.errors import JsonAnswer
from memory_hub.rate_limits import bill, limiter
from superthread import generations, limits
from superthread.reads import listing
from superthread.reads.statistics import statistics
from superthread.serializers.lists import CategoryRename, CategoryRenamed, FacetsOut, FacetsQuery
from superthread.serializers.store import HealthOut, InfoOut, StatsOut
from superthread.services import categories
from superthread.views.base import MemoriesView

FEATURES = [
    "versions",
    "diff",
    "restore",
    "permissions",
    "teams",
    "expiry",
    "trash",
    "search",
    "batches",
    "idempotency",
]


class StatsView(MemoriesView):
    @extend_schema(operation_id="memory_stats", responses=StatsOut)
    @cache_read_only(depends_on=generations.of_statistics)
    def get(self, request: Request) -> dict[str, Any]:
        """Counts and sizes over what the caller may read."""
        return statistics(by=self.principal)


class FacetsView(MemoriesView):
    queries = {"GET": FacetsQuery}

    @extend_schema(
        operation_id="memory_facets",
        parameters=[FacetsQuery],
        responses=FacetsOut,
    )
    @cache_read_only(generations.KEPT, generations.of_facets)
    def get(self, request: Request) -> dict[str, Any]:
        """How many memories of a list are in each category and have each tag."""
        asked = self.parameters
        place = {name: asked.get(name) for name in ("scope", "team_key", "category")}
        return listing.facets(by=self.principal, place=place)


class CategoryRenameView(MemoriesView):
    @extend_schema(
        operation_id="rename_category",
        request=CategoryRename,
        responses=CategoryRenamed,
    )
    def post(self, request: Request) -> dict[str, Any]:
        """Renames a category of what the caller may edit, or merges it into another one: up to
        1 000 memories a call, each with a new version, and none changes its place in lists."""
        body = self.body(CategoryRename)
        renamed, more = categories.rename(
            old=body["from"],
            new=body["to"],
            scope=body["scope"],
            team_key=body.get("team_key"),
            by=self.principal,
        )
        bill.charge_afterwards(renamed)
        return {"renamed": renamed, "more": more}


class InfoView(MemoriesView):
    @extend_schema(operation_id="memory_info", responses=InfoOut)
    @cache_read_only(depends_on=generations.of_nothing)
    def get(self, request: Request) -> dict[str, Any]:
        """What this store can do."""
        return {
            "name": "Memory Hub",
            "type": "superthread",
            "version": settings.VERSION,
            "database": connection.vendor,
            "features": FEATURES,
            "points": limiter.told(),
            "limits": {
                "content_bytes": limits.CONTENT_BYTES,
                "metadata_bytes": limits.METADATA_BYTES,
                "metadata_depth": limits.METADATA_DEPTH,
                "metadata_keys": limits.METADATA_KEYS,
                "category_characters": limits.CATEGORY_LENGTH,
                "indexed_terms": limits.TERMS,
                "batch_items": limits.BATCH,
                "atomic_batch_content_bytes": limits.ATOMIC_BYTES,
                "atomic_batch_terms": limits.ATOMIC_TERMS,
                "page": limits.PAGE,
                "versions_page": limits.VERSIONS_PAGE,
                "body_bytes": settings.HUB_BODY_LIMIT,
                "batch_body_bytes": limits.BATCH_BODY_BYTES,
                "trash_days": limits.TRASH_KEPT.days,
            },
        }


class _RolledBack(Exception):
    """Takes the health check's write back."""


class HealthView(MemoriesView):
    @extend_schema(
        operation_id="memory_health",
        responses={200: HealthOut, 503: HealthOut},
    )
    def get(self, request: Request) -> HttpResponse:
        """Writes to the database and takes it back: a full disk or a lost server shows here."""
        status = {"type": "superthread", "database": connection.vendor}
        try:
            check_writable()
        except DatabaseError:
            return JsonAnswer({"status": "unhealthy", **status}, 503, {"Retry-After": "5"})
        return JsonAnswer({"status": "healthy", **status})


def check_writable() -> None:
    """Inserts a row and rolls back. Raises DatabaseError where the database does not take it."""
    try:
        with transaction.atomic():
            Team.objects.create(key="\U0010fffd health check")
            raise _RolledBack
    except _RolledBack:
        pass
