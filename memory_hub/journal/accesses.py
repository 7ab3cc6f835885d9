"""What was counted of reads and refusals, as rows: one for all that is the same within an hour.

A loop of each worker adds what it counted every ten seconds and at its end. Where an operator wants
every read on record (`HUB_AUDIT_READS=every`), a read writes its own row before it is answered.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.conf import settings
from django.db import Error, connection, connections
from django.utils import timezone

from memory_hub.caching import dependencies
from memory_hub.core.identity import Identity
from memory_hub.database.resting import rest
from memory_hub.database.statements import inserted, run
from memory_hub.jobs.declared import WorkerJob
from memory_hub.jobs.loops import Loop
from memory_hub.journal import tallies
from memory_hub.journal.models import Access
from memory_hub.journal.tallies import Counted, Key

EVERY_SECONDS = 10.0
# Rows of one transaction: on SQLite writers wait for it.
AT_ONCE = 500
_KEY = ("subject_id", "period", "actor_id", "token_id", "kind", "address", "route")
_COLUMNS = (*_KEY, "count", "first_at", "last_at")
_TABLE = Access._meta.db_table
_CLASH = (
    f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET"
    f" count = {_TABLE}.count + excluded.count, last_at = excluded.last_at"
)
# Of the request being answered, where every read has a row.
_noted: ContextVar[list[Key] | None] = ContextVar("reads", default=None)


def note_read(kind: str, subject_id: int, by: Identity) -> None:
    """Somebody is shown something that is not theirs."""
    if settings.HUB_AUDIT_READS == "off":
        return
    if settings.HUB_AUDIT_READS == "counted":
        tallies.read(kind, subject_id, by)
        return
    recording, noted = dependencies.current.get(), _noted.get()
    if recording is not None:
        recording.give_up()
    key = Key(kind, subject_id, by.user_id, by.token_id or 0)
    if noted is None:
        _write({key: 1}, timezone.now())
    else:
        noted.append(key)


@contextmanager
def before_answering() -> Iterator[None]:
    """A block that makes an answer: where every read has a row, they are written at its end. Raises
    what the database raises: then there is no answer."""
    if settings.HUB_AUDIT_READS != "every":
        yield
        return
    noted: list[Key] = []
    token = _noted.set(noted)
    try:
        yield
    finally:
        _noted.reset(token)
    _write(Counter(noted), timezone.now())


def flush() -> int:
    """Add what was counted to the rows; returns how many keys. Raises django.db.Error; nothing is
    lost by that. What the database may have done before it went away is counted once more."""
    counted = tallies.take()
    try:
        _write(counted, tallies.hour_of(timezone.now()))
    except Error:
        tallies.put_back(counted)
        raise
    return len(counted)


def _write(counted: Counted, period: datetime) -> None:
    adapted = connection.ops.adapt_datetimefield_value
    since, now = adapted(period), adapted(timezone.now())
    # In one order: two workers that add to the same rows would wait for each other.
    keys = sorted(counted)
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        rows = [
            [
                *(key.subject_id, since, key.actor_id, key.token_id, key.kind, key.address),
                *(key.route, counted[key], now, now),
            ]
            for key in part
        ]
        run(inserted(_TABLE, _COLUMNS, rows, _CLASH))
        for key in part:
            del counted[key]


def _turn() -> float:
    try:
        flush()
    finally:
        rest()
    return EVERY_SECONDS


def _last() -> None:
    flush()
    connections.close_all()


_loop = Loop("reads", _turn, last=_last, forked=tallies.forget, delay=EVERY_SECONDS)
COUNT_READS = WorkerJob(
    name="reads",
    help="Adds what the worker counted of reads and refusals to their table.",
    loop=lambda: _loop,
)
