"""Reading memories: one, a page of a list. Everything through ``policies``."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    CharField,
    QuerySet,
    TextField,
    UUIDField,
)
from orjson import Fragment

from memory_hub.accounts.principal import Principal
from memory_hub.api.cursors import decode, encode
from memory_hub.caching import valid_until
from memory_hub.core.errors import NotFound
from memory_hub.database.compiled_queries import CompiledQuery, Parameter
from memory_hub.database.dialect import each_uuid, uuid_list
from superthread import askers, policies
from superthread.reads import bounded_pages
from superthread.reads.filters import Filters, Under
from superthread.reads.orders import AFTER, in_order, narrowed, place_of, place_values
from superthread.reads.representation import TEXT, Row, brief_rows, instant_of, rows, text_rows
from superthread.reads.shape import WHOLE, Shape

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


def find(*, doc_id: str, by: Principal, least: policies.Role = policies.Role.VIEWER) -> Row:
    """The memory's row. Raises NotFound, or RoleTooLow when the role is below ``least``."""
    row = row_of(doc_id=parse_id(doc_id), by=by)
    policies.require(row["role"] if row else policies.Role.NONE, least)
    valid_until(row["expires_at"])
    return row


@lru_cache(maxsize=askers.KINDS)
def _by_id(kind: str) -> CompiledQuery:
    """The compiled query of one memory, for callers of one kind."""
    named = policies.with_role(askers.asker(kind), askers.NOW).filter(
        doc_id=Parameter("doc_id", UUIDField()), role__gt=policies.Role.NONE
    )
    return CompiledQuery(lambda: rows(named.order_by()))


def row_of(*, doc_id: UUID, by: Principal) -> Row | None:
    """The row of a memory that is alive and that the caller may read, with their role.

    A hidden one stays in the database: fetching a long content would tell by the clock that it is
    there.
    """
    found = _by_id(askers.kind_of(by))(doc_id=doc_id, **askers.parameters(by))
    return next(iter(found), None)


@lru_cache(maxsize=askers.KINDS)
def _by_ids(kind: str) -> CompiledQuery:
    """The same of several, as rows of texts."""
    wanted = each_uuid(Parameter("doc_ids", TextField()))
    named = policies.with_role(askers.asker(kind), askers.NOW).filter(
        doc_id__in=wanted, role__gt=policies.Role.NONE
    )
    return CompiledQuery(lambda: text_rows(named.order_by()), mark=TEXT)


def texts_of(*, doc_ids: Sequence[str], by: Principal) -> dict[str, Row]:
    """The rows of texts, by their ids, of those of these memories that ``row_of`` would find."""
    found = _by_ids(askers.kind_of(by))(doc_ids=uuid_list(doc_ids), **askers.parameters(by))
    return {row["doc_id"]: row for row in found}


class Spot(NamedTuple):
    """Where a memory may be: a path as it is stored, in a space; in the public's, of an owner."""

    space: int
    path: str
    owner: str | None = None


@lru_cache(maxsize=2 * askers.KINDS)
def _by_path(kind: str, by_owner: bool) -> CompiledQuery:
    """The same of what is at a path."""
    named = policies.with_role(askers.asker(kind), askers.NOW).filter(
        space=Parameter("space", BigIntegerField()),
        path=Parameter("path", CharField()),
        role__gt=policies.Role.NONE,
    )
    if by_owner:
        named = named.filter(owner__email=Parameter("owner", CharField()))
    return CompiledQuery(lambda: rows(named.order_by()))


def row_at(spot: Spot, *, by: Principal) -> Row | None:
    """The row of the memory that is alive at this spot and that the caller may read."""
    query = _by_path(askers.kind_of(by), spot.owner is not None)
    return next(iter(query(**spot._asdict(), **askers.parameters(by))), None)


def page(
    *,
    by: Principal,
    scope: str = "personal",
    team_key: str | None = None,
    category: str | None = None,
    sort: str = "updated",
    limit: int = 10,
    cursor: str | None = None,
    under: Under | None = None,
    shape: Shape = WHOLE,
    as_texts: bool = False,
    show: Callable[[Row], Any],
) -> tuple[list[Fragment], str | None]:
    """Up to ``limit`` memories as ``show`` has them in JSON, in the order of ``sort``, and the
    cursor of the next page or None. ``show`` gets rows, ``as_texts`` with the id and the moments as
    texts.

    A page ends before its ``limit`` where more would be longer than ``bounded`` allows. Keyset
    paging: the cursor is the place of the last row, so that writes meanwhile neither repeat nor
    skip rows that did not change themselves; by ``created`` no row ever changes its place. Raises
    BadInput for a cursor of another list, Spent.
    """
    asked = (sort, scope, team_key or "", category or "", *([repr(under)] if under else ()))
    fingerprint = "|".join(asked)
    values = {**askers.parameters(by), "team_key": team_key, "category": category}
    if cursor:
        values |= place_values(decode(cursor, fingerprint), sort)
    values |= under.values() if under else {}
    count = next(size for size in (*PAGES, limit + 1) if size > limit)
    query = _page_query(
        *(scope, team_key is not None, category is not None, bool(cursor), askers.kind_of(by)),
        *(sort, shape.reads, count, under and under.prepared(), as_texts),
    )
    items, last = bounded_pages.part(
        _living(query.each(**values)), whole=_whole(by, under), show=show, limit=limit
    )
    return items, encode(fingerprint, place_of(last, sort)) if last else None


def _whole(by: Principal, under: Under | None) -> Callable[[Row], Row | None]:
    """For a brief row the memory as it is now: changed meanwhile, it may no longer be what the
    list is of."""
    same = (*FILTERED, "path") if under else FILTERED

    def whole(brief: Row) -> Row | None:
        row = row_of(doc_id=UUID(str(brief["doc_id"])), by=by)
        listed = row and all(row[name] == brief[name] for name in same)
        return row if listed else None

    return whole


def _living(found: Iterable[Row]) -> Iterator[Row]:
    """The rows, with a note of when the first of them expires."""
    for row in found:
        if (end := row["expires_at"]) is not None:
            valid_until(instant_of(end))
        yield row


# Rows that are asked for: one more than the usual limits. The number is part of the statement, for
# the database to plan by it, and each of its connections keeps a plan for every statement.
PAGES = (11, 26, 51, 101)


@lru_cache(maxsize=512)
def _page_query(
    scope: str,
    by_team: bool,
    by_category: bool,
    after: bool,
    kind: str,
    sort: str,
    content: str,
    count: int,
    under: Under | None,
    as_texts: bool,
) -> CompiledQuery:
    """The compiled query of one shape of list, for callers of one kind."""
    by = askers.asker(kind)
    team_key = Parameter("team_key", CharField()) if by_team else None
    category = Parameter("category", CharField()) if by_category else None
    chosen = narrowed(category, askers.NOW)
    if under:
        chosen &= under.query()

    def build() -> QuerySet:
        found = in_order(
            *(by, chosen, count),
            sort=sort,
            scope=scope,
            team_key=team_key,
            asked=Filters(under=under),
            after=AFTER if after else None,
        )
        rows_of = text_rows if as_texts else brief_rows
        return rows_of(found.annotate(role=policies.effective_role(by)), content=content)

    return CompiledQuery(build, mark=TEXT if as_texts else None)


FILTERED = ("scope", "team_key", "category")
