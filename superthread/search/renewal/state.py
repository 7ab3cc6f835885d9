"""Which spaces are being indexed anew, and what writers have changed of them meanwhile."""

import secrets
import time
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection, transaction

from memory_hub.database.dialect import among, is_postgres
from superthread.search.analysis import analyzer
from superthread.search.index import folding
from superthread.search.index.documents import FORMER, TABLE

RENEWAL, FRESH = "superthread_search_renewal", "superthread_search_fresh"
OVERTAKEN = "superthread_search_overtaken"
# Seconds in which what is fresh is folded before a space is begun, and between two looks.
PATIENCE, PAUSE = 10.0, 0.05


class Renewal(NamedTuple):
    """A space, whether all of its memories are indexed anew or those that need to be, in the order
    of their ids the last one that is done, and the number of who does it."""

    space: int
    everything: bool
    last: int
    run: int


class Superseded(Exception):
    """Somebody else goes on with the space."""


def pending() -> list[Renewal]:
    """Those that were begun and are not done."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT space, everything, last, run FROM {RENEWAL} ORDER BY space")
        return [Renewal(space, bool(whole), last, run) for space, whole, last, run in cursor]


def begin(space: int, *, everything: bool) -> Renewal:
    """From now on the segments that the space has stay until others take over. What is fresh by now
    is the old index's: it is folded before, but for what somebody goes on to write. Raises
    Superseded where somebody else has begun."""
    fresh, end_at = _foldable(space), time.monotonic() + PATIENCE
    while True:
        while folding.fold(space):
            pass
        with transaction.atomic():
            lock(space)
            fresh &= _foldable(space)
            if not fresh or time.monotonic() > end_at:
                return _begun(space, everything)
        # Somebody else folds the space, or writes one of these.
        time.sleep(PAUSE)


def _foldable(space: int) -> set[int]:
    """The memories that are fresh in the space and have a document there."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT f.memory_id FROM {FRESH} AS f JOIN {TABLE} AS d ON d.memory_id = f.memory_id "
            "AND d.space = f.space WHERE f.space = %s AND d.terms IS NOT NULL",
            [space],
        )
        return {pk for (pk,) in cursor.fetchall()}


def _begun(space: int, everything: bool) -> Renewal:
    run = secrets.randbits(62)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {RENEWAL} (space, before, analyzer, everything, last, run) VALUES (%s, "
            "(SELECT coalesce(max(id), 0) FROM superthread_search_segment WHERE space = %s), "
            "%s, %s, 0, %s) ON CONFLICT DO NOTHING",
            [space, space, analyzer.VERSION, int(everything), run],
        )
        if cursor.rowcount != 1:
            raise Superseded
        # Of what was before: nobody reads it.
        for table in (OVERTAKEN, FORMER):
            cursor.execute(f"DELETE FROM {table} WHERE space = %s", [space])
    return Renewal(space, everything, 0, run)


def resume(renewal: Renewal, *, everything: bool) -> Renewal:
    """Goes on with what was interrupted; from its beginning where that was by another version of
    the analyzer, or not of everything. Raises Superseded where somebody else has ended it."""
    wanted, run = int(everything or renewal.everything), secrets.randbits(62)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {RENEWAL} SET analyzer = %s, everything = %s, last = CASE "
            "WHEN analyzer = %s AND everything = %s THEN last ELSE 0 END, run = %s "
            "WHERE space = %s",
            [analyzer.VERSION, wanted, analyzer.VERSION, wanted, run, renewal.space],
        )
    found = next((one for one in pending() if one.space == renewal.space), None)
    if found is None:
        raise Superseded
    return found


def mark(renewal: Renewal, last: int) -> Renewal:
    """All memories up to this one are done; until the transaction ends nobody else goes on with the
    space. Raises Superseded."""
    _own(renewal, f"UPDATE {RENEWAL} SET last = %s", [last])
    return renewal._replace(last=last)


def end(renewal: Renewal) -> None:
    """The space is not being indexed anew any more. Raises Superseded."""
    _own(renewal, f"DELETE FROM {RENEWAL}", [])


def _own(renewal: Renewal, act: str, params: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"{act} WHERE space = %s AND run = %s", [*params, renewal.space, renewal.run]
        )
        if cursor.rowcount != 1:
            raise Superseded


def lock(space: int) -> None:
    """Nobody folds the space until the transaction ends. On SQLite whoever writes is alone."""
    if is_postgres():
        with connection.cursor() as cursor:
            params = [folding.LOCK, space]
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", params)


def noted(space: int, ids: Sequence[int]) -> set[int]:
    """Those of the memories that are fresh in the space."""
    return _there(FRESH, space, ids)


def changed(space: int, ids: Sequence[int]) -> set[int]:
    """Those of the memories that somebody has written since it was begun: searches see them as they
    are now, by their documents or by newer segments."""
    return noted(space, ids) | _there(OVERTAKEN, space, ids)


def overtaken(space: int) -> set[int]:
    """The memories that were changed and folded since."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT memory_id FROM {OVERTAKEN} WHERE space = %s", [space])
        return {pk for (pk,) in cursor.fetchall()}


def _there(table: str, space: int, ids: Sequence[int]) -> set[int]:
    condition, params = among("memory_id", list(ids), "int")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT memory_id FROM {table} WHERE space = %s AND {condition}", [space, *params]
        )
        return {pk for (pk,) in cursor.fetchall()}
