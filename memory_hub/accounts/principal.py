"""The caller as every decision sees it."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from django.db.models import CharField
from django.http import HttpRequest

from memory_hub.accounts import scopes
from memory_hub.accounts.models import Membership, User
from memory_hub.accounts.restrictions import NONE, Restriction
from memory_hub.core.identity import OPERATOR, Identity, Origin, Via
from memory_hub.core.request_id import current_request_id
from memory_hub.core.text import nfc
from memory_hub.database.compiled_queries import CompiledQuery, Parameter

_PLACE = ("team_id", "team__key", "role", "team__default_role", "accepted")
_places = CompiledQuery(
    lambda: Membership.objects.filter(email=Parameter("email", CharField())).values(*_PLACE)
)
_vouched_places = CompiledQuery(
    lambda: Membership.objects.filter(
        email=Parameter("email", CharField()), invited_by=Parameter("vouched_by", CharField())
    ).values(*_PLACE)
)


@dataclass(frozen=True, slots=True)
class TeamPlace:
    """A caller's place in one team."""

    team_id: int
    team_key: str
    role: str  # TeamRole
    # DefaultRole: what a plain member may do with the team's memories.
    default_role: str
    accepted: bool = True  # else it is an invitation


@dataclass(frozen=True)
class Principal(Identity):
    """Who is asking: loaded anew for every request, so a change counts at once."""

    restriction: Restriction = NONE
    # While nobody has proven the address: who vouches for it. Of what waits for the address, only
    # what this person gives counts.
    vouched_by: str = ""

    @property
    def is_restricted(self) -> bool:
        return self.restriction is not NONE and self.restriction != NONE

    @property
    def is_narrowed(self) -> bool:
        return self.restriction is not NONE and self.restriction.narrows_memories

    @property
    def reach(self) -> str:
        return json.dumps(self.restriction.as_columns()) if self.is_restricted else ""

    def load(self) -> None:
        """Read the caller's teams."""
        _ = self.teams

    def by_way_of(self, origin: Origin) -> "Principal":
        """The same caller, as another request of theirs has them; with the teams, if these were
        read."""
        other = replace(self, origin=origin)
        if "teams" in self.__dict__:
            other.__dict__["teams"] = self.teams
        return other

    @cached_property
    def teams(self) -> tuple[TeamPlace, ...]:
        """The caller's teams that the token is for, in one query on first use: most requests need
        none of it."""
        places = (TeamPlace(*row.values()) for row in self._rows())
        return tuple(one for one in places if self.restriction.has_team(one.team_id))

    def _rows(self) -> Iterable[Mapping[str, Any]]:
        if not self.email:
            return ()
        if self.vouched_by:
            return _vouched_places(email=self.email, vouched_by=self.vouched_by)
        return _places(email=self.email)

    def team(self, team_key: str) -> TeamPlace | None:
        """The caller's place in the team, or None for a foreign or unknown one."""
        with suppress(ValueError):  # no team's key either
            team_key = nfc(team_key)
        return next((place for place in self.teams if place.team_key == team_key), None)

    def team_ids(self) -> list[int]:
        """The ids of the caller's teams."""
        return [place.team_id for place in self.teams]


# The reader without a credential where HUB_PUBLIC_READ is on: no user has the id 0.
NOBODY = Principal(0, "", frozenset(scopes.public_scopes()), via="nobody")


def principal_of(
    user: User, via: Literal["session", "command"], origin: Origin = OPERATOR.origin
) -> Principal:
    """A person at the keyboard: all scopes of their own, and those of staff for staff."""
    return Principal(
        user_id=user.pk,
        email=user.email,
        scopes=frozenset(scopes.every_scope() if user.is_staff else scopes.personal_scopes()),
        is_staff=user.is_staff,
        via=via,
        origin=origin,
        vouched_by=user.vouched_by,
    )


def origin_of(request: HttpRequest, via: str) -> Origin:
    """Where the request came from, through this door."""
    return Origin(via, current_request_id(), request.META.get("REMOTE_ADDR") or "")


def operator(request: HttpRequest) -> Principal:
    """The person at the admin, as services take it."""
    return principal_of(request.user, "session", origin_of(request, Via.ADMIN))
