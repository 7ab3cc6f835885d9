"""Commits that a request in time makes, and the truth about those that were not answered."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import DatabaseError, Error
from django.db import OperationalError as Failed

from memory_hub.core import deadline

_READS = ("SELECT", "EXECUTE", "PREPARE", "DEALLOCATE", "SAVEPOINT", "RELEASE", "PRAGMA", "BEGIN")
# A statement may begin with WITH and read or write.
_WRITE = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|ALTER|DROP)\b", re.IGNORECASE)
LONGEST_REMEMBERED = 4096  # characters of a statement


class TruthfulCommits:
    """For Django's database wrappers: what commits does so within the time of its request.

    That is a transaction's end, and a statement that writes outside of one. A database that does
    not answer a commit is CommitUnanswered.
    """

    in_atomic_block: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers: list[Callable[..., Any]] = [self._execute_in_time]

    def may_be_committed(self, error: Error) -> bool:
        """Whether the commit that failed so may have been carried out."""
        return False

    def _commit(self) -> None:
        with self._changing():
            # Of the wrapper that this is mixed into.
            super()._commit()  # type: ignore[misc]

    def _execute_in_time(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        if self.in_atomic_block or not is_write(sql):
            return execute(sql, params, many, context)
        with self._changing():
            return execute(sql, params, many, context)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with deadline.changing():
            try:
                yield
            except Error as error:
                if self.may_be_committed(error):
                    raise deadline.CommitUnanswered from error
                if not isinstance(error, DatabaseError):
                    # Django rolls back, or drops the connection, after a DatabaseError only.
                    error = Failed(str(error)).with_traceback(error.__traceback__)
                # An attribute of our own.
                error.untouched = True  # type: ignore[attr-defined]
                raise error


def is_write(sql: Any) -> bool:
    """Whether a statement changes rows or tables."""
    text = sql if isinstance(sql, str) else str(sql)
    if text.startswith(_READS):
        return False
    # The text of an INSERT grows with its rows.
    if len(text) > LONGEST_REMEMBERED:
        return _WRITE.search(text) is not None
    return _writes(text)


@lru_cache(maxsize=1024)
def _writes(text: str) -> bool:
    return _WRITE.search(text) is not None
