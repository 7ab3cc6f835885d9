"""The first memories of all that a caller's lists are drawn from, whatever lies behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Func, Q, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact

from memory_hub.accounts.models import Team
from memory_hub.accounts.principal import Principal
from memory_hub.database.compiled_queries import Parameter
from memory_hub.database.dialect import apart_from_indexes, for_each
from superthread import policies
from superthread.branches import Granted, Joined, OfMany
from superthread.models import Memory, Scope

# Latest first; on a tie the nearest (Scope's numbers), then the latest stored.
ORDERS = {
    "updated": ("-updated_at", "scope", "-id"),
    "created": ("-created_at", "scope", "-id"),
    "path": ("path", "scope", "id"),
}
# Where a list is of so many times that, each team is asked for one more to tell how far it goes.
TEAMS_AT_ONCE = 256
# What the index of an owner's in the spaces of many is of; with a literal, for SQLite to see it.
# Only where an owner is asked for: PostgreSQL takes other indexes for dearer by it.
_OF_MANY = Q(scope__gt=RawSQL("0", []))
_SPACE = F("space")
_Sql = tuple[str, Sequence[Any]]


def in_place(scope: str, team_key: str | Parameter | None, column: F | Func = _SPACE) -> Q:
    """The memories of a scope, or of all, and of one team of it, by the ``column`` of spaces."""
    place = Q() if scope == policies.ALL_SCOPES else Q(scope=Scope[scope.upper()])
    if team_key is not None:
        # A space and not the team's key: what begins with it are the indexes.
        named = Team.objects.filter(key=team_key).annotate(space=F("pk") * Value(-1))
        place &= Q(Exact(column, Subquery(named.order_by().values("space"))))
    return place


@dataclass(frozen=True, slots=True)
class Newest:
    """The first ``count`` memories of a place in the order of ``sort``, of what the caller lists.

    ``levels`` divide them into parts that are each in the order of an index; ``of_owner`` tells
    that they are of one owner, ``since`` how far back they go at most, ``until`` that none is
    newer.
    """

    by: Principal
    count: int
    scope: str
    team_key: str | Parameter | None = None
    sort: str = "updated"
    levels: Sequence[Q] = (Q(),)
    of_owner: bool = False
    since: datetime | None = None
    until: datetime | Parameter | None = None

    def ids(self, chosen: Q) -> RawSQL:
        """Their ids, of those that are ``chosen``, for a condition of a query."""
        return RawSQL(*self._statement(chosen))

    def in_order(self, chosen: Q) -> list[int]:
        """Their ids in order: no memory is looked up for its place again."""
        with connection.cursor() as cursor:
            cursor.execute(*self._statement(chosen))
            return [pk for (pk,) in cursor.fetchall()]

    def _statement(self, chosen: Q) -> _Sql:
        """One, made of the ORM's own SQL: every branch stops after ``count`` steps of its own
        index, that of the teams in each of them, where a single OR would read and sort all that
        the caller may see."""
        parts, params = [], []
        for sql, values in self._parts(chosen):
            parts.append(f"SELECT {', '.join(self._names('branch'))} FROM ({sql}) AS branch")
            params += values
        every = " UNION ".join(parts)
        order = ", ".join(
            f"{name} DESC" if word.startswith("-") else name
            for name, word in zip(self._names("every"), ORDERS[self.sort], strict=True)
        )
        first = f"SELECT every.id FROM ({every}) AS every ORDER BY {order} LIMIT {self.count:d}"
        return first, params

    def _parts(self, chosen: Q) -> Iterator[_Sql]:
        # Of one team, asked for among all: what is not of a team is not of it.
        scope = self.scope if self.team_key is None else Scope.TEAM.label
        public = policies.shows_public(scope)
        for branch in policies.listed_branches(self.by, public=public, scope=scope):
            if isinstance(branch, Granted):
                # The others are of the place by what they are; a condition more would take SQLite
                # to an index in another order.
                space = apart_from_indexes(_SPACE)
                place = in_place(self.scope, self.team_key, space)
                yield self._granted(branch, place & chosen)
                continue
            of_many = self.of_owner and isinstance(branch, OfMany)
            for level in self.levels:
                wanted = level & chosen & (_OF_MANY if of_many else Q())
                if isinstance(branch, Joined):
                    yield self._of_teams(wanted)
                else:
                    yield self._first(branch & wanted, self.count)

    def _granted(self, branch: Q, chosen: Q) -> _Sql:
        """Beginning with the grants: they have the moments of their memories, and so the order."""
        if self.sort == "path":
            return self._granted_by_path(branch, chosen)
        moment = f"memory_{self.sort}_at"
        # Also where there is no floor: by a bound SQLite chooses the index, not by the order.
        granted = policies.granted_to(self.by).filter(
            **{f"{moment}__gte": RawSQL(*_floor(self.since))}
        )
        if self.until is not None:
            granted = granted.filter(**{f"{moment}__lte": self.until})
        sql, given = _sql(granted.values("memory_id", moment))
        listed = policies.listed_by(self.by, RawSQL("granted.memory_id", []))
        every, values = self._of_each(listed & chosen, 1)
        return (
            f"SELECT found.* FROM ({sql}) AS granted CROSS JOIN {every} ORDER BY "
            f"granted.{moment} DESC, found.scope, found.id DESC LIMIT {self.count:d}"
        ), [*given, *values]

    def _granted_by_path(self, branch: Q, chosen: Q) -> _Sql:
        """PostgreSQL may take a range of paths for narrow and walk it in the index of every space,
        whoever's the memories are: it gets to see the granted ones alone, under the name of the
        table."""
        if connection.vendor != "postgresql":
            return self._first(branch & chosen, self.count)
        granted, held = _sql(Memory.objects.filter(branch).defer("content", "metadata").order_by())
        sql, values = self._first(chosen, self.count)
        return f"WITH {_table()} AS MATERIALIZED ({granted}) {sql}", [*held, *values]

    def _of_teams(self, chosen: Q) -> _Sql:
        """The first of the teams: of all together a database would sort whatever they have.

        The very first of each tell how far the list goes, so that only those teams are looked at
        further that have something before that, and only so far.
        """
        spaces, given = _sql(policies.joined_spaces(self.by, self.team_key))
        word = ORDERS[self.sort][0]
        if self.team_key is not None or not word.startswith("-"):
            every, values = self._of_each(self._in_joined(chosen), self.count)
            return f"SELECT found.* FROM ({spaces}) AS joined CROSS JOIN {every}", [*given, *values]
        heads, asked = self._of_each(self._in_joined(chosen), 1 + self.count // TEAMS_AT_ONCE)
        name = word.removeprefix("-")
        last = f"SELECT head.{name} FROM head ORDER BY head.{name} DESC LIMIT 1 OFFSET %s"
        offset = [self.count - 1]
        floor, moment = _floor(self.since)
        # Before what is chosen: of two bounds SQLite takes the first one for the index.
        end = Q(**{f"{name}__gte": RawSQL(f"coalesce(({last}), {floor})", [*offset, *moment])})
        rest, values = self._of_each(self._in_joined(end & chosen), self.count)
        return (
            f"WITH head AS MATERIALIZED (SELECT joined.space, found.{name} FROM ({spaces}) AS "
            f"joined CROSS JOIN {heads}) SELECT found.* FROM (SELECT head.space FROM head "
            f"GROUP BY head.space HAVING max(head.{name}) >= "
            f"coalesce(({last}), max(head.{name}))) AS joined CROSS JOIN {rest}"
        ), [*given, *asked, *offset, *values]

    def _in_joined(self, chosen: Q) -> Q:
        return policies.listed_in(self.by, RawSQL("joined.space", [])) & chosen

    def _of_each(self, chosen: Q, count: int) -> _Sql:
        """What each row before is joined with: the first ``count`` of it, as ``found``."""
        sql, values = self._first(chosen, count)
        return for_each(sql, _table()), values

    def _first(self, chosen: Q, count: int) -> _Sql:
        order = ORDERS[self.sort]
        names = [name.removeprefix("-") for name in order]
        return _sql(Memory.objects.filter(chosen).order_by(*order).values(*names)[:count])

    def _names(self, table: str) -> list[str]:
        return [f"{table}.{name.removeprefix('-')}" for name in ORDERS[self.sort]]


def _floor(since: datetime | None) -> _Sql:
    """Before what no memory is that is asked for."""
    kind = "::timestamptz" if connection.vendor == "postgresql" else ""
    if since:
        return f"%s{kind}", [connection.ops.adapt_datetimefield_value(since)]
    return ("'-infinity'::timestamptz" if kind else "''"), []


def _table() -> str:
    return connection.ops.quote_name(Memory._meta.db_table)


def _sql(query: QuerySet) -> _Sql:
    return query.query.get_compiler(connection=connection).as_sql()
