"""Django's SQLite backend, whose writes end with their request.

ENGINE = "memory_hub.database.sqlite3".
"""

from functools import cache
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from memory_hub.core import deadline
from memory_hub.core.callers import calling
from memory_hub.database.commits import TruthfulCommits
from memory_hub.database.compiled_queries import QueryText
from memory_hub.database.sqlite3.turns import WriterTurns, turns_of


class DatabaseFeatures(base.DatabaseFeatures):
    """As Django's, which reckons with the parameters that a statement had until SQLite 3.32."""

    # https://www.sqlite.org/limits.html#max_variable_number
    max_query_params = 32_766 if base.Database.sqlite_version_info >= (3, 32) else 999


class CursorWrapper(base.SQLiteCursorWrapper):
    """As Django's, but the text of a compiled query is converted once."""

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        if not isinstance(query, QueryText) or param_names is not None:
            return super().convert_query(query, param_names=param_names)
        if query.with_marks is None:
            query.with_marks = super().convert_query(query)
        return query.with_marks


class DatabaseWrapper(TruthfulCommits, base.DatabaseWrapper):
    """As Django's, but a request that was given up becomes no writer, nor stays one."""

    features_class = DatabaseFeatures

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=CursorWrapper)

    # Seconds for which a transaction waits for its turn to write, where not as the settings say.
    patience: float | None = None
    # Whose present turn it is at, if it has one.
    _turns: WriterTurns | None = None

    def _start_transaction_under_autocommit(self) -> None:
        deadline.require_time()
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._end_turn()
            raise
        try:
            deadline.require_time()
        except deadline.TimeIsUp:
            # It has waited for the other writers until its time was over.
            self.cursor().execute("ROLLBACK")
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._end_turn()

    def _take_turn(self) -> None:
        """Waits until this is the one that may write. Raises OperationalError, as SQLite does."""
        turns = None if self.is_in_memory_db() else turns_of(str(self.settings_dict["NAME"]))
        if turns is None:
            return
        usual = self.settings_dict["OPTIONS"].get("timeout", 5.0)
        if not turns.take(calling.get(), usual if self.patience is None else self.patience):
            raise OperationalError("database is locked")
        self._turns = turns

    def _end_turn(self) -> None:
        turns, self._turns = self._turns, None
        if turns is not None:
            turns.end()

    def renew(self) -> None:
        """Closes the connection with all that it holds: each statement that it remembers has the
        long texts it was last run with. The next query opens another one.

        The last connection of a process to a database would take its log along, and on a full disk
        none could be opened again: one that does nothing else stays.
        """
        _stays(self.alias, str(self.settings_dict["NAME"]))
        self.close()


@cache
def _stays(alias: str, name: str) -> Any:
    from django.db import connections

    wrapper = connections[alias]
    held = wrapper.get_new_connection(wrapper.get_connection_params())
    # Only who has read has the log open.
    held.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return held
