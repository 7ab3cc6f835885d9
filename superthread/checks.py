"""What is wrong with the database of a hub that starts, though it works."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

from superthread.models import SearchSegment
from superthread.search.analysis.analyzer import VERSION
from superthread.services.upkeep.reindexing import old_versions


@register(Tags.database)
def check_search_index(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Whether memories are still indexed by another version of the analyzer."""
    if "default" not in (databases or ()) or not _migrated():
        return []
    old = old_versions()
    if not old:
        return []
    versions = ", ".join(map(str, old))
    return [
        Warning(
            f"Memories are indexed by version {versions} of the search analyzer; this is "
            f"version {VERSION}. Until they are indexed anew, searches may miss them.",
            hint="Run manage.py reindex; the hub may serve meanwhile.",
            id="superthread.W001",
        )
    ]


def _migrated() -> bool:
    tables = connections["default"].introspection.table_names()
    return SearchSegment._meta.db_table in tables
