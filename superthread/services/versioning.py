"""Keeping states as versions: copied by the database, which has them already."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from memory_hub.database.dialect import array, is_postgres
from superthread.models import Version
from superthread.models.memory import new_uuid

_COPIED = "category, content, metadata, size"


class Kept(NamedTuple):
    """How a version is kept: its author and its moment where they are not the memory's owner and
    the moment at which the row changed, and its id where it has one already."""

    description: str = ""
    author_id: int | None = None
    at: datetime | None = None
    version_id: UUID | None = None


def record_versions(ids: Iterable[int], kept: Kept = Kept()) -> None:  # noqa: B008 - immutable
    """Keeps the present state of the memories as the versions their rows name, in one statement.

    With a version's id there is one memory.
    """
    description, author_id, at, version_id = kept
    given, params = _given([(memory_id, str(version_id or new_uuid())) for memory_id in ids])
    adapt = Version._meta.get_field("created_at").get_db_prep_value
    with connection.cursor() as cursor:
        cursor.execute(
            # Names of our own; every value is a parameter.
            f"INSERT INTO superthread_version (version_id, memory_id, number, {_COPIED},"  # noqa: S608
            " description, author_id, created_at) "
            f"SELECT given.version_id, given.memory_id, version, {_COPIED},"
            f" %s, coalesce(%s, owner_id), coalesce({_moment()}, updated_at) "
            f"FROM superthread_memory JOIN {given} ON id = given.memory_id",
            [description, author_id, adapt(at, connection), *params],
        )


def _given(pairs: list[tuple[int, str]]) -> tuple[str, list[object]]:
    """The pairs as a table ``given`` of memory_id and version_id."""
    if is_postgres():
        columns = [array(column) for column in zip(*pairs, strict=True)]
        return "unnest(%s::bigint[], %s::uuid[]) AS given (memory_id, version_id)", columns
    # UUIDs are stored as 32 hexadecimal digits.
    plain = json.dumps([(memory_id, name.replace("-", "")) for memory_id, name in pairs])
    rows = "SELECT value ->> 0 AS memory_id, value ->> 1 AS version_id FROM json_each(%s)"
    return f"({rows}) AS given", [plain]


def _moment() -> str:
    return "%s::timestamptz" if is_postgres() else "%s"
