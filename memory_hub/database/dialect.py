"""The few phrases in which SQLite and PostgreSQL differ: lists as one parameter, rounding."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
from django.db import connection
from django.db.models import Func, TextField
from django.db.models.expressions import Combinable

_KINDS = {"int": "integer", "text": "text"}


@cache
def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def among(column: str, values: Sequence[Any], kind: str) -> tuple[str, list[Any]]:
    """`column IN values` with the list as one parameter, so its length has no limit.

    `kind` is "int" or "text".
    """
    rows, params = unnested(values, kind)
    return f"{column} IN ({rows})", params


def unnested(values: Sequence[Any], kind: str) -> tuple[str, list[Any]]:
    """A SELECT that yields the values as rows, in their order."""
    if is_postgres():
        return f"SELECT unnest(%s::{_KINDS[kind]}[])", [array(values)]
    return "SELECT value FROM json_each(%s)", [orjson.dumps(list(values)).decode()]


def array(values: Sequence[int] | Sequence[str] | Sequence[bytes]) -> str:
    """The text of a PostgreSQL array, as a parameter to be cast. None of the values may be None.

    The driver takes a microsecond for each element of a list, this a tenth of it.
    """
    if not values or isinstance(values[0], int):
        return "{" + ",".join(map(str, values)) + "}"
    texts = [f"\\x{one.hex()}" if isinstance(one, bytes) else one for one in values]
    quoted = [one.replace("\\", "\\\\").replace('"', '\\"') for one in texts]
    return '{"' + '","'.join(quoted) + '"}'


def number_list(numbers: Sequence[int]) -> str:
    """A list of numbers as one text, which ``each_of`` takes apart in the database."""
    return array(numbers) if is_postgres() else orjson.dumps(list(numbers)).decode()


def each_of(numbers: Combinable) -> Func:
    """The numbers of a ``number_list``, for ``IN``."""
    if is_postgres():
        template = "(SELECT unnest(CAST(%(expressions)s AS bigint[])))"
    else:
        template = "(SELECT value FROM json_each(%(expressions)s))"
    return Func(numbers, template=template, output_field=TextField())


def double(number: float) -> str:
    """A floating-point literal. PostgreSQL takes 0.9 for a decimal, and computes thrice as long."""
    return f"{number!r}::double precision" if is_postgres() else repr(number)


def millionths(expression: str) -> str:
    """A positive floating-point expression as a whole number of millionths, rounded.

    Sums of floats may differ in the last bit between engines; whole numbers order alike.
    """
    if is_postgres():
        return f"CAST(({expression}) * 1000000 AS bigint)"
    return f"CAST(({expression}) * 1000000 + 0.5 AS integer)"
