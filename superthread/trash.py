"""Reading the trash: what the caller may undelete."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Q

from memory_hub.accounts.principal import Principal
from memory_hub.text import rfc3339
from superthread import limits, policies
from superthread.cursor import decode, encode
from superthread.reads import instant_of, micros_of
from superthread.representation import Row, represent, rows


def page(
    *, by: Principal, limit: int = 10, cursor: str | None = None
) -> tuple[list[Row], str | None]:
    """Up to ``limit`` rows, latest deletion first, and the cursor of the next page or None.

    Raises BadInput for a cursor of another list.
    """
    administered = policies.held_branches(by, policies.Role.ADMIN)
    mine = policies.in_trash(by).filter(reduce(or_, administered))
    if cursor:
        micros, pk = decode(cursor, "trash")
        mine = mine.filter(_after(instant_of(micros), pk))
    mine = mine.annotate(deleted_by_email=F("deleted_by__email"))
    trashed = rows(mine, "deleted_at", "deleted_by_email")
    found = list(trashed.order_by("-deleted_at", "-id")[: limit + 1])
    more = len(found) > limit
    del found[limit:]
    return found, encode("trash", _place(found[-1])) if more else None


def _after(moment: datetime, pk: int) -> Q:
    return Q(deleted_at__lte=moment) & (Q(deleted_at__lt=moment) | Q(pk__lt=pk))


def _place(row: Row) -> list[int]:
    return [micros_of(row["deleted_at"]), row["id"]]


def represent_trashed(row: Row) -> dict[str, Any]:
    """The memory, who deleted it, and when it goes for good."""
    return {
        **represent(row),
        "deleted_at": rfc3339(row["deleted_at"]),
        "deleted_by": row["deleted_by_email"],
        "purge_at": rfc3339(row["deleted_at"] + limits.TRASH_KEPT),
    }
