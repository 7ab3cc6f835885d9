"""Renaming a category, or merging it into another one."""

from functools import reduce
from operator import or_

from django.db import transaction

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import TokenRestricted
from superthread import policies
from superthread.models import Memory
from superthread.reads import orders
from superthread.restricted import BEYOND
from superthread.services.steps import writing

# Memories in a transaction, so that writers get their turn in between.
AT_ONCE = 200
MOST = 1_000  # in a call


def rename(
    *, old: str, new: str, by: Principal, scope: str = "all", team_key: str | None = None
) -> tuple[int, bool]:
    """Puts what the caller may edit of a category into another one; returns how many memories that
    were, at most MOST, and whether there are more.

    Each gets a version, as by any change of its category, and keeps its place in lists: the call
    changes a name, not the memories. Raises TokenRestricted for a category that the token is not
    for.
    """
    if by.restriction.category not in (None, new):
        raise TokenRestricted(BEYOND)
    changed = 0
    while changed < MOST:
        ids = _some(old, by, scope, team_key)
        if not ids:
            return changed, False
        changed += _rename_some(ids, old, new, by)
    return changed, bool(_some(old, by, scope, team_key))


def _some(old: str, by: Principal, scope: str, team_key: str | None) -> list[str]:
    chosen = orders.filters(scope, team_key, old)
    # By an offer alone a public memory is listed, and may be edited by its id.
    held = reduce(or_, policies.held_branches(by, policies.Role.EDITOR))
    listed = Memory.objects.filter(policies.visible_to(by), chosen).filter(held)
    mine = listed.annotate(role=policies.effective_role(by)).filter(role__gte=policies.Role.EDITOR)
    found = mine.order_by("pk").values_list("doc_id", flat=True)[:AT_ONCE]
    return [str(doc_id) for doc_id in found]


@transaction.atomic
def _rename_some(doc_ids: list[str], old: str, new: str, by: Principal) -> int:
    rows = writing.locked_all(doc_ids, by=by).values()
    still = [
        (row, {"category": new})
        for row in rows
        if row["category"] == old and row["role"] >= policies.Role.EDITOR
    ]
    writing.apply_all(still, by=by, keep_place=True)
    return len(still)
