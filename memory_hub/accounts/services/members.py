"""Who is in a team, and as what."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from memory_hub.accounts.events import MembershipKind, TeamChanged, TeamKind, telling
from memory_hub.accounts.facts import facts_of, tell_of_place
from memory_hub.accounts.models import Membership, Team, TeamRole, User, normal_email
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.services.teams import locked_team
from memory_hub.core.errors import Conflict, NotFound
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell


@transaction.atomic
@telling()
def set_member(*, key: str, email: str, role: str, by: Principal) -> Membership:
    """Invites the address or changes its role. Raises Conflict where no admin would be left."""
    team = locked_team(by, key, administer=True)
    membership = _put(team, normal_email(email), by=by, role=role, invited_by=by.email)
    _require_admin(team)
    return membership


def _put(team: Team, email: str, *, by: Identity, role: str, **made: Any) -> Membership:
    """Gives the address this role in the team, with a place ``made`` so if it has none. Who is put
    in as accepted is no longer asked."""
    place, is_new = Membership.objects.get_or_create(
        team=team, email=email, defaults={"role": role, **made}
    )
    joins = is_new or (made.get("accepted", False) and not place.accepted)
    if not joins and place.role == role:
        return place
    before = None if is_new else place.role
    if not is_new:
        place.role, place.accepted = role, place.accepted or joins
        place.save(update_fields=["role", "accepted"])
    kind = MembershipKind.ROLE
    if joins:
        kind = MembershipKind.JOINED if place.accepted else MembershipKind.INVITED
    tell_of_place(kind, place, by=by, before=before, after=role)
    return place


@transaction.atomic
@telling()
def bring_member(*, team: Team, place: Mapping[str, Any], by: Identity) -> None:
    """The operator's way of bringing a place back as it was: ``email``, ``role``, ``accepted``,
    and ``invited_by``. Nobody is told by mail."""
    kept = {"accepted": place["accepted"], "invited_by": place["invited_by"]}
    _put(team, normal_email(place["email"]), by=by, role=place["role"], **kept)


@transaction.atomic
@telling()
def accept_invitation(*, key: str, by: Principal) -> Team:
    """From now on the team's memories are in the caller's lists. Accepting twice is no error."""
    team = locked_team(by, key, administer=False)
    invitation = Membership.objects.filter(team=team, email=by.email, accepted=False).first()
    if invitation is not None:
        invitation.accepted = True
        invitation.save(update_fields=["accepted"])
        role = invitation.role
        tell_of_place(MembershipKind.ACCEPTED, invitation, by=by, before=role, after=role)
    return team


@transaction.atomic
@telling()
def remove_member(*, key: str, email: str, by: Principal) -> None:
    """Admins remove anyone, members themselves; the last admin stays."""
    address = normal_email(email)
    team = locked_team(by, key, administer=address != by.email)
    place = Membership.objects.filter(team=team, email=address).first()
    if place is None:
        raise NotFound("The team has no such member.")
    place.delete()
    _require_admin(team)
    tell_of_place(MembershipKind.LEFT, place, by=by, before=place.role, after=None)


def _require_admin(team: Team) -> None:
    """An admin address without an active account could administer nothing."""
    admins = Membership.objects.filter(team=team, role=TeamRole.ADMIN).values("email")
    if not User.objects.filter(email__in=admins, is_active=True).exists():
        raise Conflict("The team must keep an admin with an account.")


@transaction.atomic
@telling()
def place_member(
    *, key: str, email: str, role: str, default_role: str | None = None, by: Identity
) -> bool:
    """The operator's way: makes the team if need be. Returns whether the team is new."""
    wanted = {"default_role": default_role} if default_role else {}
    team, made = Team.objects.get_or_create(key=key, defaults=wanted)
    changed = bool(default_role) and team.default_role != default_role
    if changed:
        team.default_role = default_role
        team.save(update_fields=["default_role"])
    if made or changed:
        kind = TeamKind.CREATED if made else TeamKind.UPDATED
        tell(TeamChanged(by.actor, by.origin, kind, facts_of(team)))
    _put(team, normal_email(email), by=by, role=role, accepted=True)
    return made
