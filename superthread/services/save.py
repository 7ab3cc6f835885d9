"""Saving new memories."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from memory_hub.accounts.principal import Principal
from memory_hub.core import deadline
from memory_hub.core.deadline import Deadline
from memory_hub.core.errors import HubError
from memory_hub.database.dialect import is_postgres
from memory_hub.database.group_commit import GroupCommit
from memory_hub.database.inserting import NewKeys, PreparedInsert
from memory_hub.events.telling import tell
from superthread import policies
from superthread.events import MemoryChanged, MemoryKind, telling
from superthread.models import Memory
from superthread.models.memory import new_uuid
from superthread.models.space import space_of
from superthread.paths import depth_of, shelf_of
from superthread.reads.representation import Row
from superthread.scanning.judging import judge
from superthread.search.index import indexer, vocabulary
from superthread.search.index.described import terms_beside, with_beside
from superthread.search.index.documents import Counted
from superthread.search.index.holders import holder_of
from superthread.services import places
from superthread.services.steps import naming, writing
from superthread.services.steps.versioning import versions_of
from superthread.store_terms import Draft

LONG = 65_536  # bytes of a content


class PreparedSave(NamedTuple):
    """All that storing drafts needs, worked out before the transaction; rows without ids yet, and
    whose each is: several callers' are stored together."""

    rows: list[Row]
    terms: indexer.PreparedTerms
    by: Sequence[Principal]


def save(draft: Draft, *, by: Principal) -> Row:
    """Stores one memory of the caller's. Raises BadInput and MissingScope as place_for does."""
    return store(prepare([draft], by=by))


def save_all(drafts: Sequence[Draft], *, by: Principal) -> list[Row]:
    """Stores all drafts or none, in a number of statements that does not depend on theirs."""
    return store_all(prepare(drafts, by=by))


def prepare(
    drafts: Sequence[Draft], *, by: Principal, counted: Sequence[Counted] | None = None
) -> PreparedSave:
    """Not in the transaction: counting takes long for long texts, and on SQLite writers wait.

    ``counted`` are the terms of the drafts, where they are known. Raises BadInput and MissingScope
    as place_for does.
    """
    now = timezone.now()
    rows = [_row(draft, by, now) for draft in drafts]
    if counted is None:
        counted = [indexer.count_terms(draft.content) for draft in drafts]
    counted = [with_beside(one, terms_beside(row)) for one, row in zip(counted, rows, strict=True)]
    terms = indexer.prepare(counted, spaces={row["space"] for row in rows})
    for row, one in zip(rows, terms.counted, strict=True):
        row["terms_left_out"] = one.left_out
    return PreparedSave(rows, terms, [by] * len(rows))


def store(prepared: PreparedSave) -> Row:
    """Stores one memory; outside a transaction, together with what others save at the moment."""
    (row,) = prepared.rows
    deadline.tell(doc_id=str(row["doc_id"]))
    if connection.in_atomic_block or goes_alone(prepared):
        return store_all(prepared)[0]
    return _store_together(prepared)


def store_each(
    several: Sequence[tuple[PreparedSave, Deadline | None]],
) -> Sequence[Row | BaseException]:
    """The same for several memories, none of which ``goes_alone``, each with the deadline of its
    request: what is stored of each, or why it is not."""
    for prepared, of in several:
        if of is not None:
            of.members["doc_id"] = str(prepared.rows[0]["doc_id"])
    return _store_together.each(several)


def goes_alone(prepared: PreparedSave) -> bool:
    """Whether one memory is stored in a transaction of its own. A long one is: nobody shall wait
    for the index of another's book. So is one with a path: what is refused ends its transaction."""
    (row,) = prepared.rows
    return bool(prepared.terms.documents or row["size"] > LONG or row["path"] is not None)


def _located(draft: Draft, by: Principal) -> Row:
    """The columns that say whose the draft is going to be. Raises as place_of does."""
    place = places.place_of(draft, by)
    return {
        "scope": place.scope,
        "team_id": place.team_id,
        "team_key": place.team_key,
        "owner_id": by.user_id,
    }


def holder_of_draft(draft: Draft, by: Principal) -> int:
    """Whose words the draft's are going to be. Raises as place_of does."""
    return holder_of(space_of(_located(draft, by)))


def refused(drafts: Sequence[Draft | HubError], by: Principal) -> dict[int, naming.Taken]:
    """Why drafts are refused whose paths are taken, by their places in the list."""
    claims = [
        naming.Claim(-number, naming.Held(shelf_of(_located(draft, by)), draft.path))
        for number, draft in enumerate(drafts, 1)
        if isinstance(draft, Draft) and draft.path is not None
    ]
    return {-number - 1: why for number, why in naming.refusals(claims, by).items()}


def _row(draft: Draft, by: Principal, now: datetime) -> Row:
    where = _located(draft, by)
    judge({"scope": where["scope"], "content": draft.content, "metadata": draft.metadata})
    return {
        **where,
        "space": space_of(where),
        "doc_id": draft.doc_id or new_uuid(),
        "path": draft.path,
        "path_depth": depth_of(draft.path),
        "category": draft.category,
        "content": draft.content,
        "metadata": draft.metadata,
        "revision": 1,
        "version": 1,
        "owner_email": by.email,
        "role": policies.Role.OWNER,
        "created_at": draft.created_at or draft.updated_at or now,
        "updated_at": draft.updated_at or now,
        "expires_at": draft.expires_at,
        **writing.measures({"content": draft.content, "metadata": draft.metadata}),
    }


@telling()
def store_all(prepared: PreparedSave) -> list[Row]:
    """Stores all that was prepared or nothing."""
    if not prepared.rows:
        return []
    try:
        return _stored(prepared)
    except IntegrityError:
        if not is_postgres():
            raise
        # What the process has kept may not be so any more: again, with what the database says.
        vocabulary.forget()
        _keys.forget()
        return _stored(prepared._replace(terms=replace(prepared.terms, asks=True)))


def _stored(prepared: PreparedSave) -> list[Row]:
    with transaction.atomic():
        naming.take(naming.claims_to_come(prepared.rows), by=prepared.by[0])
        keys = _keys(len(prepared.rows))
        stored = [row | {"id": key} for key, row in zip(keys, prepared.rows, strict=True)]
        salts, versions = versions_of(keys)
        tell(*_told(stored, prepared, salts), writing=[*_insert(stored), versions])
    return stored


def _told(
    stored: Sequence[Row], prepared: PreparedSave, salts: Mapping[int, str]
) -> Iterator[MemoryChanged]:
    """New memories: nobody has a grant on them yet."""
    for row, by in zip(stored, prepared.by, strict=True):
        yield MemoryChanged(
            *(by.actor, by.origin, MemoryKind.CREATED, None, row),
            salt=salts[row["id"]],
            prepared=prepared.terms,
        )


def _store_group(group: Sequence[PreparedSave]) -> list[Row]:
    """Stores what several threads have prepared, one memory each."""
    rows = [row for one in group for row in one.rows]
    counted = [counted for one in group for counted in one.terms.counted]
    return store_all(
        PreparedSave(rows, indexer.PreparedTerms(counted), [by for one in group for by in one.by])
    )


_keys = NewKeys(Memory)
_insert = PreparedInsert(
    Memory,
    *("id", "doc_id", "owner_id", "scope", "team_id", "space", "path", "path_depth"),
    *("category", "title", "content", "metadata", "size", "revision", "version"),
    *("created_at", "updated_at", "expires_at"),
)
_store_together = GroupCommit(_store_group, most=32)
