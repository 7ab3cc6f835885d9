"""Generations and transactions: what is written becomes known after the commit, never before."""

from functools import partial

from django.db import connections, transaction

from memory_hub.caching import generations


def in_transaction() -> bool:
    """Whether this thread is inside a transaction of its own (one of the test runner's is not)."""
    return any(
        connection.atomic_blocks and not connection.atomic_blocks[-1]._from_testcase
        for connection in connections.all(initialized_only=True)
    )


def bump_after_commit(*keys: str) -> None:
    """Make answers that depend on the keys invalid, once what was written can be read.

    Bumped before the commit, a reader in between would keep the old answer under the new number.
    """
    bump = partial(generations.current().bump, *keys)
    if in_transaction():
        transaction.on_commit(bump)
    else:
        bump()  # on_commit would open a connection to learn that there is no transaction
