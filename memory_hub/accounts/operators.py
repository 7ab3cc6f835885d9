"""What operators do to accounts in the admin; Django's permissions are checked by its pages.

Beside ``services``, where callers act on what is theirs. Each function owns its transaction.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import PROTECT, ProtectedError

from memory_hub.accounts import departures
from memory_hub.accounts.generations import (
    caller_changed,
    membership_changed,
    team_changed,
    telling,
)
from memory_hub.accounts.models import Membership, Team, Token, User
from memory_hub.accounts.scopes import staff_scopes
from memory_hub.accounts.services import revoke_all
from memory_hub.core.errors import Conflict


def is_held(obj: User | Team) -> bool:
    """True where rows that are kept for ever point at it, so that it cannot be deleted."""
    protecting = (
        relation
        for relation in obj._meta.get_fields(include_hidden=True)
        if relation.auto_created and getattr(relation, "on_delete", None) is PROTECT
    )
    return any(
        relation.related_model.objects.filter(**{relation.field.name: obj}).exists()
        for relation in protecting
    )


@transaction.atomic
@telling()
def store_user(user: User) -> None:
    """Saves a user as a form made it. Who is staff no more has no such token either; who is made
    inactive by it is out of all teams."""
    before = User.objects.filter(pk=user.pk).first()
    _save(user, before)
    if before and before.is_staff and not user.is_staff:
        _take_back(user, staff_scopes())
    caller_changed(user.pk)
    if before and before.is_active != user.is_active:
        _activity_changed([user], active=user.is_active)


def _save(obj: User | Team, before: User | Team | None) -> None:
    """Writes what is another than before: an address or a key that is written with the rest would
    outdate every kept answer."""
    if before is None:
        obj.save()
        return
    names = [field.attname for field in obj._meta.concrete_fields]
    obj.save(update_fields=[n for n in names if getattr(obj, n) != getattr(before, n)])


def _take_back(user: User, scopes: Iterable[str]) -> None:
    """Narrows all tokens of a user."""
    for token in Token.objects.select_for_update().filter(user=user):
        token.scopes = [scope for scope in token.scopes if scope not in scopes]
        token.save(update_fields=["scopes"])


@transaction.atomic
@telling()
def set_active(users: Iterable[User], *, active: bool) -> int:
    """Lets users in, or shuts them out with all their tokens and sessions from the next request
    on; who is shut out is out of all teams. Returns how many it changed."""
    ids = [user.pk for user in users]
    for user_id in ids:
        caller_changed(user_id)
    changing = list(User.objects.filter(pk__in=ids).exclude(is_active=active))
    changed = User.objects.filter(pk__in=ids).exclude(is_active=active).update(is_active=active)
    _activity_changed(changing, active=active)
    return changed


def _activity_changed(users: list[User], *, active: bool) -> None:
    """What they own in teams is theirs again, or their admins' now."""
    if not active:
        departures.leave_all(users)
        return
    places = Membership.objects.filter(email__in=[user.email for user in users])
    for place in places.select_related("team"):
        team_changed(place.team)


@transaction.atomic
@telling()
def delete_user(user: User) -> None:
    """Deletes a user without memories, and their place in every team: who gets the address later
    is somebody else. Raises Conflict where anything kept for ever is theirs."""
    caller_changed(user.pk)
    departures.leave_all([user])
    Membership.objects.filter(email=user.email).delete()
    try:
        user.delete()
    except ProtectedError as error:
        raise Conflict("This user has memories or wrote versions: deactivate instead.") from error


@transaction.atomic
@telling()
def revoke_tokens(tokens: Iterable[Token]) -> int:
    """Effective on the next request, with all that they have made. Returns how many were still
    valid."""
    held = list(tokens)
    for user_id in {token.user_id for token in held}:
        caller_changed(user_id)
    return revoke_all([token.pk for token in held])


@transaction.atomic
@telling()
def ensure_team(key: str) -> Team:
    """The team of the key, made without members when there is none."""
    team, made = Team.objects.get_or_create(key=key)
    if made:
        team_changed(team)
    return team


@transaction.atomic
@telling()
def store_team(team: Team) -> None:
    """Saves a team as a form made it."""
    _save(team, Team.objects.filter(pk=team.pk).first())
    team_changed(team)


@transaction.atomic
@telling()
def delete_team(team: Team) -> None:
    """Raises Conflict while the team has memories, those in the trash included."""
    team_changed(team)
    try:
        team.delete()
    except ProtectedError as error:
        raise Conflict("The team still has memories, perhaps in the trash.") from error


@transaction.atomic
@telling()
def store_membership(membership: Membership) -> None:
    """Saves a membership as a form made it; with another address the one before has left."""
    before = Membership.objects.filter(pk=membership.pk).select_related("team").first()
    # Who is put into a team by staff is in it, without being asked.
    membership.accepted = True if before is None else membership.accepted
    membership.save()
    membership_changed(membership.team, [membership.email])
    if before and (before.email, before.team_id) != (membership.email, membership.team_id):
        membership_changed(before.team, [before.email])
        departures.leave(before.team, [before.email])


@transaction.atomic
@telling()
def remove_membership(membership: Membership) -> None:
    """Takes somebody out of a team."""
    membership_changed(membership.team, [membership.email])
    membership.delete()
    departures.leave(membership.team, [membership.email])
