"""Saving new memories."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from memory_hub.accounts.principal import Principal
from memory_hub.database.group_commit import GroupCommit
from memory_hub.prepared import PreparedInsert
from superthread import generations, policies
from superthread.models import Memory
from superthread.models.memory import new_uuid
from superthread.representation import Row
from superthread.search.index import Counted, count_terms, index_counted
from superthread.services import writing
from superthread.services.versioning import record_versions

LONG = 65_536  # bytes of a content


@dataclass(frozen=True, slots=True)
class Draft:
    """A validated memory that is not stored yet; the moments and the id are for imports alone."""

    content: str
    scope: str = "personal"
    category: str = "default"
    team_key: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    doc_id: UUID | None = None


class _Prepared(NamedTuple):
    """All that storing a draft needs, worked out before the transaction; the row has no id yet."""

    row: Row
    counted: Counted


def save(draft: Draft, *, by: Principal) -> Row:
    """Stores one memory of the caller's. Raises BadInput and MissingScope as place_for does.

    Outside a transaction, together with what others save at the same moment.
    """
    one = _prepared(draft, by, timezone.now())
    # A long one goes alone: nobody shall wait for the index of another's book.
    if connection.in_atomic_block or one.row["size"] > LONG:
        return _store([one])[0]
    return _store_together(one)


def save_all(drafts: Sequence[Draft], *, by: Principal) -> list[Row]:
    """Stores all drafts or none, in a number of statements that does not depend on theirs."""
    now = timezone.now()
    return _store([_prepared(draft, by, now) for draft in drafts]) if drafts else []


def _prepared(draft: Draft, by: Principal, now: datetime) -> _Prepared:
    """Not in the transaction: counting takes long for long texts, and on SQLite writers wait."""
    place = writing.place_for(by, draft.scope, draft.team_key)
    row: Row = {
        "doc_id": draft.doc_id or new_uuid(),
        "scope": place.scope,
        "team_id": place.team_id,
        "team_key": place.team_key,
        "category": draft.category,
        "content": draft.content,
        "metadata": draft.metadata,
        "revision": 1,
        "version": 1,
        "owner_id": by.user_id,
        "owner_email": by.email,
        "role": policies.Role.OWNER,
        "created_at": draft.created_at or draft.updated_at or now,
        "updated_at": draft.updated_at or now,
        "expires_at": draft.expires_at,
        **writing.measures(draft.content),
    }
    return _Prepared(row, count_terms(draft.content))


@generations.telling()
def _store(all_of: Sequence[_Prepared]) -> list[Row]:
    with transaction.atomic():
        ids = _insert([one.row for one in all_of])
        record_versions(ids)
        stored = [one.row | {"id": key} for key, one in zip(ids, all_of, strict=True)]
        generations.saved(stored)
        counted = {key: one.counted for key, one in zip(ids, all_of, strict=True)}
        index_counted(counted, new=True)
    return stored


_insert = PreparedInsert(
    Memory,
    *("doc_id", "owner_id", "scope", "team_id", "category", "title", "content", "metadata"),
    *("size", "revision", "version", "created_at", "updated_at", "expires_at"),
)
_store_together = GroupCommit(_store, most=32)
