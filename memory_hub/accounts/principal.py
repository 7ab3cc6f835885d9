"""The caller as every decision sees it."""

from dataclasses import dataclass
from typing import Literal

from memory_hub.accounts import scopes
from memory_hub.accounts.models import DefaultRole, Membership, TeamRole, User


@dataclass(frozen=True, slots=True)
class TeamPlace:
    """A caller's place in one team."""

    team_id: int
    team_key: str
    role: str  # TeamRole
    default_role: str  # DefaultRole: what a plain member may do with the team's memories


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking and with what: loaded anew for every request, so a change counts at once."""

    user_id: int
    email: str
    scopes: frozenset[str]
    teams: tuple[TeamPlace, ...] = ()
    is_staff: bool = False
    token_id: int | None = None
    via: Literal["token", "session", "command", "nobody"] = "token"

    def may(self, scope: str) -> bool:
        """True when the credential carries the scope."""
        return scope in self.scopes

    def team(self, team_key: str) -> TeamPlace | None:
        """The caller's place in the team, or None for a foreign or unknown one."""
        return next((place for place in self.teams if place.team_key == team_key), None)

    def team_ids(self, *, role: str | None = None, default_role: str | None = None) -> list[int]:
        """Ids of the caller's teams, narrowed by the caller's role and the team's default role."""
        return [
            place.team_id
            for place in self.teams
            if (role is None or place.role == role)
            and (default_role is None or place.default_role == default_role)
        ]

    @property
    def edited_team_ids(self) -> list[int]:
        """Teams in which the caller is a plain member and members may edit."""
        return self.team_ids(role=TeamRole.MEMBER, default_role=DefaultRole.EDITOR)

    @property
    def administered_team_ids(self) -> list[int]:
        return self.team_ids(role=TeamRole.ADMIN)


# The reader without a credential where HUB_PUBLIC_READ is on: no user has the id 0.
NOBODY = Principal(0, "", frozenset({scopes.MEMORIES_READ}), via="nobody")


def places_of(email: str) -> tuple[TeamPlace, ...]:
    """The teams of the address, in one query."""
    rows = Membership.objects.filter(email=email).values_list(
        "team_id", "team__key", "role", "team__default_role"
    )
    return tuple(TeamPlace(*row) for row in rows)


def principal_of(user: User, via: Literal["session", "command"]) -> Principal:
    """A person at the keyboard: all scopes of their own, and the monitoring ones for staff."""
    return Principal(
        user_id=user.pk,
        email=user.email,
        scopes=frozenset(scopes.ALL if user.is_staff else scopes.PERSONAL),
        teams=places_of(user.email),
        is_staff=user.is_staff,
        via=via,
    )
