"""Generations and transactions: what is written becomes known after the commit, never before.

Services say which keys they changed (`bump_after_commit`). What they do not say is found out: every
database connection is watched, and a transaction that wrote to a table of an area without a word
about that area (the admin, a command, a shell, code yet to come) makes every answer invalid at its
commit. Forgetting to say something costs speed, not truth.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from memory_hub.caching import generations
from memory_hub.caching.generations.mapped import expected_generation

# The tables behind cached answers; the area is the first part of the keys that services bump.
AREAS = {
    "superthread_memory": "memories",
    "superthread_version": "memories",
    "superthread_grant": "memories",
    "accounts_user": "accounts",
    "accounts_token": "accounts",
    "accounts_team": "accounts",
    "accounts_membership": "accounts",
}
LONGEST_REMEMBERED = 4096  # characters of a statement
_READS = ("SELECT", "SAVEPOINT", "RELEASE", "PRAGMA", "BEGIN")
# A statement may begin with WITH and read or write.
_WRITE = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|ALTER|DROP)\b", re.IGNORECASE)
_TABLE = re.compile(r"\b(" + "|".join(AREAS) + r")\b", re.IGNORECASE)
# When a token was last used, or someone logged in, is in no cached answer.
_HARMLESS = re.compile(
    r'UPDATE "accounts_token" SET "last_used_at" = |UPDATE "accounts_user" SET "last_login" = '
    r"[^,]* WHERE"
)


def in_transaction() -> bool:
    """Whether this thread is inside a transaction of its own (one of the test runner's is not)."""
    return any(_is_open(connection) for connection in connections.all(initialized_only=True))


def _is_open(connection: BaseDatabaseWrapper) -> bool:
    blocks = connection.atomic_blocks
    return bool(blocks) and not blocks[-1]._from_testcase


def bump_after_commit(*keys: str) -> None:
    """Make answers that depend on the keys invalid, once what was written can be read.

    Bumped before the commit only, a reader in between would keep the old answer under the new
    number; after the commit only, others would be told what is old already.
    """
    if in_transaction():
        _changes(connections[DEFAULT_DB_ALIAS]).tell(keys)
    else:
        generations.current().bump(*keys)


class Changes:
    """What one transaction wrote, as far as it was told and as far as it was seen."""

    def __init__(self, mark: object) -> None:
        self.mark = mark  # of the transaction
        self.keys: set[str] = set()
        self.areas: set[str] = set()
        self.expected = expected_generation()

    def tell(self, keys: tuple[str, ...]) -> None:
        """What the commit will change; nothing is kept under it until then."""
        generations.current().expect([key for key in keys if key not in self.keys], self.expected)
        self.keys.update(keys)

    def publish(self) -> None:
        """After the commit."""
        told = {key.partition("/")[0] for key in self.keys}
        if self.areas - told:
            generations.current().bump_all()
        else:
            generations.current().bump(*self.keys, expected=self.expected)


def _changes(connection: BaseDatabaseWrapper) -> Changes:
    """The changes of the transaction under way; published when it commits, dropped when not."""
    mark = _mark(connection)
    for _, callback, _ in connection.run_on_commit:
        owner = getattr(callback, "__self__", None)
        if isinstance(owner, Changes) and owner.mark == mark:
            return owner
    changes = Changes(mark)
    transaction.on_commit(changes.publish, using=connection.alias)
    return changes


def _mark(connection: BaseDatabaseWrapper) -> object:
    """Tells transactions apart where several wait for a commit: inside a test runner's, where ours
    are savepoints. Elsewhere there is one at a time."""
    outside = sum(1 for block in connection.atomic_blocks if block._from_testcase)
    return connection.savepoint_ids[outside - 1] if outside else None


def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """See the writes of a database connection. A receiver of `connection_created`."""
    if _note_writes not in connection.execute_wrappers:
        connection.execute_wrappers.append(_note_writes)


def _note_writes(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    result = execute(sql, params, many, context)
    text = sql if isinstance(sql, str) else str(sql)
    # Only short ones are remembered: the text of an INSERT grows with its rows.
    find = _written_areas if len(text) <= LONGEST_REMEMBERED else _written_areas.__wrapped__
    areas = find(text)
    if areas:
        _note(context["connection"], areas)
    return result


@lru_cache(maxsize=1024)
def _written_areas(sql: str) -> frozenset[str]:
    """The areas whose tables a statement changes. Values are not part of it, so it comes again."""
    if sql.startswith(_READS) or not _WRITE.search(sql) or _HARMLESS.match(sql):
        return frozenset()
    return frozenset(AREAS[name.lower()] for name in _TABLE.findall(sql))


def _note(connection: BaseDatabaseWrapper, areas: frozenset[str]) -> None:
    if _is_open(connection):
        _changes(connection).areas |= areas
    else:
        generations.current().bump_all()
