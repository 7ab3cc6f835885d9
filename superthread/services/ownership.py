"""Giving a memory to another owner: by offer and acceptance, or at once where a team has to."""

from typing import Any
from uuid import UUID

from django.db import transaction

from memory_hub.accounts.models import Membership, User
from memory_hub.accounts.principal import Principal, principal_of
from memory_hub.accounts.services import ensure_user
from memory_hub.accounts.services.blocks import blocked
from memory_hub.core.errors import BadInput, Conflict, NotFound
from memory_hub.core.identity import Identity
from memory_hub.core.text import rfc3339
from memory_hub.events.telling import tell
from superthread import limits, policies
from superthread.events import TransferChanged, TransferKind, telling
from superthread.models import GrantRole, Memory, Scope, Transfer
from superthread.reads.named import is_id
from superthread.reads.representation import Row
from superthread.restricted import require_within
from superthread.services import operators
from superthread.services.sharing import merge_grants
from superthread.services.steps import writing

# Of a Transfer: where the address of who offers it stands.
SENDER = "offered_by__email"


@transaction.atomic
def offer(*, doc_id: str, to: str | None, by: Principal) -> dict[str, Any]:
    """Offers the memory to an address, in place of an earlier offer; None withdraws it.

    A team's admin, who has the owner's part while its owner is away, names a member at once.
    Raises NotFound, RoleTooLow, BadInput for an address that is not in the memory's team, Conflict
    for the owner's own, TokenRestricted where it would be out of the token's reach.
    """
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.OWNER)
    if to is None:
        _withdraw(row, by)
        return _represent(row, None)
    if to == row["owner_email"]:
        raise Conflict("The memory is this owner's already.")
    require_within(by, row | {"owner_id": None})
    if not _may_own(to, row["team_id"]):
        raise BadInput.at("/to", "not-a-member", "A team's memory goes to a member of the team.")
    if row["owner_id"] != by.user_id:
        return _represent(_give(row, ensure_user(to, by=by), by=by), None)
    _withdraw(row, by)
    Transfer.objects.create(memory_id=row["id"], email=to, offered_by_id=by.user_id)
    tell(TransferChanged(by.actor, by.origin, TransferKind.OFFERED, row, to))
    return _represent(row, to)


def _withdraw(row: Row, by: Principal) -> None:
    """Takes an offer back, if there is one."""
    offered = Transfer.objects.filter(memory_id=row["id"])
    for email in offered.values_list("email", flat=True):
        offered.delete()
        tell(TransferChanged(by.actor, by.origin, TransferKind.WITHDRAWN, row, email))


@transaction.atomic
@telling()
def bring_back(*, doc_id: UUID, to: str, sender: int, offered_at: str, by: Identity) -> None:
    """The operator's way of bringing an offer back as it was, from the account ``sender``; nothing
    where the memory is not here or is offered already."""
    found = Memory.objects.filter(doc_id=doc_id, transfer=None).values_list("pk", flat=True).first()
    if found is None:
        return
    row = operators.locked_row(found)
    made = Transfer.objects.create(memory_id=found, email=to, offered_by_id=sender)
    Transfer.objects.filter(pk=made.pk).update(offered_at=offered_at)
    tell(TransferChanged(by.actor, by.origin, TransferKind.OFFERED, row, to))


@transaction.atomic
def reply(*, doc_id: str, accept: bool, by: Principal) -> dict[str, Any]:
    """Takes the memory that was offered to the caller, or declines it.

    Raises NotFound where nothing is offered, also when who offered it has no longer the right to,
    or it has become a team's that the caller is not in.
    """
    found = _offered(doc_id, by)
    if found is None:
        raise NotFound(policies.ABSENT)
    row = operators.locked_row(found.memory_id)
    # Again, under the lock: as whoever was before us left it.
    still = _offered(doc_id, by)
    if still is None or still.pk != found.pk or not _stands(still):
        raise NotFound(policies.ABSENT)
    if not accept:
        still.delete()
        tell(TransferChanged(by.actor, by.origin, TransferKind.DECLINED, row, by.email))
        return _represent(row, None)
    return _represent(_give(row, User.objects.get(pk=by.user_id), by=by), None)


def is_offered(doc_id: str, by: Principal) -> bool:
    """Whether the memory is offered to the caller."""
    found = _offered(doc_id, by)
    return found is not None and _stands(found)


def offers(by: Principal) -> list[dict[str, Any]]:
    """What is offered to the caller, latest first: which memory, by whom, since when. Nothing of
    what it says: that is shown to those who may read it."""
    mine = Transfer.objects.filter(policies.offered_to(by, SENDER))
    mine = mine.exclude(offered_by__email__in=blocked(by))
    mine = mine.select_related("memory", "offered_by").order_by("-offered_at", "-pk")
    return [
        {
            "doc_id": str(one.memory.doc_id),
            "from": one.offered_by.email,
            "offered_at": rfc3339(one.offered_at),
        }
        for one in mine[: limits.OFFERS]
        if _stands(one)
    ]


def _offered(doc_id: str, by: Principal) -> Transfer | None:
    if not is_id(doc_id) or not by.user_id:
        return None
    mine = Transfer.objects.filter(policies.offered_to(by, SENDER), memory__doc_id=doc_id)
    return mine.select_related("memory", "offered_by").first()


def _stands(found: Transfer) -> bool:
    """Whether who offered it is the owner still, and whom it is offered to may own it."""
    giver = found.offered_by
    if not giver.is_active or not _may_own(found.email, found.memory.team_id):
        return False
    role = policies.role_of(found.memory_id, principal_of(giver, "command"))
    return role == policies.Role.OWNER


def _may_own(email: str, team_id: int | None) -> bool:
    """A team's memory stays with the team: outside it nobody could own it."""
    return team_id is None or Membership.objects.filter(team=team_id, email=email).exists()


@telling()
def _give(row: Row, user: User, *, by: Principal) -> Row:
    """Makes the user the owner. Who was it before keeps the role of an editor, by grant; in a team
    membership says what they may do."""
    changed = writing.apply(row, {"owner_id": user.pk, "owner_email": user.email}, by=by)
    kept = {} if row["scope"] == Scope.TEAM else {row["owner_email"]: GrantRole.EDITOR.label}
    merge_grants(changed, kept, by=by)
    return changed


def _represent(row: Row, to: str | None) -> dict[str, Any]:
    return {"doc_id": str(row["doc_id"]), "owner": row["owner_email"], "offered_to": to}
