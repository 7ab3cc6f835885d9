"""What is left of an index that another has taken over from, and of a reindex that was interrupted:
nobody reads it, and it goes some at a time."""

from itertools import groupby
from operator import itemgetter

from django.db import connection, transaction

from memory_hub.database.dialect import among
from memory_hub.database.online import a_turn
from memory_hub.database.statements import Statement, run
from superthread.search.index.documents import FORMER
from superthread.search.index.segments import removal
from superthread.search.renewal.beside import ASIDE
from superthread.search.renewal.state import FRESH, OVERTAKEN, RENEWAL

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
    forget_former()
    while rows := _overtaken():
        with a_turn():
            run([_deletion(space, [pk for _, pk in some]) for space, some in groupby(rows, _SPACE)])
    return gone


# Of a former document: its space is done, or the memory has changed since.
_OUT_OF_FORCE = (
    f"(NOT EXISTS (SELECT 1 FROM {RENEWAL} AS r WHERE r.space = f.space) "
    f"OR EXISTS (SELECT 1 FROM {FRESH} AS n WHERE n.space = f.space "
    "AND n.memory_id = f.memory_id))"
)


def forget_former() -> None:
    """Deletes the former documents that no search reads any more, some at a time; so a text that
    was deleted for good leaves none."""
    while found := _out_of_force():
        condition, params = among("memory_id", found, "int")
        with a_turn(), connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {FORMER} AS f WHERE {condition} AND {_OUT_OF_FORCE}", params
            )


def _out_of_force() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT memory_id FROM {FORMER} AS f WHERE {_OUT_OF_FORCE} "
            f"ORDER BY memory_id LIMIT {AT_ONCE}"
        )
        return [pk for (pk,) in cursor.fetchall()]


_SPACE = itemgetter(0)


def _segments() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {ASIDE} AS t WHERE coming = 0 OR {_IS_OVER} ORDER BY id")
        return [number for (number,) in cursor.fetchall()]


def _overtaken() -> list[tuple[int, int]]:
    """Some of spaces that are done, and their memories. A read: on SQLite it waits for no writer,
    and none waits for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT space, memory_id FROM {OVERTAKEN} AS t WHERE {_IS_OVER} "
            f"ORDER BY space, memory_id LIMIT {AT_ONCE}"
        )
        return cursor.fetchall()


def _deletion(space: int, ids: list[int]) -> Statement:
    condition, params = among("memory_id", ids, "int")
    sql = f"DELETE FROM {OVERTAKEN} AS t WHERE space = %s AND {condition} AND {_IS_OVER}"
    return sql, [space, *params]
