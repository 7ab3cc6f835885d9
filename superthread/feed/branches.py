"""Which entries of the journal matter to a caller: in one statement, each part by its index."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from memory_hub.accounts.principal import Principal
from memory_hub.accounts.spaces import account_name, space_of_team
from memory_hub.database.statements import Statement
from memory_hub.journal.models import Entry
from superthread.models import Scope
from superthread.models.space import PUBLIC_SPACE
from superthread.policies import shows_public

# Parts of a statement; SQLite bears 500.
AT_ONCE = 100
_PART = "SELECT position FROM {} WHERE {} AND position > %s AND position <= %s"
ALL = "all"
# Conditions of partial indexes, in the words of these: in others SQLite does not know them again.
MOVED_FROM = "NOT (old_space IS NULL) AND old_space = %s"
OF_MEMORY = "NOT (doc_id IS NULL)"


@dataclass(frozen=True, slots=True)
class FollowedList:
    """The list that is followed: of a scope, or of all, and of one team."""

    scope: str = ALL
    team_key: str | None = None

    def __str__(self) -> str:
        return f"{self.scope}|{self.team_key or ''}"

    def has_team(self, team_key: str) -> bool:
        """Whether the list may have memories of this team."""
        return self.scope in (ALL, Scope.TEAM.label) and self.team_key in (None, team_key)

    def has(self, entry: Entry) -> bool:
        """Whether the list may have had, or has, what the entry is about."""
        return any(self.had(space) for space in (entry.space, entry.old_space))

    def had_row(self, row: Mapping[str, Any]) -> bool:
        """Whether a memory with this scope and team is in the list."""
        in_team = self.team_key in (None, row["team_key"])
        return in_team and self.scope in (ALL, Scope(row["scope"]).label)

    def had(self, space: int | None) -> bool:
        """Whether what is in the space may be in the list."""
        # Something of a team may be shared with who is not in it: of which one is not looked at.
        scope = self.scope if self.team_key is None else Scope.TEAM.label
        return space is not None and scope in (ALL, scope_of(space).label)


EVERYWHERE = FollowedList()


def scope_of(space: int) -> Scope:
    """The scope that a space is of."""
    if space < 0:
        return Scope.TEAM
    return Scope.PUBLIC if space == PUBLIC_SPACE else Scope.PERSONAL


def names_of(by: Principal) -> list[str]:
    """By what names the journal tells the caller something: as the account, and by its address.
    What others have given to an address that nobody has proven yet is nothing to its user."""
    account = account_name(by.user_id)
    return [account] if by.vouched_by else [account, by.email]


def positions(
    by: Principal, place: FollowedList, *, after: int, until: int, limit: int
) -> list[int]:
    """The first positions between these two, up to ``limit``, of what happened where the caller's
    list is drawn from, and of what was told to the caller."""
    found: set[int] = set()
    parts = [
        (f"SELECT * FROM ({sql} ORDER BY position LIMIT %s) AS part", [*given, after, until, limit])
        for sql, given in _parts(by, place)
    ]
    for start in range(0, len(parts), AT_ONCE):
        some = parts[start : start + AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ".join(sql for sql, _ in some), [x for _, xs in some for x in xs]
            )
            found.update(position for (position,) in cursor.fetchall())
    return sorted(found)[:limit]


def _parts(by: Principal, place: FollowedList) -> Iterator[Statement]:
    teams = [one for one in by.teams if one.accepted and place.has_team(one.team_key)]
    spaces = [space_of_team(one.team_id) for one in teams]
    if place.team_key is None and place.scope in (ALL, Scope.PERSONAL.label):
        spaces.append(by.user_id)
    if place.team_key is None and place.scope in (ALL, Scope.PUBLIC.label):
        if shows_public(place.scope):
            spaces.append(PUBLIC_SPACE)
        else:
            # One's own are in one's lists, whoever else reads them.
            yield _entries("space = %s AND owner_id = %s", PUBLIC_SPACE, by.user_id)
    for space in spaces:
        yield _entries("space = %s", space)
        yield _entries(MOVED_FROM, space)
    for name in names_of(by):
        yield _PART.format("journal_audience", "who = %s"), [name]


def _entries(condition: str, *values: Any) -> Statement:
    return _PART.format("journal_entry", condition), [*values]
