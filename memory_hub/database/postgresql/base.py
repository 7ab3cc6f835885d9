"""Django's PostgreSQL backend (psycopg2), taking its connections from a pool.

ENGINE = "memory_hub.database.postgresql"; DATABASES[alias]["POOL"] holds the arguments of
``ConnectionPool``, without it there is none. Django's own pooling needs psycopg 3.
"""

import os
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg2.extras
from django.db import Error, InterfaceError
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base

from memory_hub.core.errors import sqlstate
from memory_hub.database.commits import TruthfulCommits
from memory_hub.database.pool import ConnectionPool
from memory_hub.database.postgresql import pooler

# SQLSTATEs
IDLE_IN_TRANSACTION = "25P03"
# Also of a server that is no longer the primary, or not yet.
READ_ONLY = "25006"

_pools: dict[str, tuple[dict[str, Any], ConnectionPool]] = {}
_pools_lock = threading.Lock()


def existing_pool(alias: str) -> ConnectionPool | None:
    """This process's pool for the alias, or None while nothing has connected yet."""
    found = _pools.get(alias)
    return found[1] if found else None


def _pool_for(alias: str, parameters: dict[str, Any], options: dict[str, Any]) -> ConnectionPool:
    """The pool of an alias, made on first use; anew when tests changed the database's name."""
    with _pools_lock:
        known, pool = _pools.get(alias) or (None, None)
        if pool is not None and known == parameters:
            return pool
        if pool is not None:
            pool.close()
        pool = ConnectionPool(partial(_connect, parameters), **options)
        _pools[alias] = parameters, pool
        return pool


def _connect(parameters: dict[str, Any]) -> Any:
    """A new connection, made ready as Django's own backend does: jsonb stays text."""
    connection = pooler.connect(parameters)
    psycopg2.extras.register_default_jsonb(conn_or_curs=connection, loads=_as_it_is)
    return connection


def _as_it_is(value: str) -> str:
    return value


def _forget_pools() -> None:
    """In a forked child: the parent's connections are the parent's.

    psycopg2 leaves a connection alone that another process made, so dropping them is safe.
    """
    global _pools_lock
    _pools_lock = threading.Lock()
    _pools.clear()


os.register_at_fork(after_in_child=_forget_pools)


class DatabaseWrapper(TruthfulCommits, base.DatabaseWrapper):
    """As Django's, but ``connect`` borrows from the pool and ``close`` gives back."""

    _loan: Any = None
    # Somebody's server that must not be asked to write again.
    _is_read_only = False

    # Django looks here for its own kind of pool, which there never is.
    pool = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._notice_read_only)

    def _notice_read_only(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        try:
            return execute(sql, params, many, context)
        except Error as error:
            self._is_read_only |= sqlstate(error) == READ_ONLY
            raise

    def is_usable(self) -> bool:
        """Whether the connection answers, and may write: another one may lead to the primary."""
        return not self._is_read_only and super().is_usable()

    def may_be_committed(self, error: Error) -> bool:
        """An answer of PostgreSQL says that it was not, unless it is a good-bye: that may be sent
        after the commit as well. (One to a transaction that was idle was sent before.)"""
        if isinstance(error, InterfaceError):
            # psycopg2's own: it knew before that the connection had ended.
            return False
        told = getattr(error.__cause__, "pgcode", None)
        return not told or (told.startswith(("08", "57")) and told != IDLE_IN_TRANSACTION)

    def close_pool(self) -> None:
        """Close this alias's pool. Django calls it before it drops or copies a test database."""
        with _pools_lock:
            _, pool = _pools.pop(self.alias, None) or (None, None)
        if pool is not None:
            pool.close()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection from the pool; outside it for the one that makes and drops databases."""
        if self.alias == NO_DB_ALIAS:
            return super().get_new_connection(conn_params)
        self.isolation_level, self._is_read_only = base.IsolationLevel.READ_COMMITTED, False
        if "POOL" not in self.settings_dict:
            return _connect(conn_params)
        pool = _pool_for(self.alias, conn_params, self.settings_dict["POOL"])
        loan = pool.checkout()
        self._loan = pool, loan
        return loan.dbapi_connection

    def _close(self) -> None:
        if self._loan is None:
            super()._close()
            return
        (pool, loan), self._loan = self._loan, None
        with self.wrap_database_errors:
            pool.checkin(loan, outdated=self._is_read_only)
