"""Invitations: who makes them, and what their links let somebody do, once, within seven days."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from memory_hub.accounts.addresses import is_free
from memory_hub.accounts.events import (
    InvitationChanged,
    InvitationKind,
    MembershipKind,
    telling,
)
from memory_hub.accounts.facts import tell_of_place
from memory_hub.accounts.models import Invitation, Membership, Team, TeamRole, User, normal_email
from memory_hub.accounts.principal import Principal, principal_of
from memory_hub.accounts.secrets import digest
from memory_hub.accounts.services.proving import prove
from memory_hub.core.errors import Conflict, Forbidden, NotFound
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell

LIFETIME = timedelta(days=7)
MOST_OPEN = 100  # of one person who invites
OVER = "This invitation is used, withdrawn or over."


def invites_anybody(by: Principal) -> bool:
    """Whether the caller, one of the staff, may invite whomever they like."""
    if not by.is_staff or by.vouched_by or not settings.HUB_SIGNUP.has_invitations:
        return False
    return User.objects.get(pk=by.user_id).has_perm("accounts.add_user")


def teams_to_invite_to(by: Principal) -> list[str]:
    """The keys of the teams that the caller may invite people to."""
    if invites_anybody(by):
        return list(Team.objects.order_by("key").values_list("key", flat=True))
    return [one.team_key for one in by.teams if _leads(by, one.team_key)]


def _leads(by: Principal, team_key: str) -> bool:
    """Whether the caller invites as an admin of this team. Nobody vouches who needs it."""
    if settings.HUB_INVITES != "team-admins" or not settings.HUB_SIGNUP.has_invitations:
        return False
    place = by.team(team_key)
    leads = place is not None and place.accepted and place.role == TeamRole.ADMIN
    return leads and not by.vouched_by


@transaction.atomic
def invite(
    *, email: str, team_key: str = "", role: str = "", shown: bool, by: Principal
) -> Invitation:
    """An invitation without a link yet: ``link_key`` makes one. ``shown``: that is not mailed, so
    that whoever uses it proves nothing. Raises Forbidden, NotFound for a team that there is not,
    Conflict for more open ones than MOST_OPEN."""
    team = None
    if not invites_anybody(by) and not (team_key and _leads(by, team_key)):
        raise Forbidden("You may not invite people.")
    if team_key:
        team = Team.objects.filter(key=team_key).first()
        if team is None:
            raise NotFound("There is no such team.")
    if valid().filter(made_by_id=by.user_id).count() >= MOST_OPEN:
        raise Conflict(f"{MOST_OPEN} invitations of yours are open.")
    role = (role or TeamRole.MEMBER.value) if team else ""
    fields = {"team": team, "role": role, "made_by_id": by.user_id}
    made = _make(email=normal_email(email), shown=shown, **fields)
    tell(InvitationChanged(by.actor, by.origin, InvitationKind.MADE, made.pk, made.email))
    return made


@transaction.atomic
def invite_oneself(email: str, *, by: Identity) -> tuple[Invitation, str]:
    """An invitation that the owner of the address asked for, and its key, for a mail to them."""
    made = _make(email=normal_email(email), shown=False, team=None, role="", made_by_id=None)
    tell(InvitationChanged(by.actor, by.origin, InvitationKind.MADE, made.pk, made.email))
    return made, link_key(made)


def _make(**fields: object) -> Invitation:
    # Of a key that nobody knows, until the link is made.
    unknown = digest(secrets.token_urlsafe(32))
    return Invitation.objects.create(digest=unknown, expires_at=timezone.now() + LIFETIME, **fields)


def link_key(invitation: Invitation) -> str:
    """A key for the link of the invitation, in the place of the one before. What the link lets do
    was told when the invitation was made."""
    key = secrets.token_urlsafe(32)
    valid().filter(pk=invitation.pk).update(digest=digest(key))
    return key


def valid() -> QuerySet[Invitation]:
    """Those that may be used still."""
    return Invitation.objects.filter(ended_at=None, expires_at__gt=timezone.now())


def seen_by(by: Principal) -> QuerySet[Invitation]:
    """Those that may be used, and that the caller may look at and withdraw."""
    whose = Q() if invites_anybody(by) else Q(made_by_id=by.user_id)
    return valid().filter(whose, made_by__isnull=False).select_related("team", "made_by")


@transaction.atomic
def withdraw(pk: int, *, by: Principal) -> None:
    """Its link is good for nothing from now on. Raises NotFound."""
    found = seen_by(by).filter(pk=pk).first()
    if found is None or not _end(found, used=False):
        raise NotFound("There is no such invitation.")
    tell(InvitationChanged(by.actor, by.origin, InvitationKind.WITHDRAWN, found.pk, found.email))


def _end(invitation: Invitation, *, used: bool) -> bool:
    """Ends it, unless somebody else has at the same moment."""
    return bool(valid().filter(pk=invitation.pk).update(ended_at=timezone.now(), used=used))


def find(key: str) -> Invitation | None:
    """The invitation of a link, while it stands: who made it may do so still."""
    found = valid().filter(digest=digest(key)).select_related("team", "made_by").first()
    return found if found is not None and _stands(found) else None


def _stands(invitation: Invitation) -> bool:
    maker = invitation.made_by
    if maker is None:
        return settings.HUB_SIGNUP.admits(invitation.email)
    if not maker.is_active:
        return False
    inviter = principal_of(maker, "session")
    if invites_anybody(inviter):
        return True
    return invitation.team is not None and _leads(inviter, invitation.team.key)


def sign_up(key: str, password: str, *, by: Identity) -> User | None:
    """The account that the link is for, made with this password; uses the link.

    None, and no account is changed, where there is one with the address. A shown link is used up by
    that too: who made it must not be able to tell. Raises NotFound for a link that is over.
    """
    # In any case, for time must not tell either; before the transaction, for it takes long.
    return _sign_up(key, make_password(password), by=by)


@transaction.atomic
@telling()
def _sign_up(key: str, encoded: str, *, by: Identity) -> User | None:
    invitation = _found(key)
    free = is_free(invitation.email)
    if free or invitation.shown:
        _use(invitation, by)
    if not free:
        return None
    vouched_by = invitation.made_by.email if invitation.shown else ""
    user = User.objects.create_user(invitation.email, encoded=encoded, vouched_by=vouched_by, by=by)
    _join(invitation, vouched_by=vouched_by, by=by)
    return user


@transaction.atomic
@telling()
def sign_on(email: str, *, by: Identity) -> User | None:
    """An account without a password for the owner of the address, who came by single sign-on: where
    an invitation that stands is for it, which is used, or the hub admits it; else None."""
    waiting = valid().filter(email=email).select_related("team", "made_by")
    invitation = next((one for one in waiting if _stands(one)), None)
    if invitation is None and not settings.HUB_SIGNUP.admits(email):
        return None
    if invitation is not None:
        _use(invitation, by)
    user = User.objects.create_user(email, by=by)
    if invitation is not None:
        _join(invitation, vouched_by="", by=by)
    return user


@transaction.atomic
@telling()
def accept(key: str, *, by: Principal) -> None:
    """For who has the account already: joins the team. Raises NotFound for a link that is over, and
    Forbidden for one of another address."""
    invitation = _found(key)
    if invitation.email != by.email:
        raise Forbidden("This invitation is for somebody else.")
    _use(invitation, by)
    if not invitation.shown:
        prove(by.user_id, by=by)
    _join(invitation, vouched_by=by.vouched_by if invitation.shown else "", by=by)


def _found(key: str) -> Invitation:
    found = find(key)
    if found is None:
        raise NotFound(OVER)
    return found


def _use(invitation: Invitation, by: Identity) -> None:
    if not _end(invitation, used=True):
        raise NotFound(OVER)
    told = (InvitationKind.USED, invitation.pk, invitation.email)
    tell(InvitationChanged(by.actor, by.origin, *told))


def _join(invitation: Invitation, *, vouched_by: str, by: Identity) -> None:
    """Puts the address into the team, as somebody whom its inviter vouches for. A place that it has
    keeps its role, and its inviter, unless it counts for whom this one vouches for only so."""
    if invitation.team is None:
        return
    place, is_new = Membership.objects.get_or_create(
        team=invitation.team,
        email=invitation.email,
        defaults={"role": invitation.role, "accepted": True},
    )
    inviter = invitation.made_by.email
    counts_from_now_on = vouched_by == inviter != place.invited_by
    if place.accepted and not is_new and not counts_from_now_on:
        return
    place.accepted, place.invited_by = True, inviter
    place.save(update_fields=["accepted", "invited_by"])
    kind = MembershipKind.JOINED if is_new else MembershipKind.ACCEPTED
    before = None if is_new else place.role
    tell_of_place(kind, place, by=by, before=before, after=place.role)
