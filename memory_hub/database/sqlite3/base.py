"""Django's SQLite backend, whose writes end with their request.

ENGINE = "memory_hub.database.sqlite3".
"""

from django.db.backends.sqlite3 import base

from memory_hub import deadline
from memory_hub.database.commits import TruthfulCommits


class DatabaseWrapper(TruthfulCommits, base.DatabaseWrapper):
    """As Django's, but a request that was given up becomes no writer, nor stays one."""

    def _start_transaction_under_autocommit(self) -> None:
        deadline.require_time()
        super()._start_transaction_under_autocommit()
        try:
            deadline.require_time()
        except deadline.TimeIsUp:
            # It has waited for the other writers until its time was over.
            self.cursor().execute("ROLLBACK")
            raise
