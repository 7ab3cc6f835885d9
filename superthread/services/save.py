"""Saving new memories."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from memory_hub.accounts.principal import Principal
from superthread import generations, policies
from superthread.models import Memory
from superthread.representation import Row
from superthread.search.index import count_terms, index_counted
from superthread.services import writing


@dataclass(frozen=True, slots=True)
class Draft:
    """A validated memory that is not stored yet."""

    content: str
    scope: str = "personal"
    category: str = "default"
    team_key: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None


def save(draft: Draft, *, by: Principal) -> Row:
    """Stores one memory of the caller's. Raises BadInput and MissingScope as place_for does."""
    return save_all([draft], by=by)[0]


def save_all(drafts: Sequence[Draft], *, by: Principal) -> list[Row]:
    """Stores all drafts or none, in a number of statements that does not depend on theirs."""
    places = [writing.place_for(by, draft.scope, draft.team_key) for draft in drafts]
    now = timezone.now()
    memories = [
        Memory(
            owner_id=by.user_id,
            scope=place.scope,
            team_id=place.team_id,
            category=draft.category,
            content=draft.content,
            metadata=draft.metadata,
            created_at=now,
            updated_at=now,
            expires_at=draft.expires_at,
            **writing.measures(draft.content),
        )
        for draft, place in zip(drafts, places, strict=True)
    ]
    # Before the transaction: it takes long for long texts, and on SQLite all writers wait.
    counted = [count_terms(draft.content) for draft in drafts]
    with transaction.atomic():
        Memory.objects.bulk_create(memories)
        stored = [_row(memory, place, by) for memory, place in zip(memories, places, strict=True)]
        writing.record_versions(stored, author_id=by.user_id, at=now)
        index_counted({row["id"]: one for row, one in zip(stored, counted, strict=True)}, new=True)
        generations.saved(stored)
    return stored


def _row(memory: Memory, place: writing.Place, by: Principal) -> Row:
    return {
        "id": memory.pk,
        "doc_id": memory.doc_id,
        "scope": place.scope,
        "team_key": place.team_key,
        "category": memory.category,
        "title": memory.title,
        "content": memory.content,
        "metadata": memory.metadata,
        "revision": memory.revision,
        "version": memory.version,
        "owner_id": by.user_id,
        "owner_email": by.email,
        "role": policies.Role.OWNER,
        "size": memory.size,
        "created_at": memory.created_at,
        "updated_at": memory.updated_at,
        "expires_at": memory.expires_at,
    }
