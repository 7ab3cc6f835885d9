"""Statements that each connection of PostgreSQL plans once (PREPARE): it spends more on planning a
short one than on carrying it out."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DatabaseError, OperationalError

from memory_hub.core import deadline
from memory_hub.core.errors import sqlstate
from memory_hub.database.postgresql import pooler

T = TypeVar("T")
# SQLSTATEs of a plan that is there already, and of one that is not.
NOT_OURS = ("42P05", "26000")
# Plans that a connection keeps, each of about 150 KB of PostgreSQL's memory; the one that was not
# used for longest goes.
MOST_PLANS = 64
# The names of what is prepared, used last at the end, by connection of the driver, each used by one
# thread at a time.
_prepared: WeakKeyDictionary[Any, OrderedDict[str, None]] = WeakKeyDictionary()


class PlansLost(OperationalError):
    """A pooler gave the transaction another connection than planned; the next one goes well."""

    untouched = True


def again_without_plans(unit: Callable[[], T]) -> T:
    """Calls the unit; once more when it lost its plans, unless it has changed something."""
    try:
        return unit()
    except PlansLost:
        if deadline.may_have_changed():
            raise
        return unit()


def are_kept(connection: Any) -> bool:
    """Whether a plan that the connection makes now is still there at the next call."""
    planning = connection.vendor == "postgresql" and settings.HUB_PREPARED_STATEMENTS
    return bool(planning) and pooler.may_prepare()


def prepare(
    raw: Any, name: str, sql: str, values: Callable[[], Sequence[Any]] | None = None
) -> None:
    """Have the driver's connection plan the statement, unless it did before; ``values`` makes those
    that are the same at each call.

    A rollback takes no prepared statement away, and psycopg2 shares none between connections.
    """
    known = _prepared.setdefault(raw, OrderedDict())
    if name in known:
        known.move_to_end(name)
        return
    with raw.cursor() as cursor:
        if len(known) >= MOST_PLANS:
            oldest, _ = known.popitem(last=False)
            cursor.execute(f'DEALLOCATE "{oldest}"')
        cursor.execute(f'PREPARE "{name}" AS {sql}', values() if values else None)
    known[name] = None


def met_foreign_ones(error: DatabaseError, connection: Any, *names: str) -> None:
    """After an error: returns where the statement may be sent again without a plan.

    Raises PlansLost within a transaction that met a connection which is not its own, and the error
    where it is another one.
    """
    if sqlstate(error) not in NOT_OURS:
        raise error
    pooler.stop_preparing("a connection kept another one's plans")
    for name in names:
        _prepared[connection.connection].pop(name, None)
    if connection.in_atomic_block:
        raise PlansLost("The statement was planned on another connection.") from error
