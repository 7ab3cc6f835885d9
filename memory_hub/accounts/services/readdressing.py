"""Another address for an account: asked for, proven by mail or by staff, and what moves with it.

What the account has accepted at its former address goes along; what waits there unanswered stays
for whoever has that address later. What waits for the new one is the account's from then on, for
the address is proven. Memories follow by the event.
"""

from collections.abc import Iterator
from copy import copy
from datetime import timedelta
from functools import partial

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from memory_hub.accounts.addresses import leave_address, note_address
from memory_hub.accounts.events import AccountChanged, AccountKind, MembershipKind
from memory_hub.accounts.facts import tell_of_place
from memory_hub.accounts.models import GROUPS, AddressChange, Block, Membership, TeamRole, User
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.proofs import CHANGE_SECONDS, Proof
from memory_hub.caching import covering
from memory_hub.caching.invalidation import outdate_everything
from memory_hub.core.errors import Conflict
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell

OVER = "The address cannot be changed to this one any more."


@transaction.atomic
def ask(address: str, *, by: Principal) -> None:
    """Notes which address, in its normal spelling, the caller wants; one asked for before is asked
    for no more. Nothing is changed until it is proven."""
    wanted = {"email": address, "asked_at": timezone.now()}
    AddressChange.objects.update_or_create(user_id=by.user_id, defaults=wanted)


@transaction.atomic
def take(proof: Proof, *, by: Principal, session: str) -> None:
    """Carries the change out for the caller, who has a mail that was sent there, once; all sessions
    but ``session`` end. Raises Conflict where another address was asked for since, where it is done
    already, and where somebody else has the address."""
    user = User.objects.select_for_update().get(pk=by.user_id)
    since = timezone.now() - timedelta(seconds=CHANGE_SECONDS)
    asked = AddressChange.objects.filter(user=user, email=proof.address, asked_at__gt=since)
    if not (proof.is_for(user) and asked.delete()[0]):
        raise Conflict(OVER)
    readdress(user, proof.address, by=by, session=session)


@transaction.atomic
@covering("accounts_user", "accounts_user.email", "accounts_membership")
def readdress(user: User, address: str, *, by: Identity, session: str = "") -> None:
    """Makes this, in its normal spelling, the proven address of the account. The caller knows that
    it is theirs. Tokens and clients go on; sessions end, but for the one with this key.

    Raises Conflict where somebody else has it.
    """
    held = User.objects.select_for_update().get(pk=user.pk)
    former, vouched_by = held.email, held.vouched_by
    _rename(held, address)
    user.email, user.vouched_by = address, ""
    AddressChange.objects.filter(user=held).delete()
    tellings = list(_move_places(former, address, vouched_by))
    _move_names(held, former, vouched_by)
    for one in UserSession.objects.filter(user=held).exclude(session_key=session):
        one.end()
    # The address is in everybody's answers.
    outdate_everything()
    facts = {"former": former, "vouched_by": vouched_by}
    tell(AccountChanged(by.actor, by.origin, AccountKind.ADDRESS, held.pk, address, **facts))
    for one in tellings:
        one(by=by)
    leave_address(held.pk, former, vouched_by)


def _rename(user: User, address: str) -> None:
    user.email, user.vouched_by = address, ""
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "vouched_by"])
    except IntegrityError as error:
        raise Conflict(OVER) from error
    EmailAddress.objects.filter(user=user).delete()
    note_address(user)


def _move_places(former: str, address: str, vouched_by: str) -> Iterator[partial]:
    """Moves the places in teams that were the account's; yields what is to be told of them. Of an
    account that was not proven those alone that its inviter gave: others are not its own."""
    theirs = Q(invited_by=vouched_by) if vouched_by else Q()
    places = Membership.objects.select_for_update(of=("self",)).filter(theirs, email=former)
    for place in list(places.filter(accepted=True).select_related("team").order_by("pk")):
        there = Membership.objects.filter(team=place.team_id, email=address).first()
        left = partial(tell_of_place, MembershipKind.LEFT, copy(place), before=place.role)
        yield partial(left, after=None)
        if there is None:
            place.email = address
            place.save(update_fields=["email"])
            joined = partial(tell_of_place, MembershipKind.JOINED, place, before=None)
            yield partial(joined, after=place.role)
        else:
            yield from _join(place, there)


def _join(place: Membership, there: Membership) -> Iterator[partial]:
    """One place of two in a team: the one with the higher role, and one that somebody gave rather
    than one that follows a group."""
    place.delete()
    before, accepted = there.role, there.accepted
    kept = max(there, place, key=lambda one: (one.role == TeamRole.ADMIN, one.invited_by != GROUPS))
    there.role, there.invited_by, there.accepted = kept.role, kept.invited_by, True
    there.save(update_fields=["role", "invited_by", "accepted"])
    if not accepted or there.role != before:
        kind = MembershipKind.ROLE if accepted else MembershipKind.ACCEPTED
        yield partial(tell_of_place, kind, there, before=before, after=there.role)


def _move_names(user: User, former: str, vouched_by: str) -> None:
    """Where the former address says who invited, and whom people have blocked. Who was not proven
    has invited nobody."""
    Membership.objects.filter(invited_by=former).update(invited_by=user.email)
    if not vouched_by:
        User.objects.filter(vouched_by=former).update(vouched_by=user.email)
    Block.objects.filter(user=user, email=user.email).delete()
    theirs = Block.objects.filter(email=former)
    blocking = set(Block.objects.filter(email=user.email).values_list("user_id", flat=True))
    theirs.filter(user_id__in=blocking).delete()
    theirs.update(email=user.email)
