"""Whose a memory's words are: what the statistics of a search are told apart by.

Frequencies are counted over what a caller may reach, so that no score tells of the memories of
others. A holder is a person (their personal memories), a team or the public, as a small number that
every posting has room for. Beyond 32 000 people some share a number; it decides what is counted,
never what is found: that is the gate's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from memory_hub.accounts.principal import Principal
from memory_hub.accounts.spaces import space_of_team
from memory_hub.database.dialect import is_postgres
from superthread.models.memory import Memory
from superthread.models.space import PUBLIC_SPACE
from superthread.restricted import within

PUBLIC = 0
NOBODYS = -32_768  # of no memory
_NUMBERS = 32_767  # of a smallint, on either side of zero


def holder_of(space: int) -> int:
    """The holder of the memories in a space."""
    if space == PUBLIC_SPACE:
        return PUBLIC
    return space % _NUMBERS + 1 if space > 0 else -(-space % _NUMBERS) - 1


@dataclass(frozen=True)
class Holders:
    """Those whose memories a caller reaches, in groups; `email` is the address of their grants, of
    which with `vouched_by` only those of this sender count. `part` is SQL on `memory_id` where the
    caller's token is for a part of these memories.

    Without groups: everybody's, for operators.
    """

    groups: tuple[tuple[int, ...], ...] = ()
    email: str = ""
    part: tuple[str, tuple[Any, ...]] | None = None
    vouched_by: str = ""

    @classmethod
    def of(cls, by: Principal) -> "Holders":
        """The caller, their teams, and the public, as far as the token is for them; the reader
        without a credential is nobody."""
        joined = [space_of_team(place.team_id) for place in by.teams if place.accepted]
        teams = tuple(sorted({holder_of(space) for space in joined}))
        everywhere = not by.restriction.is_placed
        own = (holder_of(by.user_id),) if by.user_id and by.restriction.has_personal else ()
        groups = (own, teams, (PUBLIC,) if everywhere else ())
        reached = tuple(group for group in groups if group) or ((NOBODYS,),)
        part = _part(by) if by.restriction.has_part else None
        return cls(reached, by.email, part, by.vouched_by)

    def held(self) -> tuple[str, list[Any]]:
        """SQL that is true where the columns `holder` and `memory_id` are of a memory of theirs."""
        held = self.among()
        if self.part is None:
            return held, []
        sql, params = self.part
        return f"({held} AND {sql})", [*params]

    def among(self) -> str:
        """SQL that is true where the column `holder` is one of theirs."""
        return among_numbers("holder", [one for group in self.groups for one in group])

    def near(self) -> tuple[str, list[str]]:
        """SQL that is true where a posting may be of a memory in reach.

        Cheaper than the gate, which decides, and wider by what is trashed or filtered out.
        """
        if not self.groups or not self.email:
            return self.among(), []
        granted, values = self.granted("memory_id")
        return f"({self.among()} OR memory_id IN ({granted}))", values

    def granted(self, column: str) -> tuple[str, list[str]]:
        """SQL for a column of what is granted to the address, as far as it counts."""
        rows = f"SELECT {column} FROM superthread_grant WHERE email = %s AND accepted"
        if self.vouched_by:
            return f"{rows} AND offered_by = %s", [self.email, self.vouched_by]
        return rows, [self.email]


def among_numbers(column: str, numbers: Sequence[int]) -> str:
    """SQL for a small number in a list of our own; true for no list. PostgreSQL looks it up by a
    hash where both are of one kind, and otherwise compares each row with all of the list."""
    if not numbers:
        return "1 = 1"
    listed = ", ".join(map(str, numbers))
    if is_postgres():
        return f"{column} = ANY ('{{{listed}}}'::smallint[])"
    return f"{column} IN ({listed})"


def _part(by: Principal) -> tuple[str, tuple[Any, ...]]:
    """The memories that the token is for, as a condition on `memory_id`."""
    found = Memory.objects.filter(within(by), pk=RawSQL("memory_id", [])).order_by().values("pk")
    sql, params = found.query.get_compiler(connection=connection).as_sql()
    return f"EXISTS ({sql})", params
