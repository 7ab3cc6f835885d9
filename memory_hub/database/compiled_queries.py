"""Statements that Django compiles once and that run many times.

Compiling a query costs ten times what the database needs to answer it. A compiled query is written
with the ORM as ever, with ``Parameter`` in the place of what differs from call to call; its SQL and
the conversions of its columns are kept.

PostgreSQL spends more on planning such a query than on answering it, so each of its connections
plans it once as well (PREPARE).
"""

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from memory_hub.database import plans


class _Slot:
    """Stands in the list of parameters where a value goes at each call."""

    def __init__(self, name: str, field: Field) -> None:
        self.name, self.field = name, field


class Parameter(Expression):
    """A value named ``name``, given at each call of the query; ``field`` says how it is stored."""

    def __init__(self, name: str, field: Field) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [_Slot(self.name, self.output_field)]


class QueryText(str):
    """The SQL of a compiled query. It only reads: whoever looks at statements need not look at this
    one each time."""

    # The same with its parameters as SQLite's driver has them, once that was made.
    with_marks: str | None = None


class CompiledQuery:
    """``build()`` returns a ``values()`` query over Parameters; calling gives its rows as dicts.

    Of a list of queries, alike in their columns, it gives the rows of all in one statement. Names
    of columns that begin with ``mark`` are told without it: the ORM gives no expression the name of
    a field.
    """

    def __init__(
        self, build: Callable[[], QuerySet | list[QuerySet]], *, mark: str | None = None
    ) -> None:
        self.build, self.mark = build, mark
        self._compiled: _CompiledSql | None = None

    def __call__(self, **values: Any) -> list[dict[str, Any]]:
        """The rows for these values of the Parameters. Raises KeyError for one that is missing."""
        return list(self.each(**values))

    def each(self, **values: Any) -> Iterator[dict[str, Any]]:
        """The same one by one, each made of what the database said when it is its turn."""
        return self._once().run(values)

    def _once(self) -> "_CompiledSql":
        # Twice at worst, when two threads come first.
        if self._compiled is None:
            built = self.build()
            queries = built if isinstance(built, list) else [built]
            self._compiled = _CompiledSql(queries, self.mark or "")
        return self._compiled


class _CompiledSql:
    """The SQL, its slots and its converters. Holds no connection: any thread may run it."""

    def __init__(self, queries: list[QuerySet], mark: str) -> None:
        query = queries[0]
        compilers = [one.query.get_compiler(DEFAULT_DB_ALIAS) for one in queries]
        parts = [one.as_sql() for one in compilers]
        self.sql = QueryText(" UNION ALL ".join([sql for sql, _ in parts]))
        self.parameters = [parameter for _, given in parts for parameter in given]
        compiler = compilers[0]
        columns = [column for column, *_ in compiler.select]
        self.names = [name.removeprefix(mark) for name in query.query.selected]
        self.converters = compiler.get_converters(columns)
        self._slots = [one for one in self.parameters if isinstance(one, _Slot)]
        table = query.model._meta.db_table
        given = [one.name if isinstance(one, _Slot) else one for one in self.parameters]
        digest = blake2b(f"{self.sql}{given}".encode(), digest_size=6).hexdigest()
        self.name = f"{table}_{digest}"
        self._execute_sql = f'EXECUTE "{self.name}"'
        if self._slots:
            self._execute_sql += f"({', '.join(['%s'] * len(self._slots))})"

    def run(self, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            if not self._execute_planned(cursor, values, connection):
                cursor.execute(self.sql, self.given(values))
            found = cursor.fetchall()
        return self._rows(found, connection)

    def _execute_planned(self, cursor: Any, values: dict[str, Any], connection: Any) -> bool:
        """Executes the statement by its plan; False where there are no plans.

        Raises PlansLost within a transaction that met a connection which is not its own.
        """
        if not plans.are_kept(connection):
            return False
        try:
            with connection.wrap_database_errors:
                plans.prepare(connection.connection, self.name, self.sql, self._places)
            cursor.execute(self._execute_sql, self._in_slots(values, connection))
        except DatabaseError as error:
            plans.met_foreign_ones(error, connection, self.name)
            return False
        return True

    def _places(self) -> list[Any]:
        from psycopg2.extensions import AsIs

        numbers = iter(range(1, len(self.parameters) + 1))
        return [
            AsIs(f"${next(numbers)}") if isinstance(one, _Slot) else one for one in self.parameters
        ]

    def _in_slots(self, values: dict[str, Any], connection: Any) -> list[Any]:
        return [slot.field.get_db_prep_value(values[slot.name], connection) for slot in self._slots]

    def given(self, values: dict[str, Any]) -> list[Any]:
        """The parameters with the values in their slots, as the database takes them."""
        connection = connections[DEFAULT_DB_ALIAS]
        return [
            slot.field.get_db_prep_value(values[slot.name], connection)
            if isinstance(slot, _Slot)
            else slot
            for slot in self.parameters
        ]

    def _rows(self, found: list[tuple], connection: Any) -> Iterator[dict[str, Any]]:
        """Values as Python knows them: SQLite has no dates, UUIDs or JSON of its own."""
        converters = [(at, *one) for at, one in self.converters.items()]
        found.reverse()
        while found:
            row = found.pop()
            if converters:
                row = _converted(row, converters, connection)
            yield dict(zip(self.names, row, strict=True))


def _converted(row: tuple, converters: list[tuple], connection: Any) -> list[Any]:
    values = list(row)
    for position, functions, column in converters:
        value = values[position]
        for function in functions:
            value = function(value, column, connection)
        values[position] = value
    return values
