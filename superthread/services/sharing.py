"""Grants: who else may do what with a memory."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction

from memory_hub.accounts.models import Membership
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.services.blocks import block, blocked, who_blocked
from memory_hub.core.errors import Conflict, NotFound
from memory_hub.core.text import rfc3339
from memory_hub.events.telling import tell
from superthread import limits, policies
from superthread.events import Facts, GrantChanged, GrantKind, telling
from superthread.models import Grant, GrantRole
from superthread.reads.grants import Held, grants_on, represent
from superthread.services.steps import writing


@transaction.atomic
def change_grants(*, doc_id: str, changes: dict[str, str | None], by: Principal) -> dict[str, Any]:
    """Merges ``{address: role or None}`` into the grants; None removes. Answers the whole map.

    Raises NotFound, RoleTooLow, and Conflict for the owner's address: the owner needs no grant, and
    one would be left behind by a transfer.
    """
    if changes == {by.email: None}:
        return _leave(doc_id, by)
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.ADMIN)
    return merge_grants(row, changes, by=by, offering=True)


def _leave(doc_id: str, by: Principal) -> dict[str, Any]:
    """Takes the caller's own grant back, whatever its role. To administrators the whole map is
    answered, to others as much of it as is about them."""
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.VIEWER)
    whole = merge_grants(row, {by.email: None}, by=by)
    return whole if row["role"] >= policies.Role.ADMIN else whole | {"permissions": {}}


@telling()
def merge_grants(
    row: Facts, changes: Mapping[str, str | None], *, by: Principal, offering: bool = False
) -> dict[str, Any]:
    """Changes the grants of a memory that the caller has checked and locked.

    With ``offering`` a new one is an offer of ``by``, accepted at once by who is in a team with
    them; without (an operator, a former owner) it counts in full.
    """
    if row["owner_email"] in changes:
        raise Conflict("The owner's role cannot be changed by a grant.")
    before, sender = _held(row), by.email if offering else ""
    wanted = {email: role for email, role in changes.items() if role is not None}
    ended = {email for email in before if email in changes and email not in wanted}
    # An offer is of who made it last.
    if offering:
        ended |= {email for email in wanted if _is_of_another(before.get(email), sender)}
    if ended:
        Grant.objects.filter(memory_id=row["id"], email__in=ended).delete()
    kept = {email: held for email, held in before.items() if email not in ended}
    _put(row, wanted, kept, sender=sender, accepted=not offering)
    if offering:
        _accept_in_trust(row, [e for e in wanted if e not in kept or not kept[e].accepted], by)
    after = _held(row)
    _tell_of_grants(row, before, after, by, answered=offering)
    return represent(row, after)


@telling()
def offer_grants(row: Facts, changes: Mapping[str, str], *, sender: str, by: Principal) -> None:
    """Offers of ``sender`` that nobody has answered, where an operator brings a memory back. What
    is accepted here already stays so."""
    before = _held(row)
    _put(row, changes, before, sender=sender, accepted=False)
    _tell_of_grants(row, before, _held(row), by)


def _put(
    row: Facts,
    wanted: Mapping[str, str],
    before: Mapping[str, Held],
    *,
    sender: str,
    accepted: bool,
) -> None:
    """Writes roles: new ones and those that were others. An offer takes no acceptance back."""

    def is_so(email: str) -> bool:
        held = before.get(email)
        return bool(held) and held.role == wanted[email] and (held.accepted or not accepted)

    if all(map(is_so, wanted)):
        return
    Grant.objects.bulk_create(
        (
            Grant(
                memory_id=row["id"],
                email=email,
                role=GrantRole[role.upper()],
                accepted=accepted,
                offered_by=sender,
            )
            for email, role in wanted.items()
        ),
        update_conflicts=True,
        unique_fields=["memory", "email"],
        update_fields=["role", "accepted"] if accepted else ["role"],
    )


def _accept_in_trust(row: Facts, emails: Collection[str], by: Principal) -> None:
    """Offers to who trusts the caller are accepted at once."""
    if trusting := _trusting(by, emails):
        _accept(row, trusting)


def _is_of_another(held: Held | None, sender: str) -> bool:
    return held is not None and not held.accepted and held.offered_by != sender


def _accept(row: Facts, emails: Collection[str]) -> None:
    offered = Grant.objects.filter(memory_id=row["id"], accepted=False)
    offered.filter(email__in=emails).update(accepted=True)


def _held(row: Facts) -> dict[str, Held]:
    """The memory's grants by address."""
    return grants_on([row["id"]]).get(row["id"], {})


def _tell_of_grants(
    row: Facts,
    before: Mapping[str, Held],
    after: Mapping[str, Held],
    by: Principal,
    *,
    answered: bool = True,
) -> None:
    """Tells what became of grants; ``answered`` says that what counts in full now was accepted."""
    tell(
        *(
            GrantChanged(
                *(by.actor, by.origin, _kind_of(old, new, answered), row, email),
                *(old.role if old else None, new.role if new else None),
            )
            for email in sorted({*before, *after})
            if (old := before.get(email)) != (new := after.get(email))
        )
    )


def _kind_of(old: Held | None, new: Held | None, answered: bool) -> GrantKind:
    if new is None:
        return GrantKind.ENDED
    if not new.accepted and (old is None or old[1:] != new[1:]):
        return GrantKind.OFFERED
    if old is not None and old.accepted == new.accepted:
        return GrantKind.CHANGED
    return GrantKind.ACCEPTED if old and answered else GrantKind.GIVEN


def _trusting(sender: Principal, emails: Iterable[str]) -> set[str]:
    """Those who have accepted a team that the sender is in, and have not blocked the sender."""
    theirs = policies.places_of(sender).values("team_id")
    together = Membership.objects.filter(
        email__in=list(emails), accepted=True, team_id__in=theirs
    ).values_list("email", flat=True)
    trusting = set(together)
    return trusting - who_blocked(sender.email, trusting) if trusting else trusting


def offers(by: Principal) -> list[dict[str, Any]]:
    """What is shared with the caller and not answered yet, latest first: which memory, by whom, as
    what. Nothing of what it says."""
    mine = Grant.objects.filter(policies.offered_to(by), accepted=False)
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
@telling()
def reply(*, doc_id: str, accept: bool, block_sender: bool, by: Principal) -> None:
    """Takes a shared memory into the caller's lists, or declines it, and its sender's offers from
    now on. Raises NotFound where the caller may not read it or it is not shared with them."""
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.VIEWER)
    before = {email: held for email, held in _held(row).items() if email == by.email}
    if not before:
        raise NotFound(policies.ABSENT)
    held = before[by.email]
    after = {by.email: held._replace(accepted=True)} if accept else {}
    if accept and not held.accepted:
        _accept(row, [by.email])
    elif not accept:
        Grant.objects.filter(memory_id=row["id"], email=by.email).delete()
    if block_sender and held.offered_by:
        block(email=held.offered_by, by=by)
    _tell_of_grants(row, before, after, by)
