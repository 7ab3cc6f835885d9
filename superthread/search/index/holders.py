"""Whose memories a search reads, and what the statistics of it are counted over.

Frequencies are counted over what a caller may reach, so that no score tells of the memories of
others. Words that may be misspelt are noted for a holder: a person (their personal memories), a
team or the public, as a small number. Beyond 32 000 people some share a number; it decides which
words are looked at, never what is found: that is the gate's.
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
NOBODYS = -(2**62)  # the space of no memory
_NUMBERS = 32_767  # of a smallint, on either side of zero


def holder_of(space: int) -> int:
    """The holder of the memories in a space."""
    if space == PUBLIC_SPACE:
        return PUBLIC
    return space % _NUMBERS + 1 if space > 0 else -(-space % _NUMBERS) - 1


@dataclass(frozen=True)
class Holders:
    """The spaces that a caller reaches, in groups; `email` is the address of their grants, of
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
        joined = {space_of_team(place.team_id) for place in by.teams if place.accepted}
        everywhere = not by.restriction.is_placed
        own = (by.user_id,) if by.user_id and by.restriction.has_personal else ()
        groups = (own, tuple(sorted(joined)), (PUBLIC_SPACE,) if everywhere else ())
        reached = tuple(group for group in groups if group) or ((NOBODYS,),)
        part = _part(by) if by.restriction.has_part else None
        return cls(reached, by.email, part, by.vouched_by)

    @property
    def spaces(self) -> list[int] | None:
        """All of their spaces, None for everybody's."""
        return [space for group in self.groups for space in group] if self.groups else None

    def wordings(self) -> list[str]:
        """SQL for each group that is true where the column `holder` is of one of its spaces."""
        return [among_numbers("holder", sorted(set(map(holder_of, one)))) for one in self.groups]

    def granted(self, column: str) -> tuple[str, list[str]]:
        """SQL for a column of what is granted to the address, as far as it counts."""
        rows = f"SELECT {column} FROM superthread_grant WHERE email = %s AND accepted"
        if self.vouched_by:
            return f"{rows} AND offered_by = %s", [self.email, self.vouched_by]
        return rows, [self.email]


def among_numbers(column: str, numbers: Sequence[int]) -> str:
    """SQL for a small number in a list of our own. PostgreSQL looks it up by a hash where both are
    of one kind, and otherwise compares each row with all of the list."""
    listed = ", ".join(map(str, numbers))
    if is_postgres():
        return f"{column} = ANY ('{{{listed}}}'::smallint[])"
    return f"{column} IN ({listed})"


def _part(by: Principal) -> tuple[str, tuple[Any, ...]]:
    """The memories that the token is for, as a condition on `memory_id`."""
    found = Memory.objects.filter(within(by), pk=RawSQL("memory_id", [])).order_by().values("pk")
    sql, params = found.query.get_compiler(connection=connection).as_sql()
    return f"EXISTS ({sql})", params
