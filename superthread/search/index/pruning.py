"""Words that are in no memory any more go, in turns that hold nobody up; then the notes whose word
is none any more.

What may go is read without a lock, and looked at again with all writers locked out before it goes.
Which words there are is told by the documents, and by the former ones that a reindex keeps for
searches until it takes over: what is written meanwhile is fresh, or in a segment that was made
meanwhile, or has such a former one. Which notes there are is told by the words.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from memory_hub.database.dialect import among, array, is_postgres
from superthread.search.index.documents import FORMER, TABLE, is_unread
from superthread.search.index.packing import codes_of, id_of
from superthread.search.index.pages import TERM_BITS, members_in
from superthread.search.index.vocabulary import AT_ONCE, LOCK

PATIENCE, PAUSE = 2.0, 0.02  # seconds in which nobody writes for a moment, and between two looks
READ_AT_ONCE = 2_000  # documents
# Notes that are read, and that go while writers wait: so few are looked up among the words, where
# for more of them PostgreSQL would rather read all words there are.
NOTES, NOTES_AT_ONCE = 65_536, 2_048
# Documents that are looked at again while writers wait; where more were written another run prunes.
LOOKED_AT_AGAIN = 8_192


# Of each space that is being indexed anew: who does it, and the last memory that is done.
Renewals = dict[int, tuple[int, int]]


def _renewals() -> Renewals:
    with connection.cursor() as cursor:
        cursor.execute("SELECT space, run, last FROM superthread_search_renewal")
        return {space: (run, last) for space, run, last in cursor.fetchall()}


def prune() -> int:
    """Delete the words that no memory has, and the notes of words that are none; returns how many
    words went. Nothing while something waits to be indexed that the release before has written.

    Some thousand at a time; on PostgreSQL none while anything is being written: a writer that has
    read a word's id and not yet written its document must not lose it, and none should wait for
    this. A gap between writers is waited for, `PATIENCE` at most for each part.
    """
    if is_unread():
        return 0
    renewals = _renewals()
    before, unused = _unused()
    gone = 0
    for start in range(0, len(unused), AT_ONCE):
        gone += _delete_unused(unused[start : start + AT_ONCE], before, renewals)
    _delete_notes()
    return gone


def has_unused() -> bool:
    """Whether a word, or the note of one, is left, or may be, that no memory has."""
    return is_unread() or bool(_unused()[1]) or bool(_notes_left_over(1))


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
    # In this order: what a document had before is kept before it goes.
    for table in (TABLE, FORMER):
        last = -1
        while found := _following(table, last):
            last = found[-1][0]
            yield b"".join(_told((terms,) for _, terms in found))


def _following(table: str, last: int) -> list[tuple[int, Any]]:
    """The next documents of a table: memory and terms."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT memory_id, terms FROM {table} WHERE memory_id > %s "
            f"ORDER BY memory_id LIMIT {READ_AT_ONCE}",
            [last],
        )
        return cursor.fetchall()


def _delete_unused(ids: Sequence[int], before: int, renewals: Renewals) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        if not _is_alone(cursor):
            return 0
        since = _written_since(before, renewals)
        if since is None:
            return 0
        still = set(ids).difference(map(id_of, set(codes_of(since))))
        condition, params = among("id", sorted(still), "int")
        cursor.execute(f"DELETE FROM superthread_search_term WHERE {condition}", params)
        return cursor.rowcount


def _written_since(before: int, renewals: Renewals) -> bytes | None:
    """The terms of what is fresh, or was indexed anew since, and of the segments behind this one;
    None where it is much."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT memory_id FROM superthread_search_fresh LIMIT {LOOKED_AT_AGAIN + 1}"
        )
        ids = {pk for (pk,) in cursor.fetchall()}
        for space, (run, last) in _renewals().items():
            known, done = renewals.get(space, (run, -1))
            # Somebody has begun it anew.
            if known != run or last < done:
                return None
            cursor.execute(
                f"SELECT memory_id FROM {FORMER} WHERE space = %s AND memory_id > %s "
                f"LIMIT {LOOKED_AT_AGAIN + 1}",
                [space, done],
            )
            ids.update(pk for (pk,) in cursor.fetchall())
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


_HAS_NO_TERM = "NOT EXISTS (SELECT 1 FROM superthread_search_term AS t WHERE t.text = w.text)"


def _delete_notes() -> None:
    """Until none is left over, or no more could go."""
    while notes := _notes_left_over(NOTES):
        for start in range(0, len(notes), NOTES_AT_ONCE):
            if not _delete_left_over(notes[start : start + NOTES_AT_ONCE]):
                return


def _notes_left_over(most: int) -> list[tuple[int, str]]:
    """Holders and words, so many at most."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT holder, text FROM superthread_search_word AS w WHERE {_HAS_NO_TERM} LIMIT %s",
            [most],
        )
        return cursor.fetchall()


def _delete_left_over(notes: Sequence[tuple[int, str]]) -> int:
    # Looked at again: a word that came again meets its note, and it is not written a second time.
    delete = f"DELETE FROM superthread_search_word AS w WHERE {_HAS_NO_TERM} AND (holder, text)"
    with transaction.atomic(), connection.cursor() as cursor:
        if not _is_alone(cursor):
            return 0
        if is_postgres():
            given = "SELECT * FROM unnest(%s::smallint[], %s::text[])"
            columns = [array(column) for column in zip(*notes, strict=True)]
            cursor.execute(f"{delete} IN ({given})", columns)
        else:
            # For several at once it would read all notes of their holders.
            cursor.executemany(f"{delete} = (%s, %s)", notes)
        return cursor.rowcount


def _is_alone(cursor: Any) -> bool:
    """Whether a moment came in which nobody was writing; nobody does until the transaction ends. On
    SQLite that is so of every transaction."""
    if not is_postgres():
        return True
    deadline_at = time.monotonic() + PATIENCE
    while True:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone()[0]:
            return True
        if time.monotonic() > deadline_at:
            return False
        time.sleep(PAUSE)
