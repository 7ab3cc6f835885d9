"""What every change of a memory has in common: locking it, versions, timestamps."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.utils import timezone

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import StaleRevision
from memory_hub.events.event import Event
from memory_hub.events.telling import tell
from superthread import policies
from superthread.events import (
    GrantChanged,
    GrantKind,
    MemoryChanged,
    MemoryKind,
    TransferChanged,
    TransferKind,
    telling,
)
from superthread.models import Grant, GrantRole, Memory, Transfer
from superthread.paths import depth_of
from superthread.reads.named import is_id, parse_id, row_of
from superthread.reads.representation import Row, rows
from superthread.search.index import indexer
from superthread.search.index.indexer import Contents
from superthread.services.steps import naming
from superthread.services.steps.facts import granted_on
from superthread.services.steps.versioning import Kept, record_versions
from superthread.titles import title_of

# What of a version can be put back: where a memory is found is no state of its own.
RESTORED = ("content", "category", "metadata")
# What versions keep; a change of any of these makes a new one.
VERSIONED = (*RESTORED, "path")
_BRIEF = (
    *("id", "doc_id", "role", "scope", "owner_id", "team_id", "team_key"),
    *("path", "revision", "version"),
)


def locked(
    *,
    doc_id: str,
    by: Principal,
    least: policies.Role,
    expected: set[int] | None = None,
    trashed: bool | None = False,
) -> Row:
    """The memory's row, locked until the transaction ends.

    Raises NotFound, RoleTooLow, and StaleRevision where ``expected`` (the revisions of If-Match)
    does not hold the present one. ``trashed`` looks in the trash instead, None in both places.
    """
    key = parse_id(doc_id)
    # An own statement: the row below is then read as the winner before us left it.
    held = _lock(key, by, least)
    row = None if trashed else row_of(doc_id=key, by=by)
    if row is None and trashed is not False:
        visible = policies.in_trash(by).filter(doc_id=key, role__gt=policies.Role.NONE)
        row = rows(visible).first()
    row = required(row, least, expected)
    # It was granted between the two statements: once more, now with the lock.
    if not held:
        return locked(doc_id=doc_id, by=by, least=least, expected=expected, trashed=trashed)
    return row


def locked_all(doc_ids: Sequence[str], *, by: Principal, brief: bool = False) -> dict[str, Row]:
    """The rows of those memories that are alive, locked until the transaction ends, by doc_id.

    Rows hold the caller's role, which may be none: ``required`` is still to be asked for each.
    ``brief`` ones hold that, and no more than events tell.
    Texts that are no ids find nothing.
    """
    keys = [UUID(doc_id) for doc_id in doc_ids if is_id(doc_id)]
    held = None
    if connection.features.has_select_for_update:
        # Only what the caller may change, as in _lock; in one order for all, lest two batches wait
        # for each other.
        mine = Memory.objects.annotate(role=policies.effective_role(by))
        mine = mine.filter(doc_id__in=keys, role__gte=policies.Role.EDITOR).order_by("pk")
        held = set(mine.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    alive = policies.with_role(by).filter(doc_id__in=keys).order_by()
    chosen = alive.annotate(team_key=F("team__key")).values(*_BRIEF) if brief else rows(alive)
    found = list(chosen)
    if held is not None and any(
        row["role"] >= policies.Role.EDITOR and row["id"] not in held
        for row in found
        # Granted between the two statements: once more, now with the lock.
    ):
        return locked_all(doc_ids, by=by, brief=brief)
    return {str(row["doc_id"]): row for row in found}


def required(row: Row | None, least: policies.Role, expected: set[int] | None = None) -> Row:
    """The row itself. Raises NotFound, RoleTooLow, StaleRevision as ``locked`` tells."""
    policies.require(row["role"] if row else policies.Role.NONE, least)
    if expected is not None and row["revision"] not in expected:
        raise StaleRevision(
            "Read it again and repeat the change.", current_revision=row["revision"]
        )
    return row


def _lock(key: UUID, by: Principal, least: policies.Role) -> bool:
    """Locks the memory for one who may change it; for others it must not wait, nor make wait.

    SQLite needs no lock: its transactions begin as writers.
    """
    if not connection.features.has_select_for_update:
        return True
    mine = Memory.objects.annotate(role=policies.effective_role(by)).filter(role__gte=least)
    wanted = mine.filter(doc_id=key).order_by().select_for_update(of=("self",), no_key=True)
    return wanted.values_list("pk").first() is not None


@telling()
def apply(
    row: Row,
    changes: dict[str, Any],
    *,
    by: Principal,
    kept: Kept | None = None,
    contents: Contents | None = None,
) -> Row:
    """Writes the changed columns, the next revision and, where content, category or metadata are
    among them, the next version, as ``kept`` says. Returns the new row. ``contents`` were prepared
    outside."""
    columns = _next_columns(row, changes)
    naming.take(naming.claims_of([(row, columns)]), by=by)
    Memory.objects.filter(pk=row["id"]).update(
        **{k: v for k, v in columns.items() if k not in _BESIDE}
    )
    return _written([(row, columns)], by=by, kept=kept, prepared=contents)[0]


@telling()
def apply_all(
    pairs: Sequence[tuple[Row, dict[str, Any]]],
    *,
    by: Principal,
    contents: Contents | None = None,
    keep_place: bool = False,
) -> list[Row]:
    """The same for many rows of ``locked_all``, in a number of statements that does not depend on
    theirs. Rows without changes stay as they are. With ``keep_place`` they count as changed when
    they were before, and stay where they are in lists."""
    changed = [(row, _next_columns(row, changes)) for row, changes in pairs if changes]
    if keep_place:
        changed = [(row, columns | {"updated_at": row["updated_at"]}) for row, columns in changed]
    naming.take(naming.claims_of(changed), by=by)
    _overwrite(changed)
    kept = Kept(author_id=by.user_id, at=timezone.now()) if keep_place else None
    new = {row["id"]: row for row in _written(changed, by=by, kept=kept, prepared=contents)}
    return [new.get(row["id"], row) for row, _ in pairs]


def _next_columns(row: Row, changes: dict[str, Any]) -> dict[str, Any]:
    """The changed columns and those that follow from them."""
    columns = dict(changes)
    if "content" in changes or "metadata" in changes:
        columns |= measures(row | changes)
    if "path" in changes:
        columns["path_depth"] = depth_of(changes["path"])
    columns |= {"updated_at": later_than(row["updated_at"]), "revision": row["revision"] + 1}
    if _is_versioned(changes):
        columns["version"] = row["version"] + 1
    return columns


def _is_versioned(columns: dict[str, Any]) -> bool:
    return any(name in columns for name in VERSIONED)


def _overwrite(pairs: Sequence[tuple[Row, dict[str, Any]]]) -> None:
    """Writes the columns of many rows: as an insert of rows whose keys are all taken, one
    statement a chunk, where an update would need a case for each row and column."""
    names = {name.removesuffix("_id") for _, columns in pairs for name in columns} - {*_BESIDE}
    if names:
        Memory.objects.bulk_create(
            [Memory(**_stored(row | columns)) for row, columns in pairs],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=sorted(names),
        )


# What changes with a column of its own table.
_BESIDE = ("team_key", "owner_email")
_NOT_STORED = (*_BESIDE, "role", "terms_left_out")


def _stored(row: Row) -> dict[str, Any]:
    """The row without what is not a column of its own table."""
    return {k: v for k, v in row.items() if k not in _NOT_STORED}


def _written(
    pairs: Sequence[tuple[Row, dict[str, Any]]],
    *,
    by: Principal,
    kept: Kept | None = None,
    prepared: Contents | None = None,
) -> list[Row]:
    """All that follows when columns were written, for one memory and for many: versions, what a
    new owner ends, and telling of it."""
    if not pairs:
        return []
    new = [row | columns for row, columns in pairs]
    versioned = [row["id"] for row, columns in pairs if _is_versioned(columns)]
    salts = record_versions(versioned, kept or Kept(author_id=by.user_id)) if versioned else {}
    granted = granted_on(row["id"] for row in new)
    terms = _indexed(pairs, new, prepared)
    changes = [
        MemoryChanged(
            *(by.actor, by.origin, _kind_of(columns), row, state),
            *(frozenset(columns), granted[row["id"]], salts.get(row["id"]), terms),
        )
        for (row, columns), state in zip(pairs, new, strict=True)
    ]
    ended = [
        end
        for state, (_, columns) in zip(new, pairs, strict=True)
        if "owner_id" in columns
        for end in _settled(state, granted[state["id"]], by)
    ]
    tell(*changes, *ended)
    return new


def _kind_of(columns: Mapping[str, Any]) -> MemoryKind:
    if "owner_id" in columns:
        return MemoryKind.TRANSFERRED
    moved = "scope" in columns or "team_id" in columns
    return MemoryKind.MOVED if moved else MemoryKind.UPDATED


def _indexed(
    pairs: Sequence[tuple[Row, dict[str, Any]]], new: Sequence[Row], prepared: Contents | None
) -> indexer.PreparedTerms | None:
    """What is known of the new contents, noted in the states; None where there is none."""
    rewritten = [row for row, (_, columns) in zip(new, pairs, strict=True) if "content" in columns]
    if not rewritten:
        return None
    contents = [(state["id"], state["content"]) for state in rewritten]
    terms = (prepared or Contents.counted()).of_these(contents)
    for state, one in zip(rewritten, terms.counted, strict=True):
        state["terms_left_out"] = one.left_out
    return terms


def _settled(state: Row, granted: Collection[str], by: Principal) -> Iterator[Event]:
    """A new owner needs no grant, and what an earlier one has offered is void."""
    email = state["owner_email"]
    offers = Transfer.objects.filter(memory_id=state["id"])
    for to in list(offers.values_list("email", flat=True)):
        offers.delete()
        # The offer that made them the owner is told as the memory's.
        if to != email:
            yield TransferChanged(by.actor, by.origin, TransferKind.LAPSED, state, to)
    if email not in granted:
        return
    own = Grant.objects.filter(memory_id=state["id"], email=email)
    role = GrantRole(own.values_list("role", flat=True).get()).label
    own.delete()
    yield GrantChanged(by.actor, by.origin, GrantKind.ENDED, state, email, role, None)


def measures(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that follow from content and metadata: title and size in bytes."""
    content = row["content"]
    return {"title": title_of(content, row["metadata"]), "size": len(content.encode())}


def later_than(previous: datetime) -> datetime:
    """Now, but always after ``previous``: a clock set back must not turn the order round."""
    return max(timezone.now(), previous + timedelta(microseconds=1))
