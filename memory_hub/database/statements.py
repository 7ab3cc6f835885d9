"""Statements that were made before they are run."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache, partial
from hashlib import blake2b
from itertools import chain
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.sqlite3.base import Database

from memory_hub.database import plans
from memory_hub.database.dialect import among, is_postgres


class Planned(NamedTuple):
    """A statement whose text is always the same: each connection of PostgreSQL plans it once."""

    sql: str
    params: list[Any]


# SQL and its parameters.
Statement = tuple[str, list[Any]]
# Rows of an INSERT: of up to 32 columns, for SQLite takes 32,766 parameters.
ROWS_AT_ONCE = 1_000
LONGEST_REMEMBERED = 8_192  # characters of statements


def inserted(
    table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], clash: str = ""
) -> list[Statement]:
    """What inserts the rows, in their order; ``clash`` is an ON CONFLICT. The names are our own."""
    if not rows:
        return []
    into = f"INSERT INTO {table} ({', '.join(columns)}) VALUES"
    row = f"({', '.join(['%s'] * len(columns))})"
    parts = [rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE)]
    return [
        (f"{into} {', '.join([row] * len(part))} {clash}", list(chain.from_iterable(part)))
        for part in parts
    ]


def deleted(table: str, column: str, numbers: Sequence[int]) -> list[Statement]:
    """What deletes the rows with one of these numbers in the column. The names are our own."""
    if not numbers:
        return []
    condition, params = among(column, numbers, "int")
    return [(f"DELETE FROM {table} WHERE {condition}", params)]  # noqa: S608 - names of our own


def run(statements: Sequence[Statement]) -> None:
    """In order; on PostgreSQL in one round trip, for its driver writes the values into the text.

    Whoever watches the connection (what outdates answers, what times queries) is told of all of
    them at once.
    """
    if not statements:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    carry_out = _in_one_message if is_postgres() else _one_by_one
    texts = tuple(sql for sql, _ in statements)
    values = list(chain.from_iterable(params for _, params in statements))
    with connection.cursor() as cursor, _logged(cursor, texts, values):
        carried_out = partial(carry_out, cursor, statements)
        cursor._execute_with_wrappers(_joined(texts), values, many=False, executor=carried_out)


def rows(statement: Planned, *, anew: bool = False) -> list[tuple]:
    """What a statement that reads finds; on PostgreSQL by its plan.

    ``anew``: by one of its own, for many values. A plan that is kept may be of a table that was
    small, and holds each of its rows against each of the values.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    sql, params = statement
    with connection.cursor() as cursor:
        if is_postgres() and not anew and plans.are_kept(connection):
            plan = _plan_of(sql)
            try:
                with connection.wrap_database_errors:
                    plans.prepare(connection.connection, plan.name, plan.sql)
                cursor.execute(plan.call, params)
                return cursor.fetchall()
            except DatabaseError as error:
                plans.met_foreign_ones(error, connection, plan.name)
        cursor.execute(sql, params)
        return cursor.fetchall()


def _logged(cursor: Any, texts: tuple[str, ...], values: list[Any]) -> AbstractContextManager[Any]:
    """Notes the statements where Django notes all (tests count them)."""
    if not cursor.db.queries_logged:
        return nullcontext()
    return cursor.debug_sql(_joined(texts), values)


def _joined(texts: tuple[str, ...]) -> str:
    short = sum(map(len, texts)) <= LONGEST_REMEMBERED
    return _remembered(texts) if short else "; ".join(texts)


@lru_cache(maxsize=256)
def _remembered(texts: tuple[str, ...]) -> str:
    return "; ".join(texts)


def _one_by_one(cursor: Any, statements: Sequence[Statement], *_: Any) -> None:
    """SQLite's driver takes one at a time."""
    cursor.db.validate_no_broken_transaction()
    with cursor.db.wrap_database_errors:
        for sql, params in statements:
            # Django's would look for the places of the parameters each time.
            Database.Cursor.execute(cursor.cursor, _as_sqlite_has_it(sql), params)


def _as_sqlite_has_it(sql: str) -> str:
    short = len(sql) <= LONGEST_REMEMBERED
    return _with_question_marks(sql) if short else _with_question_marks.__wrapped__(sql)


@lru_cache(maxsize=256)
def _with_question_marks(sql: str) -> str:
    return sql.replace("%s", "?").replace("%%", "%")


def _in_one_message(
    cursor: Any, statements: Sequence[Statement], sql: str, params: list[Any], *_: Any
) -> None:
    """Those that are planned by the names of their plans."""
    connection = cursor.db
    connection.validate_no_broken_transaction()
    planned = plans.are_kept(connection) and any(isinstance(one, Planned) for one in statements)
    if not planned:
        with connection.wrap_database_errors:
            cursor.cursor.execute(sql, params)
        return
    called = [_plan_of(one.sql) if isinstance(one, Planned) else None for one in statements]
    try:
        with connection.wrap_database_errors:
            for plan in filter(None, called):
                plans.prepare(connection.connection, plan.name, plan.sql)
            message = _joined(
                tuple(
                    plan.call if plan else text
                    for plan, (text, _) in zip(called, statements, strict=True)
                )
            )
            cursor.cursor.execute(message, params)
    except DatabaseError as error:
        plans.met_foreign_ones(error, connection, *(plan.name for plan in filter(None, called)))
        with connection.wrap_database_errors:
            cursor.cursor.execute(sql, params)


class _Plan(NamedTuple):
    """A statement with ``$1`` for its first parameter, its name, and how it is called."""

    sql: str
    name: str
    call: str


@lru_cache(maxsize=256)
def _plan_of(sql: str) -> _Plan:
    first, *others = sql.split("%s")
    numbered = first + "".join(f"${number}{rest}" for number, rest in enumerate(others, 1))
    name = f"write_{blake2b(sql.encode(), digest_size=6).hexdigest()}"
    given = f"({', '.join(['%s'] * len(others))})" if others else ""
    return _Plan(numbered.replace("%%", "%"), name, f'EXECUTE "{name}"{given}')
