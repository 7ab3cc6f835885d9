"""Words that are in no memory any more go, in turns that hold nobody up."""

import time
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from memory_hub.database.dialect import among, is_postgres
from superthread.search.index.vocabulary import AT_ONCE, LOCK

PATIENCE, PAUSE = 2.0, 0.02  # seconds in which nobody writes for a moment, and between two looks


def prune() -> int:
    """Delete the words that no memory has; returns how many went.

    Unused ones are looked for without a lock and deleted some thousand at a time. On PostgreSQL
    none while anything is being written: a writer that has read a word's id and not yet written its
    posting must not lose it, and none should wait for this. A gap between writers is waited for,
    `PATIENCE` at most for each part.
    """
    gone = last = 0
    while unused := _unused_after(last):
        gone += _delete_unused(unused)
        last = unused[-1]
    if gone:
        _delete_words()
    return gone


def _delete_words() -> None:
    """Of the holders' words those that are no term any more."""
    known = "SELECT 1 FROM superthread_search_term t WHERE t.text = w.text"
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM superthread_search_word AS w WHERE NOT EXISTS ({known})",
        )


def _unused_after(last: int) -> list[int]:
    """Ids of words that no memory has, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM superthread_search_term t WHERE id > %s AND {_UNUSED} "
            f"ORDER BY id LIMIT {AT_ONCE}",
            [last],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _delete_unused(ids: Sequence[int]) -> int:
    condition, params = among("id", ids, "int")
    with transaction.atomic(), connection.cursor() as cursor:
        if is_postgres() and not _is_alone(cursor):
            return 0
        alias = "superthread_search_term AS t"
        cursor.execute(f"DELETE FROM {alias} WHERE {condition} AND {_UNUSED}", params)
        return cursor.rowcount


def _is_alone(cursor: Any) -> bool:
    """Whether a moment came in which nobody was writing; nobody does until the transaction ends."""
    deadline_at = time.monotonic() + PATIENCE
    while True:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone()[0]:
            return True
        if time.monotonic() > deadline_at:
            return False
        time.sleep(PAUSE)


def has_unused() -> bool:
    """Whether a word is left that no memory has."""
    return bool(_unused_after(0))


_UNUSED = "NOT EXISTS (SELECT 1 FROM superthread_search_posting p WHERE p.term_id = t.id)"
