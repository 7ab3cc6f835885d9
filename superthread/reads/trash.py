"""Reading the trash: what the caller may undelete."""

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Q, QuerySet
from orjson import Fragment

from memory_hub.accounts.principal import Principal
from memory_hub.api.cursors import decode, encode
from memory_hub.core.text import rfc3339
from superthread import limits, policies
from superthread.models import Memory
from superthread.reads import bounded_pages
from superthread.reads.orders import instant_of, micros_of
from superthread.reads.representation import Row, brief_rows, rows
from superthread.reads.shape import WHOLE, Shape


def page(
    *,
    by: Principal,
    limit: int = 10,
    cursor: str | None = None,
    shape: Shape = WHOLE,
    show: Callable[[Row], Any],
) -> tuple[list[Fragment], str | None]:
    """Up to ``limit`` memories as JSON, latest deletion first, and the cursor of the next page or
    None. A page ends before its ``limit`` where more would be longer than ``bounded`` allows.

    Raises BadInput for a cursor of another list.
    """
    mine = restorable(by)
    if cursor:
        micros, pk = decode(cursor, "trash")
        mine = mine.filter(_after(instant_of(micros), pk))
    mine = mine.annotate(deleted_by_email=F("deleted_by__email"))
    told = ("deleted_at", "deleted_by_email")
    found = brief_rows(mine, *told, content=shape.reads).order_by("-deleted_at", "-id")[: limit + 1]
    items, last = bounded_pages.part(
        found,
        whole=lambda brief: rows(mine, *told).filter(pk=brief["id"]).first(),
        show=show,
        limit=limit,
    )
    return items, encode("trash", _place(last)) if last else None


def restorable(by: Principal) -> QuerySet[Memory]:
    """What the caller may undelete, with the caller's ``role``."""
    administered = policies.held_branches(by, policies.Role.ADMIN)
    return policies.in_trash(by).filter(reduce(or_, administered))


def _after(moment: datetime, pk: int) -> Q:
    return Q(deleted_at__lte=moment) & (Q(deleted_at__lt=moment) | Q(pk__lt=pk))


def _place(row: Row) -> list[int]:
    return [micros_of(row["deleted_at"]), row["id"]]


def facts(row: Row) -> dict[str, Any]:
    """What is told of a memory in the trash: who deleted it, and when it goes for good."""
    return {
        "deleted_at": rfc3339(row["deleted_at"]),
        "deleted_by": row["deleted_by_email"],
        "purge_at": rfc3339(row["deleted_at"] + limits.TRASH_KEPT),
    }
