"""PostgreSQL: what was appended is numbered once it is committed, in the order of commits.

A short transaction under an advisory lock takes what it can see in the inbox and makes entries of
it. What commits later is still there for the next: nothing is passed over, whoever dies, and savers
wait for nobody. Any process may do it at any time.

In a batch changes are in the order of their highest ids. Whoever changes a memory after another
appended after the lock was theirs, so all ids of the other's change are lower: a memory's entries
are in the order of its revisions, and whoever saw something is behind it. By id alone changes would
be torn apart, by their lowest id memories would be out of order.
"""

from typing import Any

from django.db import DatabaseError, connection, transaction

from memory_hub.core.errors import LOCK_NOT_AVAILABLE, sqlstate
from memory_hub.database.dialect import array, is_postgres
from memory_hub.journal.append import COLUMNS

# Entries of a batch, more only where one change has more.
MOST = 2_000
_LOCK = 0x4D48_4A4E  # the number of the advisory lock


def sequence(*, above: int = 0, patience_ms: int = 0) -> bool:
    """Gives what is committed its positions; whether nothing was left when it looked.

    False as well where somebody else is at it for longer than ``patience_ms``. ``above`` is an id
    that is most likely below all that waits: a look at the rows behind it alone is cheap where dead
    ones cannot be cleared away.
    """
    if not is_postgres() or (patience_ms and not _is_any()):
        return True
    with transaction.atomic():
        if not _lock(patience_ms):
            return False
        waiting, is_all = _waiting(above)
        if waiting:
            _move(waiting)
        return is_all


def newest() -> int:
    """The highest id that was given to anything that waits, or waited."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM journal_inbox_id_seq")
        return cursor.fetchone()[0]


def _is_any() -> bool:
    """Whether anything waits. What somebody is at just now still does, to those who look."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM journal_inbox)")
        return cursor.fetchone()[0]


def _lock(patience_ms: int) -> bool:
    with connection.cursor() as cursor:
        if not patience_ms:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            return cursor.fetchone()[0]
        try:
            with transaction.atomic():
                cursor.execute("SET LOCAL lock_timeout = %s", [patience_ms])
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        except DatabaseError as error:
            if sqlstate(error) != LOCK_NOT_AVAILABLE:
                raise
            return False
    return True


def _waiting(above: int) -> tuple[list[int], bool]:
    """The ids of what waits, in order and whole changes only, and whether that is all."""
    found = _look(above, MOST + 1)
    if above and any(seen <= last for _, _, seen, last in found):
        # Some of a change lies deeper.
        found = _look(0, MOST + 1)
    if len(found) <= MOST:
        return [row[0] for row in found], True
    cut = found[-1][1]
    whole = [row[0] for row in found if row[1] != cut]
    return whole or _ids_of(cut), False


def _look(above: int, most: int) -> list[tuple[int, int, int, int]]:
    """Of each row its id and change, how many of the change were seen, and their last ordinal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, change, count(*) OVER of_change, max(ordinal) OVER of_change "
            "FROM journal_inbox WHERE id > %s WINDOW of_change AS (PARTITION BY change) "
            "ORDER BY max(id) OVER of_change, id LIMIT %s",
            [above, most],
        )
        return cursor.fetchall()


def _ids_of(change: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM journal_inbox WHERE change = %s ORDER BY id", [change])
        return [row[0] for row in cursor.fetchall()]


_COLUMNS = ", ".join(COLUMNS)
# Entries first: what hangs on them finds their positions by the count.
_MOVE = f"""
INSERT INTO journal_entry (position, at, {_COLUMNS})
SELECT %s + taken.n, greatest(statement_timestamp(), %s::timestamptz), {_COLUMNS}
FROM unnest(%s::bigint[]) WITH ORDINALITY AS taken (id, n) JOIN journal_inbox USING (id);
INSERT INTO journal_origin (position, salt, request_id, address, detail)
SELECT %s + taken.n, origin ->> 'salt', origin ->> 'request_id',
  origin ->> 'address', origin -> 'detail'
FROM unnest(%s::bigint[]) WITH ORDINALITY AS taken (id, n) JOIN journal_inbox USING (id)
WHERE origin IS NOT NULL;
INSERT INTO journal_audience (position, who)
SELECT %s + taken.n, jsonb_array_elements_text(audience)
FROM unnest(%s::bigint[]) WITH ORDINALITY AS taken (id, n) JOIN journal_inbox USING (id)
WHERE audience IS NOT NULL;
DELETE FROM journal_inbox WHERE id = ANY (%s::bigint[])
"""  # noqa: S608 - names of our own; every value is a parameter


def _move(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT position, at FROM journal_entry ORDER BY position DESC LIMIT 1")
        head, at = cursor.fetchone() or (0, None)
        given: list[Any] = [array(ids)]
        cursor.execute(_MOVE, [head, at, *given, *([head, *given] * 2), *given])
