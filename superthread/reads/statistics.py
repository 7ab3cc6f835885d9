"""Counts and sizes over what a caller may read."""

from collections import Counter
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.db.models import Count, Min, Q, Sum, Value

from memory_hub.accounts.models import Membership
from memory_hub.accounts.principal import Principal
from memory_hub.caching import cache_result, valid_until
from memory_hub.database.compiled_queries import Prepared
from memory_hub.rate_limits.bill import charge_afterwards
from superthread import policies
from superthread.models import Memory, Scope, Version
from superthread.prices import COUNTED

CATEGORIES = 100  # that are told: the largest
COUNTED_EVERY = 30.0  # seconds: counting reads an index of all memories
OF_THE_HUB = "memories_by_scope"  # the name that the counts are cached under


def statistics(*, by: Principal) -> dict[str, Any]:
    """Counts and bytes over what the caller may read: versions where the caller may edit."""
    values = policies.parameters(by)
    scopes: Counter[int] = Counter()
    categories: Counter[str] = Counter()
    size = 0
    for group in _groups(policies.kind_of(by))(**values):
        scopes[group["scope"]] += group["count"]
        categories[group["category"]] += group["count"]
        size += group["bytes"]
        valid_until(group["first"])
    total = scopes.total()
    charge_afterwards(total // COUNTED)
    return {
        "total_documents": total,
        "total_size": size,
        "storage_used": size + _kept(policies.kind_of(by), values),
        "storage_limit": None,
        "average_size": round(size / total, 1) if total else 0,
        "members": _members(by),
        "teams": sum(place.accepted for place in by.teams),
        "by_scope": {scope.label: scopes[scope] for scope in Scope},
        "by_category": _largest(categories),
    }


@cache_result(ttl=COUNTED_EVERY, maxsize=1, key_prefix=OF_THE_HUB)
def memories_by_scope() -> tuple[tuple[str, int, int], ...]:
    """(scope, memories, bytes) of the whole hub, without the trash; at most 30 s old."""
    alive = Memory.objects.filter(deleted_at=None).order_by().values_list("scope")
    counted = alive.annotate(Count("id"), Sum("size"))
    found = {scope: (count, size) for scope, count, size in counted}
    return tuple((scope.label, *found.get(scope, (0, 0))) for scope in Scope)


@lru_cache(maxsize=policies.KINDS)
def _groups(kind: str) -> Prepared:
    """Memories by scope and category: how many, their bytes, and when the first expires.

    Each part is counted in an index that has all of its columns, in the order of the groups; the
    whole with ORs between would be looked up row by row and sorted.
    """
    counted = Memory.objects.filter(policies.alive(policies.NOW)).order_by()
    counts = {"count": Count("pk"), "bytes": Sum("size"), "first": Min("expires_at")}
    parts = _apart(policies.listed_branches(policies.asker(kind)))
    grouped = [counted.filter(part).values("scope", "category") for part in parts]
    return Prepared(lambda: [one.annotate(**counts) for one in grouped])


def _apart(branches: list[Q]) -> list[Q]:
    """The same union, in parts that have nothing in common."""
    return [
        branch & ~reduce(or_, branches[:number]) if number else branch
        for number, branch in enumerate(branches)
    ]


def _kept(kind: str, values: dict[str, Any]) -> int:
    """Bytes of the versions that the caller may list."""
    return sum(row["bytes"] or 0 for row in _histories(kind)(**values))


@lru_cache(maxsize=policies.KINDS)
def _histories(kind: str) -> Prepared:
    by = policies.asker(kind)
    edited = Memory.objects.filter(policies.visible_to(by, policies.NOW)).order_by()
    parts = _apart(policies.held_branches(by, policies.Role.EDITOR))
    versions = [Version.objects.filter(memory__in=edited.filter(part)).order_by() for part in parts]
    # By a constant: an aggregate as a query that is not carried out yet.
    summed = [one.annotate(all=Value(1)).values("all") for one in versions]
    return Prepared(lambda: [one.annotate(bytes=Sum("size")) for one in summed])


def _members(by: Principal) -> int:
    """Distinct addresses in the caller's teams, the caller included."""
    joined = [place.team_id for place in by.teams if place.accepted]
    teams = Membership.objects.filter(team_id__in=joined).exclude(email=by.email)
    return teams.values("email").distinct().count() + (1 if by.user_id else 0)


def _largest(categories: Counter[str]) -> dict[str, int]:
    """The largest ones, on a tie in the order of their names."""
    ordered = sorted(categories.items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(ordered[:CATEGORIES])
