"""Documents as searches see them, and writing them so that searches do not see it yet."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from memory_hub.database.dialect import among, array, is_postgres
from memory_hub.database.statements import Statement, inserted, run
from superthread.search.index.documents import FORMER, TABLE, Document
from superthread.search.renewal.state import FRESH, OVERTAKEN, changed, noted

_COLUMNS = ("memory_id", "space", "analyzer", "length", "terms", "counts", "left_out")
_KINDS = ("integer", "bigint", "smallint", "smallint", "bytea", "bytea", "integer")
# Of one that is not in force any more: the memory was in another space.
_INSTEAD = "ON CONFLICT (memory_id) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _COLUMNS[1:]
)

# Whether a former document `f` is what searches see: its space is not done, and nobody has changed
# the memory. When the space is done, none is.
IN_FORCE = (
    "EXISTS (SELECT 1 FROM superthread_search_renewal AS r WHERE r.space = f.space) "
    f"AND NOT EXISTS (SELECT 1 FROM {FRESH} AS n "
    "WHERE n.space = f.space AND n.memory_id = f.memory_id)"
)


def seen(column: str) -> str:
    """SQL for a column of a document `o` beside which its former one `f` was looked up."""
    return f"CASE WHEN f.memory_id IS NULL THEN o.{column} ELSE f.{column} END"


# A document beside its former one, where that is in force. PostgreSQL asks once whether one can be,
# and looks each up by its key (OFFSET 0), whatever it takes the tables to be like.
BOTH = {
    "postgresql": f"{TABLE} AS o LEFT JOIN LATERAL (SELECT f.* FROM {FORMER} AS f "
    "WHERE (SELECT count(*) FROM superthread_search_renewal) > 0 "
    f"AND f.memory_id = o.memory_id AND {IN_FORCE} OFFSET 0) AS f ON true",
    "sqlite": f"{TABLE} AS o LEFT JOIN {FORMER} AS f ON f.memory_id = o.memory_id AND {IN_FORCE}",
}
_SEEN = ", ".join(map(seen, ("analyzer", "length", "terms", "counts", "left_out")))


def shown_documents(ids: Iterable[int]) -> dict[int, Document]:
    """What searches see of the memories, by id: what is indexed, or, while a reindex is under way
    and has not taken over, was."""
    condition, params = among("o.memory_id", list(ids), "int")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT o.memory_id, {_SEEN}, o.space FROM {BOTH[connection.vendor]} "
            f"WHERE {condition} AND {seen('terms')} IS NOT NULL",
            params,
        )
        return {
            pk: Document(version, length, bytes(terms), bytes(counts), left_out, space)
            for pk, version, length, terms, counts, left_out, space in cursor.fetchall()
        }


@contextmanager
def unseen(space: int, ids: Sequence[int]) -> Iterator[None]:
    """A block, within a transaction that has locked these memories, in which their documents are
    written: searches go on to see them as they were, but for those that somebody else has changed
    since the space began to be indexed anew."""
    before, shown = changed(space, ids), shown_documents(ids)
    yield
    written = sorted(noted(space, ids) - before)
    if not written:
        return
    condition, params = among("memory_id", written, "int")
    # In this order: what takes the notes away is told to have folded them.
    run(
        [
            (f"DELETE FROM {table} WHERE space = %s AND {condition}", [space, *params])
            for table in (FRESH, OVERTAKEN)
        ]
    )
    run(_insertion(space, written, shown))


def _insertion(space: int, ids: Sequence[int], shown: dict[int, Document]) -> list[Statement]:
    rows = [(pk, space, *_told(shown.get(pk))) for pk in ids]
    if not is_postgres():
        return inserted(FORMER, _COLUMNS, rows, _INSTEAD)
    given = ", ".join(f"%s::{kind}[]" for kind in _KINDS)
    columns = [array(column) for column in zip(*rows, strict=True)]
    into = f"INSERT INTO {FORMER} ({', '.join(_COLUMNS)})"
    return [(f"{into} SELECT * FROM unnest({given}) {_INSTEAD}", columns)]


def _told(one: Document | None) -> tuple:
    return one[:5] if one else (None,) * 5
