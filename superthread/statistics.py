"""Counts and sizes over what a caller may read."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from memory_hub.accounts.models import Membership
from memory_hub.accounts.principal import Principal
from memory_hub.caching import valid_until
from memory_hub.limits import charge_afterwards
from memory_hub.limits.prices import COUNTED
from superthread import policies
from superthread.models import Memory, Scope, Version

CATEGORIES = 100  # that are told: the largest


class _Group(NamedTuple):
    """Memories of one scope and category: how many, their bytes, and when the first expires."""

    scope: int
    category: str
    count: int
    size: int
    expires_at: datetime | None


def statistics(*, by: Principal) -> dict[str, Any]:
    """Counts and bytes over what the caller may read: versions where the caller may edit."""
    now = timezone.now()
    scopes: Counter[int] = Counter()
    categories: Counter[str] = Counter()
    size = 0
    for group in _groups(by, now):
        scopes[group.scope] += group.count
        categories[group.category] += group.count
        size += group.size
        valid_until(group.expires_at)
    total = scopes.total()
    charge_afterwards(total // COUNTED)
    return {
        "total_documents": total,
        "total_size": size,
        "storage_used": size + _kept(by, now),
        "storage_limit": None,
        "average_size": round(size / total, 1) if total else 0,
        "members": _members(by),
        "teams": sum(place.accepted for place in by.teams),
        "by_scope": {scope.label: scopes[scope] for scope in Scope},
        "by_category": _largest(categories),
    }


def _groups(by: Principal, now: datetime) -> Iterator[_Group]:
    """One statement. Each part is counted in an index that has all of its columns, in the order of
    the groups; the whole with ORs between would be looked up row by row and sorted."""
    counted = Memory.objects.filter(policies.alive(now)).order_by()
    parts = [
        counted.filter(part)
        .values_list("scope", "category")
        .annotate(count=Count("pk"), size=Sum("size"), expires_at=Min("expires_at"))
        for part in _apart(policies.listed_branches(by))
    ]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return (_Group(*row) for row in rows)


def _apart(branches: list[Q]) -> list[Q]:
    """The same union, in parts that have nothing in common."""
    return [
        branch & ~reduce(or_, branches[:number]) if number else branch
        for number, branch in enumerate(branches)
    ]


def _kept(by: Principal, now: datetime) -> int:
    """Bytes of the versions that the caller may list."""
    edited = Memory.objects.filter(policies.visible_to(by, now)).order_by()
    return sum(
        Version.objects.filter(memory__in=edited.filter(part)).aggregate(size=Sum("size"))["size"]
        or 0
        for part in _apart(policies.held_branches(by, policies.Role.EDITOR))
    )


def _members(by: Principal) -> int:
    """Distinct addresses in the caller's teams, the caller included."""
    joined = [place.team_id for place in by.teams if place.accepted]
    teams = Membership.objects.filter(team_id__in=joined).exclude(email=by.email)
    return teams.values("email").distinct().count() + (1 if by.user_id else 0)


def _largest(categories: Counter[str]) -> dict[str, int]:
    """The largest ones, on a tie in the order of their names."""
    ordered = sorted(categories.items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(ordered[:CATEGORIES])
