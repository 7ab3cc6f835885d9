"""Memories that are named: by their ids, their numbers or their paths.

All that are asked for at once are found by one statement; a single one is a group of one. A hidden
one stays in the database: fetching a long content would tell by the clock that it is there.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import BigIntegerField, CharField, Q, TextField

from memory_hub.accounts.principal import Principal
from memory_hub.caching import valid_until
from memory_hub.core.errors import HubError, NotFound
from memory_hub.core.outcomes import only
from memory_hub.database.compiled_queries import CompiledQuery, Parameter
from memory_hub.database.dialect import (
    each_number,
    each_text,
    each_uuid,
    number_list,
    text_list,
    uuid_list,
)
from superthread import askers, policies
from superthread.reads.representation import EVERYTHING, TEXT, Row, completed, instant_of, text_rows

# Canonical lower-case UUIDv7; the other spellings of a UUID would be further URLs of one memory.
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)


def is_id(text: str) -> bool:
    """True for a doc_id in its one spelling."""
    return UUID7.fullmatch(text) is not None


def parse_id(text: str) -> UUID:
    """The id in its one spelling. Raises NotFound for any other text."""
    if not is_id(text):
        raise NotFound(policies.ABSENT)
    return UUID(text)


class Spot(NamedTuple):
    """Where a memory may be: a path as it is stored, in a space; in the public's, of an owner."""

    space: int
    path: str
    owner: str | None = None


_NAMES = Parameter("names", TextField())
_IN_SPACE = Q(space=Parameter("space", BigIntegerField()), path__in=each_text(_NAMES))
# The ways of naming memories.
_BY = {
    "id": Q(doc_id__in=each_uuid(_NAMES)),
    "number": Q(pk__in=each_number(_NAMES)),
    "path": _IN_SPACE,
    "path of an owner": _IN_SPACE & Q(owner__email=Parameter("owner", CharField())),
}


@lru_cache(maxsize=len(_BY) * askers.KINDS * 4)
def _query(way: str, kind: str, content: str) -> CompiledQuery:
    """The compiled query of memories named in this way, for callers of one kind, with as much of
    the content."""
    named = policies.with_role(askers.asker(kind), askers.NOW).filter(
        _BY[way], role__gt=policies.Role.NONE
    )
    return CompiledQuery(lambda: text_rows(named.order_by(), content=content), mark=TEXT)


def _found(way: str, by: Principal, content: str, **values: Any) -> list[Row]:
    return _query(way, askers.kind_of(by), content)(**values, **askers.parameters(by))


def by_ids(doc_ids: Iterable[str], *, by: Principal, content: str = "full") -> dict[str, Row]:
    """The brief rows of texts, by their ids, of those of these memories that are alive and that
    the caller may read; texts that are no ids find nothing. ``content`` as for ``brief_rows``."""
    names = uuid_list([one for one in dict.fromkeys(doc_ids) if is_id(one)])
    return {row["doc_id"]: row for row in _found("id", by, content, names=names)}


def by_numbers(numbers: Sequence[int], *, by: Principal, content: str = "full") -> dict[int, Row]:
    """The same by their primary keys."""
    found = _found("number", by, content, names=number_list(numbers))
    return {row["id"]: row for row in found}


def by_spots(
    spots: Iterable[Spot | None], *, by: Principal, content: str = "full"
) -> dict[Spot, Row]:
    """The same by where they are, None being nowhere; a statement for each space and owner."""
    paths: dict[tuple[int, str | None], list[str]] = {}
    for space, path, owner in filter(None, dict.fromkeys(spots)):
        paths.setdefault((space, owner), []).append(path)
    rows = {}
    for (space, owner), named in paths.items():
        way, whose = ("path", {}) if owner is None else ("path of an owner", {"owner": owner})
        found = _found(way, by, content, names=text_list(named), space=space, **whose)
        rows |= {Spot(space, row["path"], owner): row for row in found}
    return rows


def find(*, doc_id: str, by: Principal, least: policies.Role = policies.Role.VIEWER) -> Row:
    """The memory's row. Raises NotFound, or RoleTooLow when the role is below ``least``."""
    row = only([judged(row_of(doc_id=parse_id(doc_id), by=by), least)])
    valid_until(row["expires_at"])
    return row


def judged(row: Row | None, least: policies.Role) -> Row | HubError:
    """The row, or the error that says why a caller does not get it."""
    try:
        policies.require(row["role"] if row else policies.Role.NONE, least)
    except HubError as error:
        return error
    return row


def row_of(*, doc_id: UUID, by: Principal) -> Row | None:
    """The row of a memory that is alive and that the caller may read, with their role."""
    return _whole(by_ids, str(doc_id), by)


def row_at(spot: Spot, *, by: Principal) -> Row | None:
    """The same of what is at this spot."""
    return _whole(by_spots, spot, by)


def _whole(find: Callable[..., dict[Any, Row]], name: Any, by: Principal) -> Row | None:
    """One alone, with all of its content, as Python has it."""
    brief = find([name], by=by, content=EVERYTHING).get(name)
    row = brief and completed(brief)
    return row and as_values(row)


_MOMENTS = ("created_at", "updated_at", "expires_at")


def as_values(row: Row) -> Row:
    """A row, which may be of texts, with its id and moments as Python has them."""
    moments = {name: instant_of(row[name]) for name in _MOMENTS}
    return row | {"doc_id": UUID(str(row["doc_id"])), **moments}
