"""The words of the index and their ids.

A transaction of few words adds them itself (`ids_of`). Many are added before it (`reserved`), in
short transactions of their own, for whoever waits for the writer, or for a word of it, shall not
wait for a book; the transaction then only asks whether they are still there (`are_there`). Words
that end up in no memory are pruned.
"""

import json
import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection, transaction

from memory_hub.core import deadline
from memory_hub.database.dialect import among, array, is_postgres, unnested
from superthread.search.index.fuzzy import long_words
from superthread.search.index.packing import unpack

LOCK = 0x4D48_5654  # advisory: shared by writers, exclusive while words are pruned
AT_ONCE = 8_192  # words looked up, added or pruned by one statement
PATIENCE, PAUSE = 2.0, 0.02  # seconds in which nobody writes for a moment, and between two looks


class Words(NamedTuple):
    """The ids of words by their text, and what asks in the transaction whether all are there."""

    ids: dict[str, int]
    among: tuple[str, list[Any]]


def reserved(terms: Iterable[str]) -> Words:
    """The terms before their transaction; unknown ones are added."""
    wanted = sorted(terms)
    known: dict[str, int] = {}
    # A word by itself changes no memory: a request that is given up then has done nothing.
    with deadline.aside():
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            known |= _with_new_ones(part, _known_ids(part))
    return Words(known, among("id", sorted(known.values()), "int"))


def ids_of(terms: Iterable[str]) -> dict[str, int]:
    """The ids of the terms, unknown ones added; none is pruned before the transaction ends."""
    wanted = sorted(terms)
    return _with_new_ones(wanted, _known_ids(wanted, locked=True))


def are_there(words: Words) -> bool:
    """Whether all reserved words are still there; none is then pruned before the transaction
    ends."""
    condition, params = words.among
    look_up = f"SELECT count(*) FROM superthread_search_term WHERE {condition}"
    with connection.cursor() as cursor:
        cursor.execute(_locked(look_up), params)
        return cursor.fetchone()[0] == len(words.ids)


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


def held(words: Iterable[tuple[int, Iterable[str]]]) -> list[tuple[str, list[Any]]]:
    """The statement that notes the words of each holder that may be misspelt, those not yet noted.

    In one order for everybody, as with the terms themselves.
    """
    pairs = sorted({(holder, word) for holder, some in words for word in long_words(some)})
    target = "INSERT INTO superthread_search_word (holder, text)"
    if is_postgres():
        source = "SELECT * FROM unnest(%s::smallint[], %s::text[])"
        params = [array([holder for holder, _ in pairs]), array([word for _, word in pairs])]
    else:
        source = "SELECT value ->> 0, value ->> 1 FROM json_each(%s) WHERE true"
        params = [json.dumps(pairs)]
    return [(f"{target} {source} ON CONFLICT DO NOTHING", params)]


def texts_of(packed: bytes) -> list[str]:
    """The terms of packed ids."""
    condition, params = among("id", unpack(packed), "int")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT text FROM superthread_search_term WHERE {condition}", params)
        return [text for (text,) in cursor.fetchall()]


def _with_new_ones(wanted: list[str], known: dict[str, int]) -> dict[str, int]:
    if missing := [term for term in wanted if term not in known]:
        known |= _added_ids(missing)
    # Added by another writer meanwhile, whose commit the insert has waited for.
    if raced := [term for term in missing if term not in known]:
        known |= _known_ids(raced)
    return known


def _added_ids(missing: list[str]) -> dict[str, int]:
    """The ids of those terms that this adds."""
    rows, params = unnested(missing, "text")
    with connection.cursor() as cursor:
        # Sorted, or two writers with the same new words could wait for each other for ever.
        # WHERE true: SQLite would take ON for the start of a join.
        cursor.execute(
            f"INSERT INTO superthread_search_term (text) SELECT * FROM ({rows}) AS new "
            "WHERE true ON CONFLICT DO NOTHING RETURNING text, id",
            params,
        )
        return dict(cursor.fetchall())


def _known_ids(terms: list[str], *, locked: bool = False) -> dict[str, int]:
    """The ids of the terms that are known."""
    condition, params = among("text", terms, "text")
    look_up = f"SELECT text, id FROM superthread_search_term WHERE {condition}"
    with connection.cursor() as cursor:
        cursor.execute(_locked(look_up) if locked else look_up, params)
        return dict(cursor.fetchall())


def _locked(look_up: str) -> str:
    """The look-up behind the writers' lock: a statement of its own, in the same round trip."""
    if not is_postgres():
        return look_up
    return f"SELECT pg_advisory_xact_lock_shared({LOCK}); {look_up}"
