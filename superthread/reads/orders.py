"""In which order memories are listed, which of them are, and the places of cursors."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Q,
    QuerySet,
    SmallIntegerField,
)

from memory_hub.accounts.principal import Principal
from memory_hub.database.compiled_queries import Parameter
from superthread import policies
from superthread.models import Memory
from superthread.reads.filters import NO_FILTERS, Filters
from superthread.reads.newest import ORDERS, Newest, in_place
from superthread.reads.representation import Row
from superthread.reads.representation import instant_of as row_instant


def in_order(
    by: Principal,
    chosen: Q,
    count: int,
    *,
    sort: str,
    scope: str,
    team_key: str | Parameter | None = None,
    asked: Filters = NO_FILTERS,
    after: Mapping[str, Any] | None = None,
) -> QuerySet[Memory]:
    """The first ``count`` memories of the caller's lists in a place that are ``chosen``; those
    ``after`` the place of a cursor (``place_values``, or AFTER in a compiled query).
    ``chosen`` has all that is ``asked`` for already; it helps to know it."""
    levels = [Q(category=one) for one in asked.categories] or [Q()]
    if sort == "path":
        levels = asked.under.by_level() if asked.under else [Q()]
    of_owner, since, until = asked.owner is not None, asked.since(sort), asked.until(sort)
    if after:
        chosen &= _after_place(sort, after)
        until = after.get("moment")
    latest = Newest(by, count, scope, team_key, sort, levels, of_owner, since, until).ids(chosen)
    return Memory.objects.filter(pk__in=latest).order_by(*ORDERS[sort])[:count]


def filters(
    scope: str,
    team_key: str | Parameter | None,
    category: str | Parameter | None,
    now: datetime | Parameter | None = None,
) -> Q:
    """The filters of lists and searches. A foreign team and an unknown one both match nothing:
    the caller's visibility is applied beside these."""
    return narrowed(category, now) & in_place(scope, team_key)


def narrowed(category: str | Parameter | None, now: datetime | Parameter | None = None) -> Q:
    """The same, wherever the memories are."""
    chosen = policies.alive(now)
    return chosen if category is None else chosen & Q(category=category)


def place_of(row: Row, sort: str = "updated") -> list[Any]:
    """Where the row stands in a list, for its cursor."""
    first = row["path"] if sort == "path" else micros_of(row_instant(row[f"{sort}_at"]))
    return [first, row["scope"], row["id"]]


def place_values(place: list[Any], sort: str) -> dict[str, Any]:
    """The values of AFTER's parameters."""
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


AFTER = {
    "moment": Parameter("moment", DateTimeField()),
    "path": Parameter("path", CharField()),
    "scope": Parameter("scope", SmallIntegerField()),
    "id": Parameter("id", BigIntegerField()),
}


def _after_place(sort: str, told: Mapping[str, Any]) -> Q:
    """What comes after the place of a cursor in the order of ``sort``."""
    scope, pk = told["scope"], told["id"]
    if sort == "path":
        same = Q(scope__gt=scope) | Q(scope=scope, pk__gt=pk)
        return Q(path__gte=told["path"]) & (Q(path__gt=told["path"]) | same)
    moment = told["moment"]
    column = f"{sort}_at"
    return Q(**{f"{column}__lte": moment}) & (
        Q(**{f"{column}__lt": moment}) | Q(scope__gt=scope) | Q(scope=scope, pk__lt=pk)
    )
