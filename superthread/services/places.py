"""Where a caller may put a memory."""

from dataclasses import dataclass

from memory_hub.accounts.models import TeamRole
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput, MissingScope, TokenRestricted
from superthread.models import Scope
from superthread.restricted import BEYOND, require_within
from superthread.scopes import MEMORIES_PUBLISH
from superthread.store_terms import Draft


@dataclass(frozen=True, slots=True)
class Place:
    """Scope and team as stored."""

    scope: Scope
    team_id: int | None
    team_key: str | None


def place_for(by: Principal, scope: str, team_key: str | None) -> Place:
    """Where the caller may put a memory.

    Raises BadInput for a team that is unknown or not the caller's (in the same words) and for a
    pairing that makes no sense; MissingScope for public without memories:publish; TokenRestricted
    for any team that the token does not name.
    """
    chosen = Scope[scope.upper()]
    if chosen is not Scope.TEAM:
        if team_key is not None:
            raise BadInput.at("/team_key", "unexpected", "Only the scope team has a team_key.")
        if chosen is Scope.PUBLIC and not by.may(MEMORIES_PUBLISH):
            raise MissingScope(
                f"This needs a token with the scope {MEMORIES_PUBLISH}.", scope=MEMORIES_PUBLISH
            )
        return Place(chosen, None, None)
    if team_key is None:
        raise BadInput.at("/team_key", "required", "The scope team needs a team_key.")
    place = by.team(team_key)
    if place is None and by.restriction.is_placed:
        raise TokenRestricted(BEYOND)
    if place is None:
        raise BadInput.at("/team_key", "unknown-team", "You are in no team with this key.")
    return Place(chosen, place.team_id, place.team_key)


def place_of(draft: Draft, by: Principal) -> Place:
    """Where a new memory goes. Raises as ``place_for``, and TokenRestricted where it would be what
    the token is not for."""
    place = place_for(by, draft.scope, draft.team_key)
    told = {"scope": place.scope, "team_id": place.team_id, "owner_id": by.user_id}
    require_within(by, told | {"category": draft.category, "path": draft.path})
    return place


def require_to_date(by: Principal, place: Place) -> None:
    """Who may say when a memory was made: of their own anybody, of a team's its admins, of what
    everybody reads staff. Raises BadInput for others."""
    if place.scope is Scope.PERSONAL or by.is_staff:
        return
    team = by.team(place.team_key) if place.team_key is not None else None
    if team is None or team.role != TeamRole.ADMIN:
        detail = "When this was made is not yours to say."
        raise BadInput.at("/created_at", "not-yours-to-date", detail)
