"""What operators do to accounts in the admin; Django's permissions are checked by its pages.

Beside ``services``, where callers act on what is theirs. Each function owns its transaction.
"""

from collections.abc import Collection, Iterable

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import PROTECT, Model, ProtectedError

from memory_hub.accounts.addresses import leave_address, note_address
from memory_hub.accounts.events import (
    AccountChanged,
    AccountKind,
    MembershipKind,
    TeamChanged,
    TeamKind,
    TokenChanged,
    TokenKind,
    telling,
)
from memory_hub.accounts.facts import facts_of, teams_of, tell_of_place
from memory_hub.accounts.models import Membership, Team, Token, User
from memory_hub.accounts.scopes import staff_scopes
from memory_hub.accounts.services import revoke_all
from memory_hub.accounts.services.readdressing import readdress
from memory_hub.core.errors import Conflict
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell


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
def store_user(
    user: User, *, by: Identity, changed: Collection[str] = (), session: str = ""
) -> None:
    """Saves a user as a form made it; ``changed`` names what the form changed, also beside the
    columns. Who is staff no more has no such token either; who is made inactive by it is out of all
    teams. Another address is proven by whoever gives it, and ends all sessions but this one."""
    before = User.objects.filter(pk=user.pk).first()
    if before is not None and before.email != user.email:
        readdress(user, user.email, by=by, session=session)
        changed = [name for name in changed if name != "email"]
        before = User.objects.get(pk=user.pk)
    columns = _save(user, before)
    if before is None:
        note_address(user)
        tell(AccountChanged(by.actor, by.origin, AccountKind.CREATED, user.pk, user.email))
        return
    if before.is_staff and not user.is_staff:
        _take_back(user, staff_scopes(), by)
    if before.is_active != user.is_active:
        kind = _activity(user.is_active)
        tell(AccountChanged(by.actor, by.origin, kind, user.pk, user.email, teams_of(user)))
    elif columns or changed:
        tell(AccountChanged(by.actor, by.origin, AccountKind.UPDATED, user.pk, user.email))


def _save(obj: Model, before: Model | None) -> list[str]:
    """Writes what is another than before, and returns the names of that: an address or a key that
    is written with the rest would outdate every kept answer."""
    names = [field.attname for field in obj._meta.concrete_fields]
    if before is None:
        obj.save()
        return names
    changed = [name for name in names if getattr(obj, name) != getattr(before, name)]
    if changed:
        obj.save(update_fields=changed)
    return changed


def _take_back(user: User, scopes: Iterable[str], by: Identity) -> None:
    """Narrows all tokens of a user."""
    for token in Token.objects.select_for_update().filter(user=user):
        left = [scope for scope in token.scopes if scope not in scopes]
        if left != token.scopes:
            token.scopes = left
            token.save(update_fields=["scopes"])
            tell(TokenChanged(by.actor, by.origin, TokenKind.NARROWED, token.pk, user.pk))


def _activity(active: bool) -> AccountKind:
    return AccountKind.ACTIVATED if active else AccountKind.DEACTIVATED


@transaction.atomic
@telling()
def store_password(user: User, *, by: Identity) -> None:
    """Saves the password that was set."""
    user.save(update_fields=["password"])
    tell(AccountChanged(by.actor, by.origin, AccountKind.PASSWORD, user.pk, user.email))


@transaction.atomic
@telling()
def set_active(users: Iterable[User], *, active: bool, by: Identity) -> int:
    """Lets users in, or shuts them out with all their tokens and sessions from the next request
    on; who is shut out is out of all teams. Returns how many it changed."""
    ids = [user.pk for user in users]
    others = User.objects.select_for_update().filter(pk__in=ids).exclude(is_active=active)
    changing = list(others.order_by("pk"))
    if changing:
        User.objects.filter(pk__in=[user.pk for user in changing]).update(is_active=active)
    # What they own in teams is theirs again, or their admins' now.
    tell(
        *(
            AccountChanged(
                *(by.actor, by.origin, _activity(active), user.pk, user.email, teams_of(user))
            )
            for user in changing
        )
    )
    return len(changing)


@transaction.atomic
@telling()
def delete_user(user: User, *, by: Identity) -> None:
    """Deletes a user without memories, and their place in every team: who gets the address later
    is somebody else. Raises Conflict where anything kept for ever is theirs."""
    places = Membership.objects.filter(email=user.email).select_related("team")
    for place in list(places):
        remove_membership(place, by=by)
    # Told first: what ends with it is still there to be looked at.
    tell(AccountChanged(by.actor, by.origin, AccountKind.DELETED, user.pk, user.email))
    leave_address(user.pk, user.email, user.vouched_by)
    try:
        user.delete()
    except ProtectedError as error:
        raise Conflict("This user has memories or wrote versions: deactivate instead.") from error


@transaction.atomic
@telling()
def tell_of_powers(group: Group, *, by: Identity) -> None:
    """Tells of everybody in a group that they may do another thing now: its permissions changed."""
    people = User.objects.filter(groups=group).order_by("pk").values_list("pk", "email")
    tell(*(AccountChanged(by.actor, by.origin, AccountKind.UPDATED, *one) for one in people))


@transaction.atomic
@telling()
def delete_group(group: Group, *, by: Identity) -> None:
    """Takes from all who are in it what it gave."""
    # Told first: then it is still known who is in it.
    tell_of_powers(group, by=by)
    group.delete()


@transaction.atomic
def revoke_tokens(tokens: Iterable[Token], *, by: Identity) -> int:
    """Effective on the next request, with all that they have made. Returns how many were still
    valid."""
    return revoke_all([token.pk for token in tokens], by=by)


@transaction.atomic
@telling()
def ensure_team(key: str, *, by: Identity) -> Team:
    """The team of the key, made without members when there is none."""
    team, made = Team.objects.get_or_create(key=key)
    if made:
        tell(TeamChanged(by.actor, by.origin, TeamKind.CREATED, facts_of(team)))
    return team


@transaction.atomic
@telling()
def store_team(team: Team, *, by: Identity) -> None:
    """Saves a team as a form made it."""
    before = Team.objects.filter(pk=team.pk).first()
    kind = TeamKind.UPDATED if before else TeamKind.CREATED
    if _save(team, before):
        tell(TeamChanged(by.actor, by.origin, kind, facts_of(team)))


@transaction.atomic
@telling()
def delete_team(team: Team, *, by: Identity) -> None:
    """Raises Conflict while the team has memories, those in the trash included."""
    # Told first: what ends with it is still there to be looked at.
    tell(TeamChanged(by.actor, by.origin, TeamKind.DELETED, facts_of(team)))
    try:
        team.delete()
    except ProtectedError as error:
        raise Conflict("The team still has memories, perhaps in the trash.") from error


@transaction.atomic
@telling()
def store_membership(membership: Membership, *, by: Identity) -> None:
    """Saves a membership as a form made it; with another address the one before has left."""
    before = Membership.objects.filter(pk=membership.pk).select_related("team").first()
    # Who is put into a team by staff is in it, without being asked.
    membership.accepted = True if before is None else membership.accepted
    changed = _save(membership, before)
    moved = before and (before.email, before.team_id) != (membership.email, membership.team_id)
    if before and moved:
        tell_of_place(MembershipKind.LEFT, before, by=by, before=before.role, after=None)
    if before is None or moved:
        kind = MembershipKind.JOINED if membership.accepted else MembershipKind.INVITED
        tell_of_place(kind, membership, by=by, before=None, after=membership.role)
    elif changed:
        told = {"before": before.role, "after": membership.role}
        tell_of_place(MembershipKind.ROLE, membership, by=by, **told)


@transaction.atomic
@telling()
def remove_membership(membership: Membership, *, by: Identity) -> None:
    """Takes somebody out of a team."""
    membership.delete()
    tell_of_place(MembershipKind.LEFT, membership, by=by, before=membership.role, after=None)
