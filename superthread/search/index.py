"""Keeping the index in step with the memories, inside the caller's transaction.

Services call `index_memories` or `index_counted` once per transaction, as their last statement:
rows are then locked in one order by everybody (memories, terms in alphabetical order, totals) and
writers that bring the same new word wait for each other instead of deadlocking. Memories in the
trash and expired ones stay indexed, searches leave them out; `forget_memories` is for those deleted
for good.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection, transaction

from superthread.dialect import among, array, is_postgres, unnested
from superthread.search import analyzer
from superthread.search.packing import pack, unpack

MOST = 32767  # of a frequency or a length, as a smallint holds it
SLOTS = 16  # rows of totals that writers on PostgreSQL are spread over
VOCABULARY_LOCK = 0x4D48_5654  # advisory: shared by writers, exclusive while words are pruned


class Counted(NamedTuple):
    """A memory's terms with their frequencies, and how many they are in all."""

    frequencies: Mapping[str, int]
    length: int


def count_terms(content: str) -> Counted:
    """What the index stores of a content."""
    frequencies = Counter(analyzer.terms(content))
    return Counted(frequencies, min(frequencies.total(), MOST))


def index_memories(contents: Iterable[tuple[int, str]]) -> None:
    """Index memories, new or changed, by (id, content)."""
    index_counted({memory_id: count_terms(content) for memory_id, content in contents})


def index_counted(counted: Mapping[int, Counted], *, new: bool = False) -> None:
    """The same for contents counted already: before a transaction that others wait for.

    `new` says that none of the memories is in the index, so that there is nothing to look for.
    """
    if not counted:
        return
    with transaction.atomic(savepoint=False):
        term_ids = _term_ids({term for one in counted.values() for term in one.frequencies})
        totals = _change() if new else _remove(counted)
        totals[analyzer.VERSION].update(
            documents=len(counted), length=sum(one.length for one in counted.values())
        )
        _insert(counted, term_ids, totals)


def forget_memories(ids: Iterable[int]) -> None:
    """Take memories out of the index before they are deleted for good."""
    with transaction.atomic():
        _run(_totals(_remove(ids)))


def prune_vocabulary() -> int:
    """Delete the words that no memory has any more; returns how many went.

    None while anything is being written on PostgreSQL: a writer that has read a word's id and not
    yet written its posting must not lose it, and none should wait for this.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if is_postgres():
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [VOCABULARY_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        cursor.execute(
            "DELETE FROM superthread_search_term WHERE NOT EXISTS (SELECT 1 FROM "
            "superthread_search_posting p WHERE p.term_id = superthread_search_term.id)"
        )
        return cursor.rowcount


def _term_ids(terms: Iterable[str]) -> dict[str, int]:
    """The ids of the terms; unknown ones are added."""
    wanted = sorted(terms)
    known = _known_ids(wanted)
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


def _known_ids(terms: list[str]) -> dict[str, int]:
    """The ids of the terms that are known, none of which is pruned before the transaction ends."""
    condition, params = among("text", terms, "text")
    look_up = f"SELECT text, id FROM superthread_search_term WHERE {condition}"
    if is_postgres():  # a statement of its own, in the same round trip
        look_up = f"SELECT pg_advisory_xact_lock_shared({VOCABULARY_LOCK}); {look_up}"
    with connection.cursor() as cursor:
        cursor.execute(look_up, params)
        return dict(cursor.fetchall())


def _change() -> defaultdict[int, Counter[str]]:
    """Of the totals, by version of the analyzer; as yet none."""
    return defaultdict(Counter)


def _remove(ids: Iterable[int]) -> defaultdict[int, Counter[str]]:
    """Delete what is indexed of the memories; returns the change of the totals by version."""
    condition, params = among("memory_id", list(ids), "int")
    change = _change()
    postings: list[tuple[int, int]] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT memory_id, analyzer, length, term_ids FROM superthread_search_document "
            f"WHERE {condition}",
            params,
        )
        for memory_id, version, length, packed in cursor.fetchall():
            change[version].subtract(documents=1, length=length)
            postings += [(term_id, memory_id) for term_id in unpack(packed)]
        if postings:
            _delete_postings(cursor, sorted(postings))
        if change:
            cursor.execute(f"DELETE FROM superthread_search_document WHERE {condition}", params)
    return change


def _delete_postings(cursor, postings: list[tuple[int, int]]) -> None:
    if is_postgres():
        cursor.execute(
            "DELETE FROM superthread_search_posting p USING unnest(%s::integer[], %s::integer[]) "
            "AS gone (term_id, memory_id) "
            "WHERE p.term_id = gone.term_id AND p.memory_id = gone.memory_id",
            [array(column) for column in zip(*postings, strict=True)],
        )
    else:
        cursor.executemany(
            "DELETE FROM superthread_search_posting WHERE term_id = %s AND memory_id = %s",
            postings,
        )


def _insert(
    counted: Mapping[int, Counted],
    term_ids: Mapping[str, int],
    totals: Mapping[int, Counter[str]],
) -> None:
    postings, documents = [], []
    for memory_id, one in counted.items():
        packed = pack(term_ids[term] for term in one.frequencies)
        documents.append((memory_id, analyzer.VERSION, one.length, packed))
        postings += [
            (term_ids[term], memory_id, min(frequency, MOST), one.length)
            for term, frequency in one.frequencies.items()
        ]
    postings.sort()  # neighbours in the table are written together
    _run(
        [
            _rows("posting", "integer integer smallint smallint", postings),
            _rows("document", "integer smallint smallint bytea", documents),
            *_totals(totals),
        ]
    )


# SQL, and rows of parameters to run it with one after another; a single row on PostgreSQL.
_Statement = tuple[str, Sequence[tuple]]


def _rows(table: str, types: str, rows: list[tuple]) -> _Statement:
    """The insert of rows whole: as arrays on PostgreSQL, one by one on SQLite."""
    target = f"INSERT INTO superthread_search_{table}"
    if not is_postgres():
        return f"{target} VALUES (%s, %s, %s, %s)", rows
    kinds = types.split()
    columns = zip(*rows, strict=True) if rows else [()] * len(kinds)
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    return f"{target} SELECT * FROM unnest({arrays})", [tuple(map(array, columns))]


def _totals(change: Mapping[int, Counter[str]]) -> list[_Statement]:
    """Book the change in a slot of this connection; in the order of versions, for the locks."""
    slot = f"pg_backend_pid() %% {SLOTS}" if is_postgres() else "0"
    sql = (
        "INSERT INTO superthread_search_total AS t (analyzer, slot, documents, length) "
        f"VALUES (%s, {slot}, %s, %s) ON CONFLICT (analyzer, slot) DO UPDATE SET "
        "documents = t.documents + excluded.documents, length = t.length + excluded.length"
    )
    return [
        (sql, [(version, change[version]["documents"], change[version]["length"])])
        for version in sorted(change)
    ]


def _run(statements: Sequence[_Statement]) -> None:
    """In order; on PostgreSQL in one round trip, for its driver writes the values into the text."""
    with connection.cursor() as cursor:
        if not is_postgres():
            for sql, rows in statements:
                cursor.executemany(sql, rows)
        elif statements:
            values = [value for _, rows in statements for row in rows for value in row]
            cursor.execute("; ".join(sql for sql, _ in statements), values)
