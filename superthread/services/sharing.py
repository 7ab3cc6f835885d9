"""Grants: who else may do what with a memory."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from memory_hub.accounts.blocks import block, blocked, who_blocked
from memory_hub.accounts.models import Membership
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import Conflict, NotFound
from memory_hub.core.text import rfc3339
from superthread import generations, limits, policies
from superthread.models import Grant, GrantRole
from superthread.reads.memories import find
from superthread.reads.representation import Row
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
    if changes == {by.email: None}:
        return _leave(doc_id, by)
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.ADMIN)
    return merge_grants(row, changes, by=by)


def _leave(doc_id: str, by: Principal) -> dict[str, Any]:
    """Takes the caller's own grant back, whatever its role. To administrators the whole map is
    answered, to others as much of it as is about them."""
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.VIEWER)
    whole = merge_grants(row, {by.email: None})
    return whole if row["role"] >= policies.Role.ADMIN else whole | {"permissions": {}}


@generations.telling()
def merge_grants(
    row: Row, changes: Mapping[str, str | None], *, by: Principal | None = None
) -> dict[str, Any]:
    """Changes the grants of a memory that the caller has checked and locked.

    A new one is an offer of ``by``, accepted at once by who is in a team with them; without ``by``
    (an operator, a former owner) it counts in full.
    """
    if row["owner_email"] in changes:
        raise Conflict("The owner's role cannot be changed by a grant.")
    removed = [email for email, role in changes.items() if role is None]
    ended = Q(email__in=removed)
    if by is not None:  # an offer is of who made it last
        ended |= Q(email__in=changes, accepted=False) & ~Q(offered_by=by.email)
    Grant.objects.filter(ended, memory_id=row["id"]).delete()
    _put(row, changes, sender=by.email if by else "", accepted=by is None)
    if by is not None and (trusting := _trusting(by, changes)):
        offered = Grant.objects.filter(memory_id=row["id"], accepted=False)
        offered.filter(email__in=trusting).update(accepted=True)
    generations.changed(row, granted=changes)
    return _represent(row)


@generations.telling()
def offer_grants(row: Row, changes: Mapping[str, str | None], *, sender: str) -> None:
    """Offers of ``sender`` that nobody has answered, where an operator brings a memory back. What
    is accepted here already stays so."""
    _put(row, changes, sender=sender, accepted=False)
    generations.changed(row, granted=changes)


def _put(row: Row, changes: Mapping[str, str | None], *, sender: str, accepted: bool) -> None:
    """Writes roles: new ones and those that were others. An offer takes no acceptance back."""
    Grant.objects.bulk_create(
        (
            Grant(
                memory_id=row["id"],
                email=email,
                role=GrantRole[role.upper()],
                accepted=accepted,
                offered_by=sender,
            )
            for email, role in changes.items()
            if role is not None
        ),
        update_conflicts=True,
        unique_fields=["memory", "email"],
        update_fields=["role", "accepted"] if accepted else ["role"],
    )


def _trusting(sender: Principal, emails: Iterable[str]) -> set[str]:
    """Those who have accepted a team that the sender is in, and have not blocked the sender."""
    theirs = Membership.objects.filter(email=sender.email).values("team_id")
    together = Membership.objects.filter(
        email__in=list(emails), accepted=True, team_id__in=theirs
    ).values_list("email", flat=True)
    trusting = set(together)
    return trusting - who_blocked(sender.email, trusting) if trusting else trusting


def offers(by: Principal) -> list[dict[str, Any]]:
    """What is shared with the caller and not answered yet, latest first: which memory, by whom, as
    what. Nothing of what it says."""
    mine = Grant.objects.filter(policies.alive_memory(), email=by.email, accepted=False)
    mine = mine.exclude(offered_by__in=blocked(by)).order_by("-offered_at", "-pk")
    told = mine.values_list("memory__doc_id", "offered_by", "role", "offered_at")
    return [
        {
            "doc_id": str(doc_id),
            "from": sender or None,
            "role": GrantRole(role).label,
            "offered_at": rfc3339(moment),
        }
        for doc_id, sender, role, moment in told[: limits.OFFERS]
    ]


@transaction.atomic
@generations.telling()
def reply(*, doc_id: str, accept: bool, block_sender: bool, by: Principal) -> None:
    """Takes a shared memory into the caller's lists, or declines it, and its sender's offers from
    now on. Raises NotFound where the caller may not read it or it is not shared with them."""
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.VIEWER)
    offered = Grant.objects.filter(memory_id=row["id"], email=by.email)
    sender = offered.values_list("offered_by", flat=True).first()
    if sender is None:
        raise NotFound(policies.ABSENT)
    if accept:
        offered.update(accepted=True)
    else:
        offered.delete()
    if block_sender and sender:
        block(email=sender, by=by)
    generations.changed(row, granted=[by.email])


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
