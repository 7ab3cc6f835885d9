"""Counts and sizes over what a caller may read."""

from collections import Counter
from typing import Any

from django.db.models import Count, Sum

from memory_hub.accounts.models import Membership
from memory_hub.accounts.principal import Principal
from memory_hub.caching import cache_result, valid_until
from memory_hub.rate_limits.bill import charge_afterwards
from superthread.models import Memory, Scope
from superthread.prices import COUNTED
from superthread.reads import counting

CATEGORIES = 100  # that are told: the largest
# Seconds: counting reads an index of all memories.
COUNTED_EVERY = 30.0
# The name that the counts are cached under.
OF_THE_HUB = "memories_by_scope"


def statistics(*, by: Principal) -> dict[str, Any]:
    """Counts and bytes over what the caller may read: versions where the caller may edit."""
    scopes: Counter[int] = Counter()
    categories: Counter[str] = Counter()
    size = 0
    for group in counting.groups(by):
        scopes[group["scope"]] += group["count"]
        categories[group["category"]] += group["count"]
        size += group["bytes"]
        valid_until(group["first"])
    total = scopes.total()
    charge_afterwards(total // COUNTED)
    return {
        "total_documents": total,
        "total_size": size,
        "storage_used": size + counting.kept(by),
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


def _members(by: Principal) -> int:
    """Distinct addresses in the caller's teams, the caller included."""
    joined = [place.team_id for place in by.teams if place.accepted]
    teams = Membership.objects.filter(team_id__in=joined).exclude(email=by.email)
    return teams.values("email").distinct().count() + (1 if by.user_id else 0)


def _largest(categories: Counter[str]) -> dict[str, int]:
    """The largest ones, on a tie in the order of their names."""
    left = {name: count for name, count in categories.items() if count}
    ordered = sorted(left.items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(ordered[:CATEGORIES])
