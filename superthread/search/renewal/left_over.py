"""What is left of an index that another has taken over from, and of a reindex that was interrupted:
nobody reads it, and it goes some at a time."""

from django.db import connection, transaction

from memory_hub.database.online import a_turn
from memory_hub.database.statements import run
from superthread.search.index.documents import FORMER
from superthread.search.index.segments import removal
from superthread.search.renewal.beside import ASIDE
from superthread.search.renewal.state import OVERTAKEN, RENEWAL

AT_ONCE = 1_000  # rows
_IS_OVER = f"NOT EXISTS (SELECT 1 FROM {RENEWAL} AS r WHERE r.space = t.space)"


def remove() -> int:
    """Removes it; returns how many segments went."""
    gone = 0
    while ids := _segments():
        for one in ids:
            with a_turn(), transaction.atomic():
                run(removal([one], ASIDE))
        gone += len(ids)
    for table in (FORMER, OVERTAKEN):
        while _removed(table):
            pass
    return gone


def _segments() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {ASIDE} AS t WHERE coming = 0 OR {_IS_OVER} ORDER BY id")
        return [number for (number,) in cursor.fetchall()]


def _removed(table: str) -> int:
    """How many rows went of spaces that are done."""
    with a_turn(), connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE (space, memory_id) IN "
            f"(SELECT space, memory_id FROM {table} AS t WHERE {_IS_OVER} LIMIT {AT_ONCE})"
        )
        return cursor.rowcount
