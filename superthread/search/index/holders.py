"""Whose a memory's words are: what the statistics of a search are told apart by.

Frequencies are counted over what a caller may reach, so that no score tells of the memories of
others. A holder is a person (their personal memories), a team or the public, as a small number that
every posting has room for. Beyond 32 000 people some share a number; it decides what is counted,
never what is found: that is the gate's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from memory_hub.accounts.principal import Principal
from superthread.models.memory import Scope

PUBLIC = 0
PLACE = ("scope", "owner_id", "team_id")  # the columns that tell
_NUMBERS = 32_767  # of a smallint, on either side of zero


def holder_of(memory: Mapping[str, Any]) -> int:
    """The holder of a memory by its columns scope, owner_id and team_id."""
    if memory["scope"] == Scope.PUBLIC:
        return PUBLIC
    if memory["scope"] == Scope.TEAM:
        return _team(memory["team_id"])
    return _person(memory["owner_id"])


@dataclass(frozen=True)
class Holders:
    """Those whose memories a caller reaches, in groups; `email` is the address of their grants.

    Without groups: everybody's, for operators.
    """

    groups: tuple[tuple[int, ...], ...] = ()
    email: str = ""

    @classmethod
    def of(cls, by: Principal) -> "Holders":
        """The caller, their teams, and the public; the reader without a credential is nobody."""
        teams = tuple(sorted({_team(place.team_id) for place in by.teams if place.accepted}))
        own = (_person(by.user_id),) if by.user_id else ()
        return cls(tuple(group for group in (own, teams, (PUBLIC,)) if group), by.email)

    def held(self) -> str:
        """SQL that is true where the column `holder` is one of them."""
        return among_numbers("holder", [one for group in self.groups for one in group])

    def near(self) -> tuple[str, list[str]]:
        """SQL that is true where a posting may be of a memory in reach.

        Cheaper than the gate, which decides, and wider by what is trashed or filtered out.
        """
        if not self.groups or not self.email:
            return self.held(), []
        granted = "SELECT memory_id FROM superthread_grant WHERE email = %s AND accepted"
        return f"({self.held()} OR memory_id IN ({granted}))", [self.email]


def among_numbers(column: str, numbers: Sequence[int]) -> str:
    """SQL for a column in a list of our own numbers; true for no list."""
    return f"{column} IN ({', '.join(map(str, numbers))})" if numbers else "1 = 1"


def _person(user_id: int) -> int:
    return user_id % _NUMBERS + 1


def _team(team_id: int) -> int:
    return -(team_id % _NUMBERS) - 1
