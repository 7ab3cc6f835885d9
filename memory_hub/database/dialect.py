"""The few phrases in which SQLite and PostgreSQL differ: lists as one parameter, rounding."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
from django.db import connection
from django.db.models import BigIntegerField, F, Func, TextField
from django.db.models.expressions import Combinable

_KINDS = {"int": "integer", "text": "text"}


@cache
def is_postgres() -> bool:
    """Whether the default database is PostgreSQL, and not SQLite."""
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


def array(values: Sequence[Any]) -> str:
    """The text of a PostgreSQL array, as a parameter to be cast: of numbers, texts or bytes, all of
    one kind or None.

    The driver takes a microsecond for each element of a list, this a tenth of it.
    """
    if not values:
        return "{}"
    whole = None not in values
    if whole and isinstance(values[0], int):
        return "{" + ",".join(map(str, values)) + "}"
    if whole and isinstance(values[0], str):
        told = '","'.join(values)
        # Of words few have anything to escape.
        if "\\" in told or told.count('"') > 2 * (len(values) - 1):
            told = '","'.join(map(_escaped, values))
        return f'{{"{told}"}}'
    if whole and isinstance(values[0], bytes):
        told = '","'.join([f"\\\\x{one.hex()}" for one in values])
        return f'{{"{told}"}}'
    return "{" + ",".join(map(_element, values)) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    return f'"{_escaped(text)}"'


def number_list(numbers: Sequence[int]) -> str:
    """A list of numbers as one text, which ``each_of`` takes apart in the database."""
    return array(numbers) if is_postgres() else orjson.dumps(list(numbers)).decode()


def each_of(numbers: Combinable) -> Func:
    """The numbers of a ``number_list``, for ``IN``. PostgreSQL sees how many there are: for who
    wants another plan for many than for few."""
    if is_postgres():
        template = "(SELECT unnest(CAST(%(expressions)s AS bigint[])))"
    else:
        template = "(SELECT value FROM json_each(%(expressions)s))"
    return Func(numbers, template=template, output_field=TextField())


class UuidText(Func):
    """A UUID as text, in its canonical spelling; SQLite keeps its hexadecimal digits."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS text)", **more)

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        column = "%(expressions)s"
        parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        template = " || '-' || ".join(f"substr({column}, {at}, {many})" for at, many in parts)
        return self.as_sql(compiler, connection, template=f"({template})", **more)


class InstantText(Func):
    """A moment as text as the API writes it: RFC 3339 in UTC, with microseconds. SQLite keeps that
    nearly so, and leaves out microseconds that are none."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        form = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
        template = f"to_char(%(expressions)s AT TIME ZONE 'UTC', '{form}')"
        return self.as_sql(compiler, connection, template=template, **more)

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        end = "CASE length(%(expressions)s) WHEN 19 THEN '.000000Z' ELSE 'Z' END"
        template = f"(replace(%(expressions)s, ' ', 'T') || {end})"
        return self.as_sql(compiler, connection, template=template, **more)


class InstantMicros(Func):
    """A moment as microseconds since 1970. SQLite keeps it as text, which has none of them where
    the second is whole."""

    output_field = BigIntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "CAST(EXTRACT(EPOCH FROM %(expressions)s) * 1000000 AS bigint)"
        return self.as_sql(compiler, connection, template=template, **more)

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        # Without the fraction: older SQLite rounds it to milliseconds, up into the next second.
        whole = "CAST(strftime('%%%%s', substr(%(expressions)s, 1, 19)) AS integer) * 1000000"
        rest = "CAST(substr(%(expressions)s || '000000', 21, 6) AS integer)"
        return self.as_sql(compiler, connection, template=f"({whole} + {rest})", **more)


def uuid_list(ids: Sequence[str]) -> str:
    """A list of UUIDs in their canonical spelling as one text, which ``each_uuid`` takes apart in
    the database."""
    if is_postgres():
        return f"{{{','.join(ids)}}}"
    return orjson.dumps([one.replace("-", "") for one in ids]).decode()


def each_number(numbers: Combinable) -> Func:
    """The same, for who wants one plan for all."""
    return _each(numbers, "bigint")


def text_list(texts: Sequence[str]) -> str:
    """A list of texts as one, which ``each_text`` takes apart in the database."""
    return array(texts) if is_postgres() else orjson.dumps(list(texts)).decode()


def each_text(texts: Combinable) -> Func:
    """The texts of a ``text_list``, for ``IN``."""
    return _each(texts, "text")


def each_uuid(ids: Combinable) -> Func:
    """The UUIDs of a ``uuid_list``, for ``IN``."""
    return _each(ids, "uuid")


def _each(values: Combinable, kind: str) -> Func:
    """PostgreSQL must not see how many there are when it plans: for a few it takes a plan of their
    own for cheaper than the one it has, and plans them anew each time, for three times the work.
    """
    if is_postgres():
        template = f"(SELECT unnest((SELECT CAST(%(expressions)s AS {kind}[]))))"
    else:
        template = "(SELECT value FROM json_each(%(expressions)s))"
    return Func(values, template=template, output_field=TextField())


def each_pair(first: str, second: str) -> str:
    """What stands after FROM for the pairs of two ``number_list``s of equal length, its two
    parameters; the columns have these names."""
    if is_postgres():
        array = "unnest((SELECT CAST(%s AS bigint[])))"
        return f"(SELECT {array} AS {first}, {array} AS {second})"
    pair = f"one.value AS {first}, other.value AS {second}"
    return f"(SELECT {pair} FROM json_each(%s) AS one JOIN json_each(%s) AS other USING (key))"  # noqa: S608 - names of our own


def for_each(sql: str, table: str) -> str:
    """What each row before is joined with, as ``found``: what the query finds for it, which may
    name columns of that row. Where there is no LATERAL it is the rows of the table that have an
    ``id`` of these; there an IN may be of the row before."""
    if is_postgres():
        return f"LATERAL ({sql}) AS found"
    return f"{table} AS found ON found.id IN (SELECT few.id FROM ({sql}) AS few)"  # noqa: S608 - names of our own


def apart_from_indexes(column: F) -> F | Func:
    """A column that SQLite, which keeps no statistics, is to choose no index by."""
    return column if is_postgres() else Func(column, template="+%(expressions)s")
