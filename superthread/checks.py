"""What is wrong with the database of a hub that starts, though it works."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

from superthread.models import SearchRenewal
from superthread.search.analysis.analyzer import VERSION
from superthread.search.renewal.state import pending
from superthread.services.upkeep.reindexing import old_versions


@register(Tags.database)
def check_search_index(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Whether memories are still indexed by another version of the analyzer, or a reindex was begun
    and is not done."""
    if "default" not in (databases or ()) or not _migrated():
        return []
    return [*_of_versions(old_versions()), *_of_spaces(len(pending()))]


def _of_versions(old: Sequence[int]) -> Iterator[CheckMessage]:
    if old:
        versions = ", ".join(map(str, old))
        yield Warning(
            f"Memories are indexed by version {versions} of the search analyzer; this is "
            f"version {VERSION}. Until they are indexed anew, searches may miss them.",
            hint="Run manage.py reindex; the hub may serve meanwhile.",
            id="superthread.W001",
        )


def _of_spaces(begun: int) -> Iterator[CheckMessage]:
    if begun:
        yield Warning(
            f"A reindex has begun {begun} spaces and not done them. Searches find what they found "
            "before it, and what was changed since.",
            hint="If it is not running any more, run manage.py reindex: it goes on where it was.",
            id="superthread.W002",
        )


def _migrated() -> bool:
    tables = connections["default"].introspection.table_names()
    return SearchRenewal._meta.db_table in tables
