"""Which entries of the journal matter to a caller: in one statement, each part by its index."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from memory_hub.accounts.principal import Principal
from memory_hub.accounts.spaces import space_of_team
from memory_hub.database.statements import Statement
from superthread.models.space import PUBLIC_SPACE
from superthread.policies import shows_public

AT_ONCE = 100  # parts of a statement; SQLite bears 500
_PART = "SELECT position FROM {} WHERE {} AND position > %s AND position <= %s"


def positions(by: Principal, *, after: int, until: int, limit: int) -> list[int]:
    """The first positions between these two, up to ``limit``, of what happened where the caller's
    lists are drawn from, and of what was told to the caller's address."""
    found: set[int] = set()
    parts = [
        (f"SELECT * FROM ({sql} ORDER BY position LIMIT %s) AS part", [*given, after, until, limit])
        for sql, given in _parts(by)
    ]
    for start in range(0, len(parts), AT_ONCE):
        some = parts[start : start + AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ".join(sql for sql, _ in some), [x for _, xs in some for x in xs]
            )
            found.update(position for (position,) in cursor.fetchall())
    return sorted(found)[:limit]


def _parts(by: Principal) -> Iterator[Statement]:
    spaces = [by.user_id, *(space_of_team(one.team_id) for one in by.teams if one.accepted)]
    if shows_public("all"):
        spaces.append(PUBLIC_SPACE)
    else:
        # One's own are in one's lists, whoever else reads them.
        yield _entries("space = %s AND owner_id = %s", PUBLIC_SPACE, by.user_id)
    for space in spaces:
        yield _entries("space = %s", space)
        yield _entries("old_space = %s", space)
    # What others have given to an address that nobody has proven yet is nothing to its user.
    if not by.vouched_by:
        yield _PART.format("journal_audience", "who = %s"), [by.email]


def _entries(condition: str, *values: Any) -> Statement:
    return _PART.format("journal_entry", condition), [*values]
