"""Changes of tables that a hub is serving from: nobody waits for them longer than a moment.

For migrations with ``atomic = False``. Each step may be run again: what was cut off is done anew.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.db import OperationalError, migrations, transaction

from memory_hub.core.errors import LOCK_NOT_AVAILABLE, sqlstate
from memory_hub.database.time_limits import without_time_limits

# What waits for a table's lock makes all who come after it wait.
LOCK_MS = 500
TRIES, PAUSE = 120, 0.5  # seconds


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


@contextmanager
def unhurried(editor: Any) -> Iterator[Any]:
    """A cursor of PostgreSQL outside transactions, for statements that wait for others and let
    nobody wait."""
    with closing(without_time_limits(editor.connection.alias)) as own, own.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        yield cursor


def batches(editor: Any, table: str, size: int) -> Iterator[tuple[int, int]]:
    """The ids of a table in ranges (after, up to) of at most ``size`` rows, in ascending order; as
    long as a range took, nothing is asked for: SQLite's writers get their turn."""
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
            started = time.perf_counter()
            yield after, last
            time.sleep(time.perf_counter() - started)
            after = last


class AddIndex(migrations.AddIndex):
    """Django's, built while others write; on SQLite one builds it while they wait."""

    atomic = False

    def database_forwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        _add(self, after.apps.get_model(app_label, self.model_name), self.index, editor)

    def database_backwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        _remove(self, before.apps.get_model(app_label, self.model_name), self.index, editor)


class RemoveIndex(migrations.RemoveIndex):
    """Django's, without making writers wait."""

    atomic = False

    def database_forwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        index = before.models[app_label, self.model_name_lower].get_index_by_name(self.name)
        _remove(self, before.apps.get_model(app_label, self.model_name), index, editor)

    def database_backwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        index = after.models[app_label, self.model_name_lower].get_index_by_name(self.name)
        _add(self, after.apps.get_model(app_label, self.model_name), index, editor)


def _add(operation: Any, model: Any, index: Any, editor: Any) -> None:
    if not operation.allow_migrate_model(editor.connection.alias, model):
        return
    if not is_postgres(editor):
        editor.add_index(model, index)
        return
    with unhurried(editor) as cursor:
        # One that was cut off is there, and good for nothing.
        cursor.execute(str(index.remove_sql(model, editor, concurrently=True)))
        cursor.execute(str(index.create_sql(model, editor, concurrently=True)))


def _remove(operation: Any, model: Any, index: Any, editor: Any) -> None:
    if not operation.allow_migrate_model(editor.connection.alias, model):
        return
    if not is_postgres(editor):
        editor.remove_index(model, index)
        return
    with unhurried(editor) as cursor:
        cursor.execute(str(index.remove_sql(model, editor, concurrently=True)))
