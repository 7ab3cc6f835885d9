"""Changes of tables that a hub is serving from: nobody waits for them longer than a moment.

For migrations with ``atomic = False``. Each step may be run again: what was cut off is done anew.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, migrations, transaction

from memory_hub.core.errors import LOCK_NOT_AVAILABLE, sqlstate
from memory_hub.database.time_limits import without_time_limits

# What waits for a table's lock makes all who come after it wait.
LOCK_MS = 500
TRIES, PAUSE = 120, 0.5  # seconds
LONGEST_TURN = 1.0  # seconds


def is_postgres(editor: Any) -> bool:
    """Whether the schema editor writes to PostgreSQL."""
    return editor.connection.vendor == "postgresql"


def at_once(editor: Any, *statements: str) -> None:
    """Runs statements that need a table for a moment, in one transaction; on PostgreSQL again and
    again until its lock is to be had at once. Raises OperationalError where it never is."""
    for number in range(TRIES):
        try:
            with transaction.atomic(editor.connection.alias):
                if is_postgres(editor):
                    editor.execute(f"SET LOCAL lock_timeout = {LOCK_MS}")
                for statement in statements:
                    editor.execute(statement)
            return
        except OperationalError as error:
            if sqlstate(error) != LOCK_NOT_AVAILABLE or number == TRIES - 1:
                raise
            time.sleep(PAUSE)


def unhurried(editor: Any) -> AbstractContextManager[Any]:
    """A cursor of PostgreSQL outside transactions, for statements that wait for others and let
    nobody wait."""
    return _unhurried(editor.connection.alias)


@contextmanager
def _unhurried(alias: str) -> Iterator[Any]:
    with closing(without_time_limits(alias)) as own, own.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        yield cursor


@contextmanager
def a_turn() -> Iterator[None]:
    """A step after which nothing is asked for as long as it took, a second at most: SQLite's
    writers, who knock ten times a second, get their turn. What fails ends at once."""
    started = time.perf_counter()
    yield
    time.sleep(min(time.perf_counter() - started, LONGEST_TURN))


def batches(editor: Any, table: str, size: int) -> Iterator[tuple[int, int]]:
    """The ids of a table in ranges (after, up to) of at most ``size`` rows, in ascending order, a
    turn each."""
    after, name = 0, editor.quote_name(table)
    sql = (
        f"SELECT max(id) FROM (SELECT id FROM {name} "  # noqa: S608 - a name of our own
        "WHERE id > %s ORDER BY id LIMIT %s) AS following"
    )
    with editor.connection.cursor() as cursor:
        while True:
            cursor.execute(sql, [after, size])
            (last,) = cursor.fetchone()
            if last is None:
                return
            with a_turn():
                yield after, last
            after = last


class AddIndex(migrations.AddIndex):
    """Django's, built while others write; on SQLite one builds it while they wait."""

    atomic = False

    def database_forwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        _add(self, after.apps.get_model(app_label, self.model_name), self.index, editor)

    def database_backwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        _remove(self, before.apps.get_model(app_label, self.model_name), self.index, editor)


class RemoveIndex(migrations.RemoveIndex):
    """Django's, without making writers wait. Where there is no such index nothing happens."""

    atomic = False

    def database_forwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        index = before.models[app_label, self.model_name_lower].get_index_by_name(self.name)
        _remove(self, before.apps.get_model(app_label, self.model_name), index, editor)

    def database_backwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        index = after.models[app_label, self.model_name_lower].get_index_by_name(self.name)
        _add(self, after.apps.get_model(app_label, self.model_name), index, editor)


class LeaveIndex(RemoveIndex):
    """Takes an index out of the model. The release before, which may serve from it for a while,
    keeps it; who has rows has ``drop_indexes`` remove it later."""

    def database_forwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        if not before.apps.get_model(app_label, self.model_name).objects.exists():
            super().database_forwards(app_label, editor, before, after)


def drop_indexes(names: Iterable[str], using: str = DEFAULT_DB_ALIAS) -> int:
    """Drops those of these indexes that are there, outside transactions and while others write;
    returns how many."""
    connection = connections[using]
    present = _present(connection, names)
    for name in present:
        _drop(connection, name)
    return len(present)


def _present(connection: Any, names: Iterable[str]) -> list[str]:
    names = list(names)
    marks = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES[connection.vendor].format(marks), names)
        return [name for (name,) in cursor.fetchall()]


_INDEXES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND name IN ({}) ORDER BY name",
    "postgresql": "SELECT relname FROM pg_class WHERE relkind = 'i' AND pg_table_is_visible(oid) "
    "AND relname IN ({}) ORDER BY relname",
}


def _drop(connection: Any, name: str) -> None:
    quoted = connection.ops.quote_name(name)
    if connection.vendor == "postgresql":
        with _unhurried(connection.alias) as cursor:
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted}")
        return
    with a_turn(), connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {quoted}")


def _add(operation: Any, model: Any, index: Any, editor: Any) -> None:
    if not operation.allow_migrate_model(editor.connection.alias, model):
        return
    # One that was cut off is there, and on PostgreSQL good for nothing.
    _drop(editor.connection, index.name)
    if not is_postgres(editor):
        with a_turn():
            editor.add_index(model, index)
        return
    with unhurried(editor) as cursor:
        cursor.execute(str(index.create_sql(model, editor, concurrently=True)))


def _remove(operation: Any, model: Any, index: Any, editor: Any) -> None:
    if operation.allow_migrate_model(editor.connection.alias, model):
        _drop(editor.connection, index.name)
