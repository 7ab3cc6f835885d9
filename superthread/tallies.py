"""Whether the tallies are right (`models/tally.py`), and how they are put right.

A statement sees memories and tallies as they were at one moment, and each transaction changes both:
what differs then is what has to be added, whatever is written meanwhile. So a table that was empty
is filled the same way.
"""

from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

# Of what is added here. On PostgreSQL no transaction of a change counts in it.
_SLOTS = {"sqlite": 0, "postgresql": -1}
_TALLIES = (
    "SELECT space, category, sum(memories) AS memories, sum(size) AS size FROM ("
    "SELECT space, category, 1 AS memories, size FROM superthread_memory WHERE deleted_at IS NULL "
    "UNION ALL SELECT space, category, -memories, -size FROM superthread_tally) AS counted "
    "GROUP BY space, category HAVING sum(memories) <> 0 OR sum(size) <> 0"
)
_KEPT = (
    "SELECT space, owner_id, sum(size) AS size FROM ("
    "SELECT m.space, m.owner_id, v.size FROM superthread_version v JOIN superthread_memory m "
    "ON m.id = v.memory_id WHERE m.deleted_at IS NULL "
    "UNION ALL SELECT space, owner_id, -size FROM superthread_kept) AS counted "
    "GROUP BY space, owner_id HAVING sum(size) <> 0"
)
# WHERE true: SQLite would take ON for the start of a join.
_CORRECTIONS = (
    "INSERT INTO superthread_tally AS t (space, category, slot, memories, size) "
    f"SELECT space, category, {{slot}}, memories, size FROM ({_TALLIES}) AS missed WHERE true "
    "ON CONFLICT (space, category, slot) DO UPDATE SET memories = t.memories + excluded.memories, "
    "size = t.size + excluded.size",
    "INSERT INTO superthread_kept AS t (space, owner_id, slot, size) "
    f"SELECT space, owner_id, {{slot}}, size FROM ({_KEPT}) AS missed WHERE true "
    "ON CONFLICT (space, owner_id, slot) DO UPDATE SET size = t.size + excluded.size",
)


def corrections(vendor: str) -> list[str]:
    """The statements that add what differs."""
    return [statement.format(slot=_SLOTS[vendor]) for statement in _CORRECTIONS]


class Missed(NamedTuple):
    """Of how many categories of spaces, and owners in spaces, the tally is not what there is."""

    tallies: int
    kept: int


def missed(using: str = DEFAULT_DB_ALIAS) -> Missed:
    """How much differs now: 0 and 0."""
    with connections[using].cursor() as cursor:
        numbers = []
        for found in (_TALLIES, _KEPT):
            cursor.execute(f"SELECT count(*) FROM ({found}) AS missed")
            numbers.append(cursor.fetchone()[0])
    return Missed(*numbers)


def correct(using: str = DEFAULT_DB_ALIAS) -> Missed:
    """Adds what differs; returns of how many it was."""
    connection = connections[using]
    with connection.cursor() as cursor:
        numbers = []
        for statement in corrections(connection.vendor):
            cursor.execute(statement)
            numbers.append(max(cursor.rowcount, 0))
    return Missed(*numbers)
