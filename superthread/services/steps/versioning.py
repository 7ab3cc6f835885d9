"""Keeping states as versions: copied by the database, which has them already."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from memory_hub.database.dialect import array, is_postgres
from memory_hub.database.statements import Planned, Statement, run
from memory_hub.journal.facts import new_salt
from superthread.models import Version
from superthread.models.memory import new_uuid

_COPIED = "category, path, content, metadata, size"


class Kept(NamedTuple):
    """How a version is kept: its author and its moment where they are not the memory's owner and
    the moment at which the row changed, and its id where it has one already."""

    description: str = ""
    author_id: int | None = None
    at: datetime | None = None
    version_id: UUID | None = None


def record_versions(ids: Iterable[int], kept: Kept = Kept()) -> dict[int, str]:  # noqa: B008 - immutable
    """Keeps the present state of the memories as the versions their rows name, in one statement;
    returns the salt of each one's version.

    With a version's id there is one memory.
    """
    salts, statement = versions_of(ids, kept)
    run([statement])
    return salts


def versions_of(
    ids: Iterable[int],
    kept: Kept = Kept(),  # noqa: B008 - immutable
) -> tuple[dict[int, str], Statement]:
    """The same as a statement that is still to be run."""
    description, author_id, at, version_id = kept
    salts = {memory_id: new_salt() for memory_id in ids}
    given, params = _given(
        [(pk, str(version_id or new_uuid()), salt) for pk, salt in salts.items()]
    )
    adapt = Version._meta.get_field("created_at").get_db_prep_value
    sql = (
        f"INSERT INTO superthread_version (version_id, memory_id, number, {_COPIED},"  # noqa: S608 - names of our own
        " salt, description, author_id, created_at) "
        f"SELECT given.version_id, given.memory_id, version, {_COPIED},"
        f" given.salt, %s, coalesce(%s, owner_id), coalesce({_moment()}, updated_at) "
        f"FROM superthread_memory JOIN {given} ON id = given.memory_id"
    )
    return salts, Planned(sql, [description, author_id, adapt(at, connection), *params])


def _given(rows: list[tuple[int, str, str]]) -> tuple[str, list[object]]:
    """The rows as a table ``given`` of memory_id, version_id and salt."""
    if is_postgres():
        columns = [array(column) for column in zip(*rows, strict=True)]
        names = "memory_id, version_id, salt"
        return f"unnest(%s::bigint[], %s::uuid[], %s::text[]) AS given ({names})", columns
    # UUIDs are stored as 32 hexadecimal digits.
    plain = json.dumps([(memory_id, name.replace("-", ""), salt) for memory_id, name, salt in rows])
    named = "value ->> 0 AS memory_id, value ->> 1 AS version_id, value ->> 2 AS salt"
    return f"(SELECT {named} FROM json_each(%s)) AS given", [plain]  # noqa: S608 - our own names


def _moment() -> str:
    return "%s::timestamptz" if is_postgres() else "%s"
