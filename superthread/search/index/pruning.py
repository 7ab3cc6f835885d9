"""Words that are in no memory any more go, in turns that hold nobody up.

Which words there are is told by the documents, read once without a lock. What is written meanwhile
is fresh, or in a segment that was made meanwhile: it is looked at again, with all writers locked
out, before a word goes.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from django.db import connection, transaction

from memory_hub.database.dialect import among, array, is_postgres
from superthread.search.index.documents import TABLE, is_unread
from superthread.search.index.packing import codes_of, id_of
from superthread.search.index.pages import TERM_BITS, members_in
from superthread.search.index.vocabulary import AT_ONCE, LOCK

PATIENCE, PAUSE = 2.0, 0.02  # seconds in which nobody writes for a moment, and between two looks
READ_AT_ONCE = 2_000  # documents
# Documents that are looked at again while writers wait; where more were written another run prunes.
LOOKED_AT_AGAIN = 8_192


def prune() -> int:
    """Delete the words that no memory has; returns how many went. None while something waits to be
    indexed that the release before has written.

    Some thousand at a time; on PostgreSQL none while anything is being written: a writer that has
    read a word's id and not yet written its document must not lose it, and none should wait for
    this. A gap between writers is waited for, `PATIENCE` at most for each part.
    """
    if is_unread():
        return 0
    before, unused = _unused()
    gone = 0
    for start in range(0, len(unused), AT_ONCE):
        gone += _delete_unused(unused[start : start + AT_ONCE], before)
    if gone:
        _delete_words()
    return gone


def has_unused() -> bool:
    """Whether a word is left, or may be, that no memory has."""
    return is_unread() or bool(_unused()[1])


def _unused() -> tuple[int, list[int]]:
    """The newest segment there was before, and the ids of words that no memory has, ascending."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM superthread_search_segment")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT id FROM superthread_search_term")
        words = {pk for (pk,) in cursor.fetchall()}
    for terms in _documents():
        words.difference_update(map(id_of, set(codes_of(terms))))
        if not words:
            break
    return before, sorted(words)


def _documents() -> Iterator[bytes]:
    """The terms of all documents, of many at a time."""
    last = -1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT memory_id, terms FROM {TABLE} WHERE memory_id > %s "
                f"ORDER BY memory_id LIMIT {READ_AT_ONCE}",
                [last],
            )
            found = cursor.fetchall()
        if not found:
            return
        last = found[-1][0]
        yield b"".join(bytes(terms) for _, terms in found if terms is not None)


_IS_NO_TERM = "NOT EXISTS (SELECT 1 FROM superthread_search_term AS t WHERE t.text = w.text)"


def _delete_words() -> None:
    """Of the holders' words those that are no term any more: read without a lock, and looked at
    again before they go. Nobody writes then, for who notes a word meets a row that is just being
    deleted, and is not seen to have added the term."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT w.holder, w.text FROM superthread_search_word AS w WHERE {_IS_NO_TERM}"
        )
        found = cursor.fetchall()
    for start in range(0, len(found), AT_ONCE):
        _delete_some(found[start : start + AT_ONCE])


def _delete_some(words: Sequence[tuple[int, str]]) -> None:
    given = "SELECT * FROM unnest(%s::smallint[], %s::text[])"
    params = [array(column) for column in zip(*words, strict=True)]
    if not is_postgres():
        given = "SELECT value ->> 0, value ->> 1 FROM json_each(%s)"
        params = [orjson.dumps(words).decode()]
    with transaction.atomic(), connection.cursor() as cursor:
        if is_postgres() and not _is_alone(cursor):
            return
        cursor.execute(
            "DELETE FROM superthread_search_word AS w "
            f"WHERE (w.holder, w.text) IN ({given}) AND {_IS_NO_TERM}",
            params,
        )


def _delete_unused(ids: Sequence[int], before: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        if is_postgres() and not _is_alone(cursor):
            return 0
        since = _written_since(before)
        if since is None:
            return 0
        still = set(ids).difference(map(id_of, set(codes_of(since))))
        condition, params = among("id", sorted(still), "int")
        cursor.execute(f"DELETE FROM superthread_search_term WHERE {condition}", params)
        return cursor.rowcount


def _written_since(before: int) -> bytes | None:
    """The terms of what is fresh, and of the segments behind this one; None where it is much."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT memory_id FROM superthread_search_fresh LIMIT {LOOKED_AT_AGAIN + 1}"
        )
        ids = {pk for (pk,) in cursor.fetchall()}
        cursor.execute(
            "SELECT p.data FROM superthread_search_segment s JOIN superthread_search_page p "
            f"ON p.key = CAST(s.id AS bigint) << {TERM_BITS} WHERE s.id > %s",
            [before],
        )
        ids = ids.union(*(members_in(bytes(data)).ids for (data,) in cursor.fetchall()))
        if len(ids) > LOOKED_AT_AGAIN:
            return None
        condition, params = among("memory_id", sorted(ids), "int")
        cursor.execute(f"SELECT terms FROM {TABLE} WHERE {condition}", params)
        return b"".join(_told(cursor.fetchall()))


def _told(rows: Iterable[tuple[Any]]) -> Iterator[bytes]:
    return (bytes(terms) for (terms,) in rows if terms is not None)


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
