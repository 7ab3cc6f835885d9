"""Why somebody has a role on a memory, for pages that say so. What they may, ``policies`` decides;
a test holds the two together."""

from typing import NamedTuple

from memory_hub.accounts.models import DefaultRole, TeamRole
from memory_hub.accounts.principal import Principal
from superthread import policies
from superthread.models import Scope
from superthread.policies import Role
from superthread.reads.representation import Row


class Reason(NamedTuple):
    """``kind``: owner, abandoned (the caller's team has it, its owner is not in the team), team,
    grant, public."""

    kind: str
    role: Role


def reasons(row: Row, *, by: Principal) -> list[Reason]:
    """All that give the caller a role on this memory, which they may read; the highest first."""
    place = by.team(row["team_key"]) if row["scope"] == Scope.TEAM else None
    found = [Reason("grant", role) for role in _granted(row, by)]
    if row["owner_id"] == by.user_id and (place or row["scope"] != Scope.TEAM):
        found.append(Reason("owner", Role.OWNER))
    elif place:
        leads = place.role == TeamRole.ADMIN
        if leads and not policies.is_owner_present(row["id"]):
            found.append(Reason("abandoned", Role.OWNER))
        edits = Role.EDITOR if place.default_role == DefaultRole.EDITOR else Role.VIEWER
        found.append(Reason("team", Role.ADMIN if leads else edits))
    if row["scope"] == Scope.PUBLIC:
        found.append(Reason("public", Role.VIEWER))
    return sorted(found, key=lambda one: -one.role)


def _granted(row: Row, by: Principal) -> list[Role]:
    grants = policies.grants_of(by).filter(memory=row["id"])
    return [Role(role) for role in grants.values_list("role", flat=True)]
