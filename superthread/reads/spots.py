"""Where a memory is that is named by its path."""

from memory_hub.accounts.principal import Principal
from memory_hub.accounts.spaces import space_of_team
from memory_hub.core.errors import NotFound
from superthread import policies
from superthread.models.space import PUBLIC_SPACE
from superthread.paths import known_as
from superthread.reads.filters import ME
from superthread.reads.named import Spot


def spot_of(
    *, scope: str, path: str, by: Principal, team_key: str | None = None, owner: str = ME
) -> Spot:
    """The spot of a path in a space of the caller's; in the public's, of an owner's (an address or
    ``me``). Raises NotFound where the space is none of theirs."""
    stored = known_as(path)
    if scope == "public":
        return Spot(PUBLIC_SPACE, stored, by.email if owner == ME else owner)
    if scope == "team":
        place = by.team(team_key or "")
        if place is None:
            raise NotFound(policies.ABSENT)
        return Spot(space_of_team(place.team_id), stored)
    if not by.user_id:
        raise NotFound(policies.ABSENT)
    return Spot(by.user_id, stored)
