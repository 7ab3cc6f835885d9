"""What events tell of memories beside what changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import F

from superthread.events import Facts
from superthread.models import Grant, Memory

_COLUMNS = ("id", "doc_id", "scope", "owner_id", "team_id", "team_key", "path", "revision")
_COLUMNS += ("version",)


def facts_of(ids: Iterable[int], *more: str) -> list[Facts]:
    """The memories of these ids, locked before, with ``expires_at`` and ``deleted_at``, and with
    ``more`` columns."""
    memories = Memory.objects.filter(pk__in=list(ids)).order_by("pk")
    named = memories.annotate(team_key=F("team__key"))
    return list(named.values(*_COLUMNS, "expires_at", "deleted_at", *more))


def granted_on(ids: Iterable[int]) -> Mapping[int, frozenset[str]]:
    """The addresses that have a grant, by memory."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    grants = Grant.objects.filter(memory_id__in=list(ids)).order_by()
    for memory_id, email in grants.values_list("memory_id", "email"):
        found[memory_id].add(email)
    granted = {memory_id: frozenset(emails) for memory_id, emails in found.items()}
    return defaultdict(frozenset, granted)
