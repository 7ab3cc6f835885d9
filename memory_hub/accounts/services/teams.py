"""Teams as a whole: made, changed, deleted by their admins."""

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from memory_hub.accounts import restricted
from memory_hub.accounts.events import TeamChanged, TeamKind, telling
from memory_hub.accounts.facts import facts_of
from memory_hub.accounts.models import Membership, Team, TeamRole
from memory_hub.accounts.principal import Principal, TeamPlace
from memory_hub.core.errors import Conflict, NotFound, RoleTooLow
from memory_hub.events.telling import tell


@transaction.atomic
@telling()
def create_team(*, key: str, by: Principal, name: str = "", default_role: str = "viewer") -> Team:
    """A team whose admin is its maker. Raises Conflict where the key is taken, TokenRestricted for
    any restricted token."""
    restricted.require_unrestricted(by)
    try:
        with transaction.atomic():
            team = Team.objects.create(key=key, name=name, default_role=default_role)
    except IntegrityError as error:
        raise Conflict("A team with this key exists.") from error
    # While nobody has proven the maker's address, as given by who vouches for it: it counts.
    Membership.objects.create(
        team=team, email=by.email, role=TeamRole.ADMIN, accepted=True, invited_by=by.vouched_by
    )
    tell(TeamChanged(by.actor, by.origin, TeamKind.CREATED, facts_of(team)))
    return team


def locked_team(by: Principal, key: str, *, administer: bool) -> Team:
    """The locked team. Outsiders get NotFound, plain members RoleTooLow where admins are needed."""
    place = _place(by, key, administer=administer)
    # Locked, so that two admins leaving at once cannot both find another admin.
    team = Team.objects.select_for_update().filter(pk=place.team_id).first()
    # Deleted since the caller's teams were read.
    if team is None:
        raise NotFound("You are in no such team.")
    return team


def check_administers(*, key: str, by: Principal) -> None:
    """Raises as the changing calls would; for telling 404 and 403 before 400."""
    _place(by, key, administer=True)


def _place(by: Principal, key: str, *, administer: bool) -> TeamPlace:
    place = by.team(key)
    if place is None:
        raise NotFound("You are in no such team.")
    restricted.require_managing(by, place.team_id)
    if administer and place.role != TeamRole.ADMIN:
        raise RoleTooLow("Only admins of the team may do this.")
    return place


@transaction.atomic
@telling()
def change_team(*, key: str, by: Principal, **fields: str) -> Team:
    """Changes ``name`` and ``default_role``."""
    team = locked_team(by, key, administer=True)
    changed = [name for name, value in fields.items() if getattr(team, name) != value]
    for name in changed:
        setattr(team, name, fields[name])
    if changed:
        team.save(update_fields=changed)
        tell(TeamChanged(by.actor, by.origin, TeamKind.UPDATED, facts_of(team)))
    return team


@transaction.atomic
@telling()
def delete_team(*, key: str, by: Principal) -> None:
    """Raises Conflict while the team has memories, those in the trash included."""
    team = locked_team(by, key, administer=True)
    # Told first: what ends with it is still there to be looked at.
    tell(TeamChanged(by.actor, by.origin, TeamKind.DELETED, facts_of(team)))
    try:
        team.delete()
    except ProtectedError as error:
        raise Conflict("The team still has memories.") from error
