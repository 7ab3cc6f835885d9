"""Statements that were made before they are run."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from django.db import connection

from memory_hub.database.dialect import is_postgres

# SQL and its parameters.
Statement = tuple[str, list[Any]]


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
