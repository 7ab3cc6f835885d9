"""Grants: who else may do what with a memory."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from memory_hub.accounts.principal import Principal
from memory_hub.errors import Conflict
from superthread import generations, policies
from superthread.models import Grant, GrantRole
from superthread.reads import find
from superthread.representation import Row
from superthread.services import writing


def list_grants(*, doc_id: str, by: Principal) -> dict[str, Any]:
    """The owner and the whole map of grants; for administrators of the memory."""
    return _represent(find(doc_id=doc_id, by=by, least=policies.Role.ADMIN))


@transaction.atomic
def change_grants(*, doc_id: str, changes: dict[str, str | None], by: Principal) -> dict[str, Any]:
    """Merges ``{address: role or None}`` into the grants; None removes. Answers the whole map.

    Raises NotFound, RoleTooLow, and Conflict for the owner's address: the owner needs no grant, and
    one would be left behind by a transfer.
    """
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.ADMIN)
    return merge_grants(row, changes)


@generations.telling()
def merge_grants(row: Row, changes: dict[str, str | None]) -> dict[str, Any]:
    """Changes the grants of a memory that the caller has checked and locked."""
    if row["owner_email"] in changes:
        raise Conflict("The owner's role cannot be changed by a grant.")
    removed = [email for email, role in changes.items() if role is None]
    Grant.objects.filter(memory_id=row["id"], email__in=removed).delete()
    Grant.objects.bulk_create(
        (
            Grant(memory_id=row["id"], email=email, role=GrantRole[role.upper()])
            for email, role in changes.items()
            if role is not None
        ),
        update_conflicts=True,
        unique_fields=["memory", "email"],
        update_fields=["role"],
    )
    generations.changed(row, granted=changes)
    return _represent(row)


@generations.telling()
def end_grants(team_id: int, emails: Sequence[str]) -> None:
    """What was granted of a team's memories to those who left it ends with that, also what lies in
    the trash; within the transaction of the departure."""
    ended = Grant.objects.filter(memory__team_id=team_id, email__in=emails)
    ids = list(ended.values_list("memory_id", flat=True))
    if ids:
        generations.changed_ids(ids)
        ended.delete()


def _represent(row: Row) -> dict[str, Any]:
    grants = Grant.objects.filter(memory_id=row["id"]).values_list("email", "role")
    return {
        "doc_id": str(row["doc_id"]),
        "owner": row["owner_email"],
        "permissions": {email: GrantRole(role).label for email, role in grants},
    }
