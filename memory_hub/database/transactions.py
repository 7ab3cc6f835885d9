"""What belongs to one transaction, from its first use until the commit."""

from typing import Any, Self

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper


class OfTransaction:
    """Something that a transaction has one of: found again while it lasts, dropped when it is
    rolled back, told of its commit. For subclasses.

    Of a savepoint's it is where it was first asked for inside one: dropped with that.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._mark = _mark(connection)
        self.is_over = False

    @classmethod
    def of(cls, connection: BaseDatabaseWrapper) -> Self:
        """That of the transaction under way, made if need be."""
        found = cls.found(connection)
        if found is None:
            found = cls(connection)
            transaction.on_commit(found._end, using=connection.alias)
        return found

    @classmethod
    def found(cls, connection: BaseDatabaseWrapper) -> Self | None:
        """That of the transaction under way, None where nobody has asked for one."""
        mark = _mark(connection)
        for _, callback, _ in connection.run_on_commit:
            owner = getattr(callback, "__self__", None)
            if type(owner) is cls and owner._mark == mark and not owner.is_over:
                return owner
        return None

    def _end(self) -> None:
        self.is_over = True
        self.committed()

    def committed(self) -> None:
        """Called after the commit."""


def _mark(connection: BaseDatabaseWrapper) -> Any:
    """Tells transactions apart where several wait for a commit: inside a test runner's, where ours
    are savepoints. Elsewhere there is one at a time."""
    outside = sum(1 for block in connection.atomic_blocks if block._from_testcase)
    return connection.savepoint_ids[outside - 1 : outside] if outside else None
