"""Statements that Django compiles once and that run many times.

Compiling a query costs ten times what the database needs to answer it. A prepared one is written
with the ORM as ever, with ``Parameter`` in the place of what differs from call to call; its SQL and
the conversions of its columns are kept.

PostgreSQL spends more on planning such a query than on answering it, so each of its connections
plans it once as well (PREPARE).
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, OperationalError, connections
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from psycopg2.extensions import AsIs

from memory_hub.core import deadline
from memory_hub.core.errors import sqlstate
from memory_hub.database.postgresql import pooler

T = TypeVar("T")


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


class Prepared:
    """``build()`` returns a ``values()`` query over Parameters; calling gives its rows as dicts.

    Of a list of queries, alike in their columns, it gives the rows of all in one statement.
    """

    def __init__(self, build: Callable[[], QuerySet | list[QuerySet]]) -> None:
        self.build = build
        self._compiled: _Compiled | None = None

    def __call__(self, **values: Any) -> list[dict[str, Any]]:
        """The rows for these values of the Parameters. Raises KeyError for one that is missing."""
        return list(self.each(**values))

    def each(self, **values: Any) -> Iterator[dict[str, Any]]:
        """The same one by one, each made of what the database said when it is its turn."""
        return self._once().run(values)

    def statement(self, **values: Any) -> tuple[str, list[Any]]:
        """The SQL and its parameters for these values, to be part of a larger statement."""
        compiled = self._once()
        return compiled.sql, compiled.given(values)

    def _once(self) -> "_Compiled":
        if self._compiled is None:  # twice at worst, when two threads come first
            built = self.build()
            self._compiled = _Compiled(built if isinstance(built, list) else [built])
        return self._compiled


# SQLSTATEs of a plan that is there already, and of one that is not.
NOT_OURS = ("42P05", "26000")


class PlansLost(OperationalError):
    """A pooler gave the transaction another connection than planned; the next one goes well."""

    untouched = True


def again_without_plans(unit: Callable[[], T]) -> T:
    """Calls the unit; once more when it lost its plans, unless it has changed something."""
    try:
        return unit()
    except PlansLost:
        if deadline.may_have_changed():
            raise
        return unit()


# Plans that a connection keeps, each of about 150 KB of PostgreSQL's memory; the one that was not
# used for longest goes.
MOST_PLANS = 64
# The names of what is prepared, used last at the end, by connection of the driver, each used by one
# thread at a time.
_prepared: WeakKeyDictionary[Any, OrderedDict[str, None]] = WeakKeyDictionary()


class _Compiled:
    """The SQL, its slots and its converters. Holds no connection: any thread may run it."""

    def __init__(self, queries: list[QuerySet]) -> None:
        query = queries[0]
        compilers = [one.query.get_compiler(DEFAULT_DB_ALIAS) for one in queries]
        parts = [one.as_sql() for one in compilers]
        self.sql = " UNION ALL ".join([sql for sql, _ in parts])
        self.parameters = [parameter for _, given in parts for parameter in given]
        compiler = compilers[0]
        columns = [column for column, *_ in compiler.select]
        self.names = list(query.query.selected)
        self.converters = compiler.get_converters(columns)
        slots = [one for one in self.parameters if isinstance(one, _Slot)]
        table = query.model._meta.db_table
        given = [one.name if isinstance(one, _Slot) else one for one in self.parameters]
        digest = blake2b(f"{self.sql}{given}".encode(), digest_size=6).hexdigest()
        self.name = f"{table}_{digest}"
        self._execute_sql = f'EXECUTE "{self.name}"'
        if slots:
            self._execute_sql += f"({', '.join(['%s'] * len(slots))})"

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
        planning = connection.vendor == "postgresql" and settings.HUB_PREPARED_STATEMENTS
        if not planning or not pooler.may_prepare():
            return False
        try:
            with connection.wrap_database_errors:
                self._prepare(connection.connection)
            cursor.execute(self._execute_sql, self._in_slots(values, connection))
        except DatabaseError as error:
            if sqlstate(error) not in NOT_OURS:
                raise
            pooler.stop_preparing("a connection kept another one's plans")
            _prepared[connection.connection].pop(self.name, None)
            if connection.in_atomic_block:
                raise PlansLost("The statement was planned on another connection.") from error
            return False
        return True

    def _prepare(self, raw: Any) -> None:
        """Have the connection plan the statement, unless it did before.

        A rollback takes no prepared statement away, and psycopg2 shares none between connections.
        """
        known = _prepared.setdefault(raw, OrderedDict())
        if self.name in known:
            known.move_to_end(self.name)
            return
        numbers = iter(range(1, len(self.parameters) + 1))
        places = [
            AsIs(f"${next(numbers)}") if isinstance(one, _Slot) else one for one in self.parameters
        ]
        with raw.cursor() as cursor:
            if len(known) >= MOST_PLANS:
                oldest, _ = known.popitem(last=False)
                cursor.execute(f'DEALLOCATE "{oldest}"')
            cursor.execute(f'PREPARE "{self.name}" AS {self.sql}', places)
        known[self.name] = None

    def _in_slots(self, values: dict[str, Any], connection: Any) -> list[Any]:
        return [
            slot.field.get_db_prep_value(values[slot.name], connection)
            for slot in self.parameters
            if isinstance(slot, _Slot)
        ]

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
            row = list(found.pop())
            for position, functions, column in converters:
                value = row[position]
                for function in functions:
                    value = function(value, column, connection)
                row[position] = value
            yield dict(zip(self.names, row, strict=True))


MOST_PARAMETERS = 32_766  # of a statement, SQLite's limit


class PreparedInsert:
    """``insert(rows)`` inserts rows of a model and returns their primary keys in order.

    ``names`` are the columns' (``owner_id``) that each row holds; others get the database's
    default. No model instances, no signals; values are stored as the model's fields say.
    """

    def __init__(self, model: type[Model], *names: str) -> None:
        by_column = {field.attname: field for field in model._meta.concrete_fields}
        self._fields = [(name, by_column[name].get_db_prep_save) for name in names]
        meta = model._meta
        columns = ", ".join(f'"{by_column[name].column}"' for name in names)
        # Names of the model's own; every value is a parameter.
        self._begin = f'INSERT INTO "{meta.db_table}" ({columns}) VALUES '  # noqa: S608
        self._row = f"({', '.join(['%s'] * len(names))})"
        self._at_once = MOST_PARAMETERS // len(names)
        self._end = f' RETURNING "{meta.pk.column}"'

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        connection = connections[DEFAULT_DB_ALIAS]
        keys: list[int] = []
        with connection.cursor() as cursor:
            for start in range(0, len(rows), self._at_once):
                part = rows[start : start + self._at_once]
                sql = self._begin + ", ".join([self._row] * len(part)) + self._end
                values = [
                    prepare(row[name], connection) for row in part for name, prepare in self._fields
                ]
                cursor.execute(sql, values)
                keys += [key for (key,) in cursor.fetchall()]
        return keys
