"""Places in teams that follow the groups of an OpenID provider."""

from collections.abc import Iterable

from django.db import transaction

from memory_hub.accounts.events import MembershipKind, telling
from memory_hub.accounts.facts import tell_of_place
from memory_hub.accounts.models import GROUPS, Membership, TeamRole, User
from memory_hub.accounts.services.operators import ensure_team, remove_membership
from memory_hub.conf.single_sign_on import GroupRole
from memory_hub.core.identity import Identity


@transaction.atomic
@telling()
def follow(
    user: User, groups: frozenset[str], places: Iterable[GroupRole], *, by: Identity
) -> None:
    """Puts the user into the teams of their groups, and takes them out of those that they are in by
    a former group alone. Places that people gave are left as they are."""
    wanted: dict[str, str] = {}
    for one in places:
        if one.group in groups and wanted.get(one.team_key) != TeamRole.ADMIN:
            wanted[one.team_key] = one.role
    held = Membership.objects.filter(email=user.email).select_related("team")
    for place in list(held.filter(invited_by=GROUPS)):
        role = wanted.get(place.team.key)
        if role is None:
            remove_membership(place, by=by)
        elif role != place.role:
            before, place.role = place.role, role
            place.save(update_fields=["role"])
            tell_of_place(MembershipKind.ROLE, place, by=by, before=before, after=role)
    present = set(held.values_list("team__key", flat=True))
    for key, role in wanted.items():
        if key not in present:
            _join(user, key, role, by)


def forget(user: User, *, by: Identity) -> None:
    """Takes the user out of the teams that they are in by a group alone: nobody signs on for them
    any more, and so nothing would."""
    follow(user, frozenset(), (), by=by)


def _join(user: User, key: str, role: str, by: Identity) -> None:
    place = Membership.objects.create(
        team=ensure_team(key, by=by),
        email=user.email,
        role=role,
        accepted=True,
        invited_by=GROUPS,
    )
    tell_of_place(MembershipKind.JOINED, place, by=by, before=None, after=role)
