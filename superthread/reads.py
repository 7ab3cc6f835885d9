"""Reading memories: one, a page of a list. Everything through ``policies``."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
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

from memory_hub.accounts.principal import NOBODY, Principal
from memory_hub.caching import valid_until
from memory_hub.errors import NotFound
from memory_hub.prepared import Parameter, Prepared
from superthread import bounded, policies
from superthread.cursor import decode, encode
from superthread.models import Memory, Scope
from superthread.representation import Row, brief_rows, represent, rows

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


_by_id = Prepared(
    lambda: rows(
        policies.with_role(policies.ANYONE, policies.NOW)
        .filter(doc_id=Parameter("doc_id", UUIDField()), role__gt=policies.Role.NONE)
        .order_by()
    )
)


def row_of(*, doc_id: UUID, by: Principal) -> Row | None:
    """The row of a memory that is alive and that the caller may read, with their role.

    A hidden one stays in the database: fetching a long content would tell by the clock that it is
    there.
    """
    return next(iter(_by_id(doc_id=doc_id, **policies.parameters(by))), None)


def page(
    *,
    by: Principal,
    scope: str = "personal",
    team_key: str | None = None,
    category: str | None = None,
    limit: int = 10,
    cursor: str | None = None,
    show: Callable[[Row], Any] = represent,
) -> tuple[list[Fragment], str | None]:
    """Up to ``limit`` memories as ``show`` has them in JSON, newest change first, and the cursor of
    the next page or None.

    A page ends before its ``limit`` where more would be longer than ``bounded`` allows. Keyset
    paging: the cursor is the place of the last row, so that writes meanwhile neither repeat nor
    skip rows that did not change themselves. Raises BadInput for a cursor of another list, Spent.
    """
    fingerprint = "|".join((scope, team_key or "", category or ""))
    values = {**policies.parameters(by), "team_key": team_key, "category": category}
    if cursor:
        micros, values["scope"], values["id"] = decode(cursor, fingerprint)
        values["moment"] = instant_of(micros)
    count = next(size for size in (*PAGES, limit + 1) if size > limit)
    query = _page_query(
        scope, team_key is not None, category is not None, bool(cursor), bool(by.user_id), count
    )

    def whole(brief: Row) -> Row | None:
        """As it is now: changed meanwhile, it may no longer be what the list is of."""
        row = row_of(doc_id=brief["doc_id"], by=by)
        listed = row and all(row[name] == brief[name] for name in FILTERED)
        return row if listed else None

    found = _living(query.each(**values))
    items, last = bounded.part(found, whole=whole, show=show, limit=limit)
    return items, encode(fingerprint, _place(last)) if last else None


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
    scope: str, by_team: bool, by_category: bool, after: bool, known: bool, count: int
) -> Prepared:
    """The prepared query of one shape of list; the anonymous reader has fewer branches."""
    by = policies.ANYONE if known else NOBODY
    chosen = filters(
        scope,
        Parameter("team_key", CharField()) if by_team else None,
        Parameter("category", CharField()) if by_category else None,
        policies.NOW,
    )
    if after:
        chosen &= _after()

    def build() -> QuerySet:
        public = policies.shows_public(scope)
        wanted = Memory.objects.filter(pk__in=newest(by, chosen, count, public=public))
        ordered = wanted.annotate(role=policies.effective_role(by)).order_by(*ORDER)
        return brief_rows(ordered)[:count]

    return Prepared(build)


# Newest change first; on a tie the nearest (Scope's numbers), then the latest made.
ORDER = ("-updated_at", "scope", "-id")
FILTERED = ("scope", "team_key", "category")


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


def newest(by: Principal, chosen: Q, count: int, *, public: bool) -> RawSQL:
    """Ids of the first ``count`` of each branch.

    One statement, made of the ORM's own SQL: every branch stops after ``count`` steps of its own
    index, where a single OR would read and sort all that the caller may see.
    """
    parts, params = [], []
    for branch in policies.listed_branches(by, public=public):
        memories = Memory.objects.filter(branch, chosen).order_by(*ORDER).values("id")[:count]
        sql, values = memories.query.get_compiler(connection=connection).as_sql()
        parts.append(f"SELECT branch.id FROM ({sql}) AS branch")
        params += values
    return RawSQL(" UNION ".join(parts), params)


def _place(row: Row) -> list[int]:
    return [micros_of(row["updated_at"]), row["scope"], row["id"]]


def micros_of(moment: datetime) -> int:
    """The instant as cursors hold it, exact to the microsecond."""
    moment = moment.astimezone(UTC)
    return int(moment.replace(microsecond=0).timestamp()) * 10**6 + moment.microsecond


def instant_of(micros: int) -> datetime:
    """The instant of a cursor."""
    whole = datetime.fromtimestamp(micros // 10**6, UTC)
    return whole.replace(microsecond=micros % 10**6)


def _after() -> Q:
    """What comes after the place of a cursor in ORDER."""
    moment = Parameter("moment", DateTimeField())
    scope = Parameter("scope", SmallIntegerField())
    pk = Parameter("id", BigIntegerField())
    return Q(updated_at__lte=moment) & (
        Q(updated_at__lt=moment) | Q(scope__gt=scope) | Q(scope=scope, pk__lt=pk)
    )
