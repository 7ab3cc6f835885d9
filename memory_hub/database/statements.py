"""Statements that were made before they are run."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from django.db import connection

from memory_hub.database.dialect import among, is_postgres

# SQL and its parameters.
Statement = tuple[str, list[Any]]
# Rows of an INSERT: of up to 32 columns, for SQLite takes 32,766 parameters.
ROWS_AT_ONCE = 1_000


def inserted(
    table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], clash: str = ""
) -> list[Statement]:
    """What inserts the rows, in their order; ``clash`` is an ON CONFLICT. The names are our own."""
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
    """In order; on PostgreSQL in one round trip, for its driver writes the values into the text."""
    if not statements:
        return
    with connection.cursor() as cursor:
        if not is_postgres():
            for sql, params in statements:
                cursor.execute(sql, params)
        else:
            values = list(chain.from_iterable(params for _, params in statements))
            cursor.execute("; ".join(sql for sql, _ in statements), values)
