"""Inserting rows of a model whose keys are known before: no instances, no signals."""

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from os import register_at_fork
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import DateTimeField, Field, JSONField, Model, UUIDField

from memory_hub.database.dialect import array, is_postgres
from memory_hub.database.statements import Planned, Statement

MOST_PARAMETERS = 32_766  # of a statement, SQLite's limit
_SEQUENCE = "SELECT seq FROM sqlite_sequence WHERE name = ?"
# That a process keeps; what it does not use up is a gap.
KEYS_AT_ONCE = 64


class NewKeys:
    """``keys(count)`` gives primary keys for rows of a table that are still to be inserted, in
    their order; in the transaction that inserts them.

    On PostgreSQL a process takes some from the sequence ahead: who inserts rows may then know what
    they are called before they are there.
    """

    def __init__(self, model: type[Model]) -> None:
        self._table = model._meta.db_table
        self._lock = threading.Lock()
        self._database: str | None = None
        self._kept: list[int] = []
        register_at_fork(after_in_child=self._begin_anew)

    def __call__(self, count: int) -> list[int]:
        if not is_postgres():
            return self._following(count)
        with self._lock:
            if self._database != connection.settings_dict["NAME"]:
                self._database, self._kept = connection.settings_dict["NAME"], []
            if len(self._kept) < count:
                self._kept += self._taken(max(count, KEYS_AT_ONCE))
            keys, self._kept = self._kept[:count], self._kept[count:]
            return keys

    def forget(self) -> None:
        """Leaves a gap of what was taken ahead, after something was refused: the database may be
        another one by now."""
        with self._lock:
            self._kept = []

    def _begin_anew(self) -> None:
        """A child of this process must not have what the parent has taken."""
        self._lock, self._kept = threading.Lock(), []

    def _following(self, count: int) -> list[int]:
        """SQLite has one writer: what comes next is known as long as its transaction lasts."""
        # The driver's own: nobody needs to know of it, and Django's takes four times as long.
        with connection.wrap_database_errors:
            found = connection.connection.execute(_SEQUENCE, [self._table]).fetchone()
        last = found[0] if found else 0
        return list(range(last + 1, last + count + 1))

    def _taken(self, count: int) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(%s::regclass) FROM generate_series(1, %s)",
                [f"{self._table}_id_seq", count],
            )
            return [key for (key,) in cursor.fetchall()]


class PreparedInsert:
    """``insert(rows)`` gives the statements that insert rows of a model.

    ``names`` are the columns' (``owner_id``) that each row holds; others get the database's
    default. Values are stored as Django's fields would.
    """

    def __init__(self, model: type[Model], *names: str) -> None:
        by_column = {field.attname: field for field in model._meta.concrete_fields}
        self._fields = [(name, by_column[name]) for name in names]
        columns = ", ".join(f'"{by_column[name].column}"' for name in names)
        # Names of the model's own; every value is a parameter.
        self._into = f'INSERT INTO "{model._meta.db_table}" ({columns}) '
        self._row = f"({', '.join(['%s'] * len(names))})"
        self._at_once = MOST_PARAMETERS // len(names)
        self._stores = [(name, _as_sqlite_has_it(field)) for name, field in self._fields]
        self._planned: str | None = None

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> list[Statement]:
        if is_postgres():
            return [self._unnested(rows)] if rows else []
        return [
            (
                f"{self._into}VALUES {', '.join([self._row] * len(part))}",
                [store(row[name]) for row in part for name, store in self._stores],
            )
            for start in range(0, len(rows), self._at_once)
            if (part := rows[start : start + self._at_once])
        ]

    def _unnested(self, rows: Sequence[Mapping[str, Any]]) -> Statement:
        """One parameter a column, whatever the number of rows."""
        if self._planned is None:
            kinds = (f"%s::{_kind(field)}[]" for _, field in self._fields)
            self._planned = self._into + f"SELECT * FROM unnest({', '.join(kinds)})"  # noqa: S608 - types
        columns = [[row[name] for row in rows] for name, _ in self._fields]
        texts = zip(columns, self._fields, strict=True)
        return Planned(
            self._planned,
            [
                array([*map(_json, column)] if isinstance(field, JSONField) else column)
                for column, (_, field) in texts
            ],
        )


def _kind(field: Field) -> str:
    """The type of a column's values. A cast to a bounded text would cut what is too long."""
    return re.sub(r"^varchar.*", "text", field.db_type(connection) or "")


def _json(value: Any) -> str | None:
    # Most metadata is empty.
    return "{}" if value == {} else None if value is None else json.dumps(value)


def _as_sqlite_has_it(field: Field) -> Callable[[Any], Any]:
    """SQLite has no dates, UUIDs or JSON of its own."""
    for kind, store in _STORED.items():
        if isinstance(field, kind):
            return store
    return _as_it_is


def _moment(value: datetime | None) -> str | None:
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


def _digits(value: UUID | None) -> str | None:
    return None if value is None else value.hex


def _as_it_is(value: Any) -> Any:
    return value


_STORED: dict[type[Field], Callable[[Any], Any]] = {
    DateTimeField: _moment,
    JSONField: _json,
    UUIDField: _digits,
}
