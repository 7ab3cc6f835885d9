"""What operators do to accounts in the admin; Django's permissions are checked by its pages.

Beside ``services``, where callers act on what is theirs. Each function owns its transaction.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import PROTECT, ProtectedError
from django.utils import timezone

from memory_hub.accounts.generations import caller_changed, membership_changed, team_changed
from memory_hub.accounts.models import Membership, Team, Token, User
from memory_hub.errors import Conflict


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
def store_user(user: User) -> None:
    """Saves a user as a form made it."""
    user.save()
    caller_changed(user.pk)


@transaction.atomic
def set_active(users: Iterable[User], *, active: bool) -> int:
    """Lets users in, or shuts them out with all their tokens and sessions from the next request
    on. Returns how many it changed."""
    ids = [user.pk for user in users]
    for user_id in ids:
        caller_changed(user_id)
    return User.objects.filter(pk__in=ids).exclude(is_active=active).update(is_active=active)


@transaction.atomic
def delete_user(user: User) -> None:
    """Deletes a user without memories. Raises Conflict where anything kept for ever is theirs."""
    caller_changed(user.pk)
    try:
        user.delete()
    except ProtectedError as error:
        raise Conflict("This user has memories or wrote versions: deactivate instead.") from error


@transaction.atomic
def revoke_tokens(tokens: Iterable[Token]) -> int:
    """Effective on the next request. Returns how many were still valid."""
    held = list(tokens)
    for user_id in {token.user_id for token in held}:
        caller_changed(user_id)
    return Token.objects.filter(pk__in=[token.pk for token in held], revoked_at=None).update(
        revoked_at=timezone.now()
    )


@transaction.atomic
def ensure_team(key: str) -> Team:
    """The team of the key, made without members when there is none."""
    team, made = Team.objects.get_or_create(key=key)
    if made:
        team_changed(team)
    return team


@transaction.atomic
def store_team(team: Team) -> None:
    """Saves a team as a form made it."""
    team.save()
    team_changed(team)


@transaction.atomic
def delete_team(team: Team) -> None:
    """Raises Conflict while the team has memories, those in the trash included."""
    team_changed(team)
    try:
        team.delete()
    except ProtectedError as error:
        raise Conflict("The team still has memories, perhaps in the trash.") from error


@transaction.atomic
def store_membership(membership: Membership) -> None:
    """Saves a membership as a form made it."""
    membership.save()
    membership_changed(membership.team, [membership.email])


@transaction.atomic
def remove_membership(membership: Membership) -> None:
    membership_changed(membership.team, [membership.email])
    membership.delete()
