"""Appending to the journal, with the statements of the change itself.

SQLite has one writer at a time, so what is appended gets its position there and then. On PostgreSQL
it goes into the inbox, without any order, and savers wait for nobody (`sequencer.py`). Whoever
changes something appends after it was locked, never before: the sequencer's order rests on that.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.dispatch import Signal
from django.utils import timezone

from memory_hub.core.identity import Actor
from memory_hub.core.identity import Origin as CameFrom
from memory_hub.database.dialect import is_postgres
from memory_hub.database.statements import Planned, Statement
from memory_hub.database.transactions import OfTransaction
from memory_hub.journal.facts import Fact, new_salt, origin_hash

# Sent when something was appended and committed by this process.
appended = Signal()

# Facts of a statement: as many as the largest batch tells. SQLite takes 32,766 variables, and an
# entry has 16.
AT_ONCE = 1_000
# Columns of an entry that a fact has, with their types on PostgreSQL.
_PLAIN = {
    "change": "bigint",
    "kind": "text",
    "actor_id": "bigint",
    "token_id": "bigint",
    "via": "text",
    "subject_id": "bigint",
    "doc_id": "uuid",
    "revision": "bigint",
    "version": "bigint",
    "owner_id": "bigint",
    "space": "bigint",
    "old_space": "bigint",
}
_HASHES = ("content_hash", "origin_hash")
COLUMNS = (*_PLAIN, *_HASHES)


def append(facts: Sequence[Fact]) -> list[Statement]:
    """The statements that write the facts, for the last round trip of the transaction under way."""
    rows = [_Row(fact) for fact in facts]
    write = _to_inbox if is_postgres() else _as_entries
    return [
        statement
        for start in range(0, len(rows), AT_ONCE)
        for statement in write(rows[start : start + AT_ONCE])
    ]


class _Together(OfTransaction):
    """What one transaction appends: a number for each who does something in it, for a group commit
    carries out what several asked for."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self._changes: dict[tuple[Actor, CameFrom], list[int]] = {}

    def next(self, actor: Actor, origin: CameFrom) -> tuple[int, int]:
        """The change's number, and how many were appended to it before."""
        change = self._changes.setdefault((actor, origin), [])
        if not change:
            change += [int.from_bytes(os.urandom(8)) >> 1, -1]
        change[1] += 1
        return change[0], change[1]

    def committed(self) -> None:
        appended.send(None)


class _Row:
    """A fact as it is written."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        together = _Together.of(connections[DEFAULT_DB_ALIAS])
        self.change, self.ordinal = together.next(fact.actor, fact.origin)
        self.origin: dict[str, Any] | None = None
        self.origin_hash: bytes | None = None
        came, detail = fact.origin, dict(fact.detail)
        if came.request_id or came.address or detail:
            salt = new_salt()
            self.origin = {
                "salt": salt,
                "request_id": came.request_id,
                "address": came.address,
                "detail": detail,
            }
            self.origin_hash = origin_hash(**self.origin)

    def plain(self) -> tuple[Any, ...]:
        """The values of _PLAIN, as JSON has them."""
        fact = self.fact
        return (
            *(self.change, fact.kind, fact.actor.user_id, fact.actor.token_id),
            *(str(fact.origin.via), fact.subject_id, fact.doc_id, fact.revision, fact.version),
            *(fact.owner_id, fact.space, fact.old_space),
        )

    def hashes(self) -> tuple[bytes | None, bytes | None]:
        return self.fact.content_hash, self.origin_hash


_INBOX = (
    f"INSERT INTO journal_inbox ({', '.join(COLUMNS)}, ordinal, origin, audience) "  # noqa: S608 - names of our own
    f"SELECT {', '.join(_PLAIN)}, decode(content_hash, 'hex'), decode(origin_hash, 'hex'),"
    " ordinal, origin, audience FROM jsonb_to_recordset(%s::jsonb) AS given ("
    f"{', '.join(f'{name} {kind}' for name, kind in _PLAIN.items())},"
    f" {', '.join(f'{name} text' for name in _HASHES)}, ordinal int, origin jsonb, audience jsonb)"
)


def _to_inbox(rows: Sequence[_Row]) -> Iterator[Statement]:
    """One statement, whose text is always the same."""
    yield Planned(_INBOX, [orjson.dumps([_as_json(row) for row in rows]).decode()])


def _as_json(row: _Row) -> dict[str, Any]:
    said: dict[str, Any] = dict(zip(_PLAIN, row.plain(), strict=True))
    said |= zip(_HASHES, (value and value.hex() for value in row.hashes()), strict=True)
    said["ordinal"] = row.ordinal
    if row.origin is not None:
        said["origin"] = row.origin
    if row.fact.audience:
        said["audience"] = sorted(row.fact.audience)
    return said


_ENTRY = f"INSERT INTO journal_entry (at, {', '.join(COLUMNS)}) VALUES "  # noqa: S608 - names of our own
# Never less than its predecessor's, though the clock be set back.
_AT = "(max(%s, coalesce((SELECT at FROM journal_entry ORDER BY position DESC LIMIT 1), '')), "
_VALUES = f"{_AT}{', '.join(['%s'] * len(COLUMNS))})"
# The one of the entries just written that is so many before the last.
_POSITION = "((SELECT max(position) FROM journal_entry) - %s, "
_ORIGIN = "INSERT INTO journal_origin (position, salt, request_id, address, detail) VALUES "
_AUDIENCE = "INSERT INTO journal_audience (position, who) VALUES "


def _as_entries(rows: Sequence[_Row]) -> Iterator[Statement]:
    """On SQLite: entries, and what hangs on each."""
    at = connection.ops.adapt_datetimefield_value(timezone.now())
    values = [
        value
        for row in rows
        for value in (at, *(_stored(one) for one in row.plain()), *row.hashes())
    ]
    yield _ENTRY + ", ".join([_VALUES] * len(rows)), values
    before = range(len(rows) - 1, -1, -1)
    origins = [
        (back, *row.origin.values()) for back, row in zip(before, rows, strict=True) if row.origin
    ]
    if origins:
        sql = _ORIGIN + ", ".join([f"{_POSITION}%s, %s, %s, %s)"] * len(origins))
        yield sql, [_stored(value) for origin in origins for value in origin]
    told = [
        (back, who)
        for back, row in zip(before, rows, strict=True)
        for who in sorted(row.fact.audience)
    ]
    for start in range(0, len(told), AT_ONCE):
        part = told[start : start + AT_ONCE]
        sql = _AUDIENCE + ", ".join([f"{_POSITION}%s)"] * len(part))
        yield sql, [value for pair in part for value in pair]


def _stored(value: Any) -> Any:
    """As SQLite has it: of UUIDs their hexadecimal digits, of JSON its text."""
    if isinstance(value, dict):
        return orjson.dumps(value).decode()
    return value.hex if isinstance(value, UUID) else value
