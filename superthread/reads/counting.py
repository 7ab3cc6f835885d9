"""What statistics add up: of the caller's spaces the tallies, of what is granted each memory.

Tallies count what has expired until it is purged, which is taken off here, and know no paths: what
a restricted token is for is counted memory by memory.
"""

from collections.abc import Iterator
from functools import lru_cache, reduce
from itertools import chain
from operator import or_
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    F,
    Min,
    OuterRef,
    PositiveSmallIntegerField,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from memory_hub.accounts.principal import Principal
from memory_hub.database.compiled_queries import CompiledQuery
from superthread import askers, policies
from superthread.branches import Granted, Joined
from superthread.models import Kept, Memory, Scope, Tally, Version
from superthread.models.space import PUBLIC_SPACE

_NEVER = Cast(None, DateTimeField())
# A tally's scope, by its space.
_SCOPE = Case(
    When(space=PUBLIC_SPACE, then=Value(Scope.PUBLIC.value)),
    When(space__lt=PUBLIC_SPACE, then=Value(Scope.TEAM.value)),
    default=Value(Scope.PERSONAL.value),
    output_field=PositiveSmallIntegerField(),
)


def groups(by: Principal) -> Iterator[dict[str, Any]]:
    """Memories by ``scope`` and ``category``, in parts to be added up: how many (``count``), their
    ``bytes``, and when the ``first`` of them expires."""
    for group in _groups(askers.kind_of(by))(**askers.parameters(by)):
        yield group | {"count": int(group["count"]), "bytes": int(group["bytes"])}


def kept(by: Principal) -> int:
    """Bytes of the versions of what the caller may edit."""
    found = _histories(askers.kind_of(by))(**askers.parameters(by))
    return sum(int(row["bytes"] or 0) for row in found)


@lru_cache(maxsize=askers.KINDS)
def _groups(kind: str) -> CompiledQuery:
    """One statement, so that all its parts are of one moment."""
    by = askers.asker(kind)
    branches = policies.listed_branches(by)
    if by.is_narrowed:
        return CompiledQuery(lambda: [_each(part) for part in _apart(branches)])
    spaces, granted = _divided(branches)
    return CompiledQuery(
        lambda: [
            *chain.from_iterable(_tallied(branch, by) for branch in spaces),
            *(_each(part) for part in granted),
        ]
    )


def _apart(branches: list[Q]) -> list[Q]:
    """The same union, in parts that have nothing in common."""
    return [
        branch & ~reduce(or_, branches[:number]) if number else branch
        for number, branch in enumerate(branches)
    ]


def _divided(branches: list[Q]) -> tuple[list[Q], list[Q]]:
    """Those that are spaces, and what is granted beside these."""
    spaces = [branch for branch in branches if not isinstance(branch, Granted)]
    granted = [branch for branch in branches if isinstance(branch, Granted)]
    return spaces, [branch & ~reduce(or_, spaces) for branch in granted]


def _each(part: Q) -> QuerySet:
    counted = Memory.objects.filter(_ALIVE, part).order_by()
    counts = {"count": Count("pk"), "bytes": Sum("size"), "first": Min("expires_at")}
    return counted.values("scope", "category").annotate(**counts)


def _tallied(branch: Q, by: Principal) -> list[QuerySet]:
    """The same of the spaces of a branch: their tallies without what has expired, and when the next
    of each expires."""
    tallies = Tally.objects.filter(branch).order_by().annotate(scope=_SCOPE)
    counts = {"count": Sum("memories"), "bytes": Sum("size")}
    expired = Memory.objects.filter(branch, _EXPIRED).order_by().values("scope", "category")
    taken = {"count": Value(0) - Count("pk"), "bytes": Value(0) - Sum("size")}
    soonest = Memory.objects.filter(pk__in=_soonest(branch, by)).order_by()
    nothing = {"count": Value(0), "bytes": Value(0), "first": F("expires_at")}
    return [
        tallies.values("scope", "category").annotate(**counts, first=_NEVER),
        expired.annotate(**taken, first=_NEVER),
        soonest.values("scope", "category").annotate(**nothing),
    ]


_ALIVE = policies.alive(askers.NOW)
_EXPIRED = Q(deleted_at=None, expires_at__lte=askers.NOW)


def _soonest(branch: Q, by: Principal) -> QuerySet:
    """What expires next, in each space."""
    coming = Memory.objects.filter(deleted_at=None, expires_at__gt=askers.NOW)
    if isinstance(branch, Joined):
        first = coming.filter(space=OuterRef("space")).order_by("expires_at").values("pk")[:1]
        return policies.joined_spaces(by).annotate(soonest=Subquery(first)).values("soonest")
    return coming.filter(branch).order_by("expires_at").values("pk")[:1]


@lru_cache(maxsize=askers.KINDS)
def _histories(kind: str) -> CompiledQuery:
    by = askers.asker(kind)
    branches = policies.held_branches(by, policies.Role.EDITOR)
    if by.is_narrowed:
        editable = Memory.objects.filter(policies.visible_to(by, askers.NOW)).order_by()
        return CompiledQuery(
            lambda: [_versions(editable.filter(part)) for part in _apart(branches)]
        )
    _, granted = _divided(branches)
    edited = policies.edited_spaces(by)
    alive, expired = (Memory.objects.filter(one).order_by() for one in (_ALIVE, _EXPIRED))
    return CompiledQuery(
        lambda: [
            *(_added(Kept.objects.filter(part).order_by(), Sum("size")) for part in edited),
            *(_versions(expired.filter(part), -1) for part in edited),
            *(_versions(alive.filter(part)) for part in granted),
        ]
    )


def _versions(memories: QuerySet[Memory], sign: int = 1) -> QuerySet:
    return _added(Version.objects.filter(memory__in=memories).order_by(), Value(sign) * Sum("size"))


def _added(rows: QuerySet, total: Combinable) -> QuerySet:
    # By a constant: an aggregate as a query that is not carried out yet.
    return rows.annotate(all=Value(1)).values("all").annotate(bytes=total)
