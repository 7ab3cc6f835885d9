"""Reading memories: one, a page of a list. Everything through ``policies``."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Q,
    QuerySet,
    SmallIntegerField,
    UUIDField,
)
from django.db.models.expressions import RawSQL
from orjson import Fragment

from memory_hub.accounts.principal import Principal
from memory_hub.api.cursors import decode, encode
from memory_hub.caching import valid_until
from memory_hub.core.errors import NotFound
from memory_hub.database.compiled_queries import Parameter, Prepared
from superthread import policies
from superthread.models import Memory, Scope
from superthread.reads import bounded_pages
from superthread.reads.filters import Under
from superthread.reads.representation import Row, brief_rows, rows
from superthread.reads.shape import WHOLE, Shape

# Canonical lower-case UUIDv7; the other spellings of a UUID would be further URLs of one memory.
_UUID7 = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII
)


def is_id(text: str) -> bool:
    """True for a doc_id in its one spelling."""
    return _UUID7.fullmatch(text) is not None


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


@lru_cache(maxsize=policies.KINDS)
def _by_id(kind: str) -> Prepared:
    """The prepared query of one memory, for callers of one kind."""
    named = policies.with_role(policies.asker(kind), policies.NOW).filter(
        doc_id=Parameter("doc_id", UUIDField()), role__gt=policies.Role.NONE
    )
    return Prepared(lambda: rows(named.order_by()))


def row_of(*, doc_id: UUID, by: Principal) -> Row | None:
    """The row of a memory that is alive and that the caller may read, with their role.

    A hidden one stays in the database: fetching a long content would tell by the clock that it is
    there.
    """
    found = _by_id(policies.kind_of(by))(doc_id=doc_id, **policies.parameters(by))
    return next(iter(found), None)


class Spot(NamedTuple):
    """Where a memory may be: a path as it is stored, in a space; in the public's, of an owner."""

    space: int
    path: str
    owner: str | None = None


@lru_cache(maxsize=2 * policies.KINDS)
def _by_path(kind: str, by_owner: bool) -> Prepared:
    """The same of what is at a path."""
    named = policies.with_role(policies.asker(kind), policies.NOW).filter(
        space=Parameter("space", BigIntegerField()),
        path=Parameter("path", CharField()),
        role__gt=policies.Role.NONE,
    )
    if by_owner:
        named = named.filter(owner__email=Parameter("owner", CharField()))
    return Prepared(lambda: rows(named.order_by()))


def row_at(spot: Spot, *, by: Principal) -> Row | None:
    """The row of the memory that is alive at this spot and that the caller may read."""
    query = _by_path(policies.kind_of(by), spot.owner is not None)
    return next(iter(query(**spot._asdict(), **policies.parameters(by))), None)


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
    show: Callable[[Row], Any],
) -> tuple[list[Fragment], str | None]:
    """Up to ``limit`` memories as ``show`` has them in JSON, in the order of ``sort``, and the
    cursor of the next page or None.

    A page ends before its ``limit`` where more would be longer than ``bounded`` allows. Keyset
    paging: the cursor is the place of the last row, so that writes meanwhile neither repeat nor
    skip rows that did not change themselves; by ``created`` no row ever changes its place. Raises
    BadInput for a cursor of another list, Spent.
    """
    asked = (sort, scope, team_key or "", category or "", *([repr(under)] if under else ()))
    fingerprint = "|".join(asked)
    values = {**policies.parameters(by), "team_key": team_key, "category": category}
    if cursor:
        values |= place_values(decode(cursor, fingerprint), sort)
    values |= under.values() if under else {}
    count = next(size for size in (*PAGES, limit + 1) if size > limit)
    query = _page_query(
        *(scope, team_key is not None, category is not None, bool(cursor), policies.kind_of(by)),
        *(sort, shape.reads, count, under and under.prepared()),
    )
    same = (*FILTERED, "path") if under else FILTERED

    def whole(brief: Row) -> Row | None:
        """As it is now: changed meanwhile, it may no longer be what the list is of."""
        row = row_of(doc_id=brief["doc_id"], by=by)
        listed = row and all(row[name] == brief[name] for name in same)
        return row if listed else None

    found = _living(query.each(**values))
    items, last = bounded_pages.part(found, whole=whole, show=show, limit=limit)
    return items, encode(fingerprint, place_of(last, sort)) if last else None


def _living(found: Iterable[Row]) -> Iterator[Row]:
    """The rows, with a note of when the first of them expires."""
    for row in found:
        valid_until(row["expires_at"])
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
) -> Prepared:
    """The prepared query of one shape of list, for callers of one kind."""
    by = policies.asker(kind)
    chosen = filters(
        scope,
        Parameter("team_key", CharField()) if by_team else None,
        Parameter("category", CharField()) if by_category else None,
        policies.NOW,
    )
    if under:
        chosen &= under.query()
    if after:
        chosen &= after_place(sort)
    public = policies.shows_public(scope)
    return Prepared(
        lambda: brief_rows(
            in_order(by, chosen, count, sort=sort, public=public, under=under), content=content
        )
    )


# Latest first; on a tie the nearest (Scope's numbers), then the latest stored.
ORDERS = {name: (f"-{name}_at", "scope", "-id") for name in ("updated", "created")}
ORDERS["path"] = ("path", "scope", "id")
FILTERED = ("scope", "team_key", "category")


def in_order(
    by: Principal,
    chosen: Q,
    count: int,
    *,
    sort: str,
    public: bool,
    under: Under | None = None,
) -> QuerySet[Memory]:
    """The first ``count`` memories of the caller's lists that are ``chosen``, with the role.
    ``chosen`` has the paths that are asked for already; by path it helps to know them."""
    levels = under.by_level() if under and sort == "path" else [Q()]
    latest = newest(by, chosen, count, public=public, sort=sort, levels=levels)
    wanted = Memory.objects.filter(pk__in=latest)
    return wanted.annotate(role=policies.effective_role(by)).order_by(*ORDERS[sort])[:count]


def filters(
    scope: str,
    team_key: str | Parameter | None,
    category: str | Parameter | None,
    now: datetime | Parameter | None = None,
) -> Q:
    """The filters of lists and searches. A foreign team and an unknown one both match nothing:
    the caller's visibility is applied beside these."""
    chosen = policies.alive(now)
    if scope != "all":
        chosen &= Q(scope=Scope[scope.upper()])
    if team_key is not None:
        chosen &= Q(team__key=team_key)
    if category is not None:
        chosen &= Q(category=category)
    return chosen


def newest(
    by: Principal,
    chosen: Q,
    count: int,
    *,
    public: bool,
    sort: str = "updated",
    levels: Sequence[Q] = (Q(),),
) -> RawSQL:
    """Ids of the first ``count`` of each branch, and within it of each of the ``levels``.

    One statement, made of the ORM's own SQL: every branch stops after ``count`` steps of its own
    index, where a single OR would read and sort all that the caller may see.
    """
    parts, params = [], []
    for branch in policies.listed_branches(by, public=public):
        is_granted = isinstance(branch, policies.Granted)
        for level in [Q()] if is_granted else levels:
            find = _of_granted if is_granted else _of_branch
            sql, values = find(branch, level & chosen, ORDERS[sort], count)
            parts.append(f"SELECT branch.id FROM ({sql}) AS branch")
            params += values
    return RawSQL(" UNION ".join(parts), params)


def _of_branch(branch: Q, chosen: Q, order: Sequence[str], count: int) -> tuple[str, Sequence[Any]]:
    return _sql(Memory.objects.filter(branch, chosen).order_by(*order).values("id")[:count])


def _of_granted(
    branch: Q, chosen: Q, order: Sequence[str], count: int
) -> tuple[str, Sequence[Any]]:
    """The same, beginning with the grants. PostgreSQL may take a range of paths for narrow and walk
    it in the index of every space, whoever's the memories are: it gets to see the granted ones
    alone, under the name of the table."""
    if connection.vendor != "postgresql":
        return _of_branch(branch, chosen, order, count)
    granted, held = _sql(Memory.objects.filter(branch).defer("content", "metadata").order_by())
    sql, values = _sql(Memory.objects.filter(chosen).order_by(*order).values("id")[:count])
    name = connection.ops.quote_name(Memory._meta.db_table)
    return f"WITH {name} AS MATERIALIZED ({granted}) {sql}", [*held, *values]


def _sql(memories: QuerySet[Memory]) -> tuple[str, Sequence[Any]]:
    return memories.query.get_compiler(connection=connection).as_sql()


def place_of(row: Row, sort: str = "updated") -> list[Any]:
    """Where the row stands in a list, for its cursor."""
    first = row["path"] if sort == "path" else micros_of(row[f"{sort}_at"])
    return [first, row["scope"], row["id"]]


def place_values(place: list[Any], sort: str) -> dict[str, Any]:
    """The values of ``after_place``'s parameters."""
    first, scope, pk = place
    named = {"path": first} if sort == "path" else {"moment": instant_of(first)}
    return {**named, "scope": scope, "id": pk}


def micros_of(moment: datetime) -> int:
    """The instant as cursors hold it, exact to the microsecond."""
    moment = moment.astimezone(UTC)
    return int(moment.replace(microsecond=0).timestamp()) * 10**6 + moment.microsecond


def instant_of(micros: int) -> datetime:
    """The instant of a cursor."""
    whole = datetime.fromtimestamp(micros // 10**6, UTC)
    return whole.replace(microsecond=micros % 10**6)


_PLACE = {
    "moment": Parameter("moment", DateTimeField()),
    "path": Parameter("path", CharField()),
    "scope": Parameter("scope", SmallIntegerField()),
    "id": Parameter("id", BigIntegerField()),
}


def after_place(sort: str, values: dict[str, Any] | None = None) -> Q:
    """What comes after the place of a cursor in the order of ``sort``; without ``values`` for a
    prepared query, which is given them at each call."""
    told = values or _PLACE
    scope, pk = told["scope"], told["id"]
    if sort == "path":
        same = Q(scope__gt=scope) | Q(scope=scope, pk__gt=pk)
        return Q(path__gte=told["path"]) & (Q(path__gt=told["path"]) | same)
    moment = told["moment"]
    column = f"{sort}_at"
    return Q(**{f"{column}__lte": moment}) & (
        Q(**{f"{column}__lt": moment}) | Q(scope__gt=scope) | Q(scope=scope, pk__lt=pk)
    )
