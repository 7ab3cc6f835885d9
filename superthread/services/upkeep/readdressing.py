"""What of memories moves with an account that has another address."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.db.models import Q

from memory_hub.accounts.events import AccountChanged, AccountKind
from memory_hub.caching.invalidation import outdate_everything
from memory_hub.events.telling import hears, tell
from superthread.events import GrantChanged, GrantKind, TransferChanged, TransferKind, telling
from superthread.models import Grant, GrantRole, Transfer
from superthread.services.steps.facts import facts_of


class _Told(NamedTuple):
    """What happened to the grant of one address, with the roles before and after."""

    memory_id: int
    kind: GrantKind
    email: str
    before: int | None
    after: int | None


@hears(AccountChanged)
def follow(events: Sequence[AccountChanged]) -> None:
    """Grants that the account accepted and memories that are offered to it name its new address;
    of an account that was not proven those alone that its inviter gave. Nobody has a grant on, or
    an offer of, what they own."""
    for event in events:
        if event.kind is AccountKind.ADDRESS:
            _move_grants(event)
            _move_offers(event)


@telling()
def _move_grants(event: AccountChanged) -> None:
    # Everybody's answers are outdated with the address, as is who offered what.
    outdate_everything()
    own = Grant.objects.filter(email=event.email, memory__owner_id=event.user_id)
    told = [_Told(one.memory_id, GrantKind.ENDED, one.email, one.role, None) for one in own]
    Grant.objects.filter(pk__in=[one.pk for one in own]).delete()
    given = Q(offered_by=event.vouched_by) if event.vouched_by else Q()
    moving = list(Grant.objects.filter(given, email=event.former, accepted=True).order_by("pk"))
    meeting = Grant.objects.filter(email=event.email, memory__in=[one.memory_id for one in moving])
    there = {one.memory_id: one for one in meeting}
    for one in moving:
        told.append(_Told(one.memory_id, GrantKind.ENDED, event.former, one.role, None))
        if one.memory_id in there:
            told += _join(one, there[one.memory_id])
        else:
            told.append(_Told(one.memory_id, GrantKind.GIVEN, event.email, None, one.role))
    alone = [one.pk for one in moving if one.memory_id not in there]
    Grant.objects.filter(pk__in=alone).update(email=event.email)
    Grant.objects.filter(offered_by=event.former).update(offered_by=event.email)
    tell(*_events(event, told))


def _join(grant: Grant, there: Grant) -> Iterator[_Told]:
    """One grant of two on a memory, with the higher role, as whoever gave that one offered it."""
    grant.delete()
    before, accepted = there.role, there.accepted
    if grant.role > there.role:
        there.role, there.offered_by = grant.role, grant.offered_by
    there.accepted = True
    there.save(update_fields=["role", "offered_by", "accepted"])
    if not accepted or there.role != before:
        kind = GrantKind.CHANGED if accepted else GrantKind.ACCEPTED
        yield _Told(there.memory_id, kind, there.email, before, there.role)


def _events(event: AccountChanged, told: Iterable[_Told]) -> Iterator[GrantChanged]:
    told = list(told)
    facts = {row["id"]: row for row in facts_of({one.memory_id for one in told})}
    for one in told:
        roles = (role and GrantRole(role).label for role in (one.before, one.after))
        memory = facts[one.memory_id]
        yield GrantChanged(event.actor, event.origin, one.kind, memory, one.email, *roles)


def _move_offers(event: AccountChanged) -> None:
    own = Transfer.objects.filter(email=event.email, memory__owner_id=event.user_id)
    given = Q(offered_by__email=event.vouched_by) if event.vouched_by else Q()
    moving = Transfer.objects.filter(given, email=event.former)
    ended, moved = (list(rows.values_list("memory_id", flat=True)) for rows in (own, moving))
    own.delete()
    Transfer.objects.filter(memory_id__in=moved).update(email=event.email)
    withdrawn, offered = TransferKind.WITHDRAWN, TransferKind.OFFERED
    by = (event.actor, event.origin)
    tell(*(TransferChanged(*by, withdrawn, one, event.email) for one in facts_of(ended)))
    for one in facts_of(moved):
        tell(
            TransferChanged(*by, withdrawn, one, event.former),
            TransferChanged(*by, offered, one, event.email),
        )
