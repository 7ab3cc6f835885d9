"""Generations and transactions: what is written becomes known after the commit, never before.

Services say which keys they changed (`bump_after_commit`), inside `covering` the tables that those
keys stand for. What they do not say is found out: every database connection is watched, and a
statement that changes one of the tables outside such a block (the admin, a command, a shell, code
yet to come) makes every answer invalid at its commit. A word about one row says nothing of another:
it covers the statements of its own block alone. Forgetting to say something costs speed, not truth;
`untold` tells whoever wants to know of it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.dispatch import Signal

from memory_hub.caching import generations
from memory_hub.caching.generations.change import AnnouncedChange
from memory_hub.caching.statements import changed_by
from memory_hub.database.transactions import OfTransaction

# Sent with ``parts`` once something of them was written that nothing told stands for.
untold = Signal()


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
    block = _block.get()
    if block is not None:
        block.told = True
    if in_transaction():
        Changes.of(connections[DEFAULT_DB_ALIAS]).change.expect(keys)
    else:
        generations.current().bump(*keys)


def outdate_everything() -> None:
    """Make all answers invalid with the commit of the present transaction: for what everybody's
    show. It stands for what the `covering` block writes."""
    block = _block.get()
    if block is not None:
        block.told = True
    Changes.of(connections[DEFAULT_DB_ALIAS]).change.everything = True


class _Block:
    """A `covering` block: what it covers, and whether anything was told in it."""

    def __init__(self, parts: frozenset[str]) -> None:
        self.parts = parts
        self.told = False
        self.written_in: dict[BaseDatabaseWrapper, frozenset[str]] = {}


_block: ContextVar[_Block | None] = ContextVar("covering", default=None)


@contextmanager
def covering(*parts: str) -> Iterator[None]:
    """A block, or a function, that tells what its own statements change in these tables.

    The keys told inside cover its statements, no others. Parts are tables, and columns as
    ``table.column`` where `CachedTable` names them far. Nothing told inside covers nothing.
    """
    block = _Block(frozenset(parts))
    token = _block.set(block)
    failed = True
    try:
        yield
        failed = False
    finally:
        _block.reset(token)
        if not block.told:
            for connection, written in block.written_in.items():
                _note(connection, written, failed)


class Changes(OfTransaction):
    """What one transaction wrote, as far as it was told and as far as it was seen."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        super().__init__(connection)
        self.untold: frozenset[str] = frozenset()
        self.change = AnnouncedChange(generations.current())

    def committed(self) -> None:
        self.change.publish()
        if self.untold:
            untold.send(None, parts=self.untold)


def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """See the writes of a database connection. A receiver of `connection_created`."""
    if _note_writes not in connection.execute_wrappers:
        connection.execute_wrappers.append(_note_writes)
        # Django tells of a commit only when it is too late to announce anything.
        connection._commit = partial(_announced, connection, connection._commit)


def _announced(connection: BaseDatabaseWrapper, commit: Callable[[], None]) -> None:
    found = Changes.found(connection)
    if found is None:
        commit()
        return
    with found.change.committing():
        commit()


def _note_writes(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    parts = changed_by(sql if isinstance(sql, str) else str(sql))
    if not parts:
        return execute(sql, params, many, context)
    connection, block = context["connection"], _block.get()
    if not _is_open(connection):
        return _committed_alone(partial(execute, sql, params, many, context), parts)
    result = execute(sql, params, many, context)
    if block is not None and parts <= block.parts:
        block.written_in[connection] = parts | block.written_in.get(connection, frozenset())
    else:
        _note(connection, parts)
    return result


def _committed_alone(statement: Callable[[], Any], parts: frozenset[str]) -> Any:
    """A statement outside a transaction: nothing told stands for it."""
    change, begun = AnnouncedChange(generations.current()), False
    change.everything = True
    try:
        with change.committing():
            begun = True
            return statement()
    finally:
        # Also where it failed: a lost connection may have taken the change along.
        if begun:
            change.publish()
            untold.send(None, parts=parts)


def _note(connection: BaseDatabaseWrapper, parts: frozenset[str], failed: bool = False) -> None:
    """Something was written that nothing told stands for; `failed`: in a block that was not ended.

    What failed was most likely rolled back before it could be told. Not surely, where the
    connection was lost: so it outdates everything, but is no write that somebody forgot to tell.
    """
    if _is_open(connection):
        changes = Changes.of(connection)
        changes.change.everything = True
        changes.untold |= parts
    else:
        generations.current().bump_all()
        if not failed:
            untold.send(None, parts=parts)
