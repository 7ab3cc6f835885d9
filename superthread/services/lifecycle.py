"""Trash, undelete, purge, expiry."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from memory_hub.accounts.principal import Principal
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell
from memory_hub.idempotency import answers
from superthread import limits, policies
from superthread.events import Facts, MemoryChanged, MemoryKind, telling
from superthread.models import Memory, Version
from superthread.paths import shelf_of
from superthread.reads.named import parse_id
from superthread.reads.representation import Row
from superthread.restricted import require_within
from superthread.search.index.documents import packed_sizes
from superthread.search.index.indexer import prune_vocabulary
from superthread.services import holds
from superthread.services.erasing import ask_to_erase
from superthread.services.steps import naming, writing
from superthread.services.steps.facts import facts_of, granted_on
from superthread.services.steps.parts import fitting

# What is deleted in a transaction, so that writers get their turn in between: memories, and bytes
# of their versions. SQLite reads what it deletes.
PURGE_AT_ONCE, PURGED_BYTES = 500, 16 * 2**20
VERSIONS_AT_ONCE = 1_000


@transaction.atomic
def trash(*, doc_id: str, by: Principal, expected: set[int] | None = None) -> None:
    """Moves a memory to the trash, where it stays ``limits.TRASH_KEPT``."""
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.ADMIN, expected=expected)
    trash_all([row], by=by)


def trash_all(memories: Sequence[Facts], *, by: Principal) -> None:
    """Moves memories that are not there to the trash, in one statement; the caller has checked and
    locked them."""
    columns = {"deleted_at": timezone.now(), "deleted_by_id": by.user_id or None}
    _set(MemoryKind.TRASHED, memories, columns, by)


@telling()
def _set(
    kind: MemoryKind, memories: Sequence[Facts], columns: dict[str, Any], by: Principal
) -> None:
    """Gives all these columns, and tells of it."""
    ids = [memory["id"] for memory in memories]
    Memory.objects.filter(pk__in=ids).update(**columns)
    granted = granted_on(ids)
    tell(
        *(
            MemoryChanged(
                *(by.actor, by.origin, kind, memory, memory | columns),
                *(frozenset(columns), granted[memory["id"]]),
            )
            for memory in memories
        )
    )


def trash_again(
    row: Row,
    named: Mapping[str, Any],
    *,
    at: datetime,
    whose: int | None,
    by: Principal,
) -> None:
    """Moves a memory that was brought back to where it was, with the path that it had: in the trash
    it keeps nobody from that. The caller has locked it."""
    columns = {**named, "deleted_at": at, "deleted_by_id": whose}
    _set(MemoryKind.TRASHED, [row], columns, by)


def refuse_undelete(*, doc_id: str, by: Principal) -> None:
    """Raises as ``undelete`` would for one who may not; for telling 404 and 403 before 400."""
    found = policies.in_trash(by).filter(doc_id=parse_id(doc_id)).values_list("role", flat=True)
    policies.require(found.first() or policies.Role.NONE, policies.Role.ADMIN)


@transaction.atomic
def undelete(*, doc_id: str, by: Principal, named: Mapping[str, str | None] | None = None) -> Row:
    """Brings a memory back as it was: grants, versions and revision; ``named`` may give it another
    path, or none: then the row has that of before as ``old_path``. Raises Taken where somebody has
    its path by now, TokenRestricted for one that the token is not for."""
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.ADMIN, trashed=True)
    if not named or named["path"] == row["path"]:
        undelete_all([row], by=by)
        return row
    require_within(by, {**row, **named})
    # While it is in the trash nobody else has to make way.
    trashed = writing.apply(row | {"deleted_at": timezone.now()}, dict(named), by=by)
    renamed = {name: trashed[name] for name in row}
    undelete_all([renamed], by=by)
    return {**renamed, "old_path": row["path"]}


def without_taken(memories: Sequence[Facts], by: Identity) -> list[Facts]:
    """Those of the memories in the trash whose paths are free."""
    taken = naming.refusals(_back(memories), by)
    return [memory for memory in memories if memory["id"] not in taken]


def _back(memories: Sequence[Facts]) -> list[naming.Claim]:
    pathed = [memory for memory in memories if memory["path"] is not None]
    return [naming.Claim(one["id"], naming.Held(shelf_of(one), one["path"])) for one in pathed]


def undelete_all(memories: Sequence[Facts], *, by: Principal) -> None:
    """Takes memories that are there out of the trash; the caller has checked and locked them.
    Raises Taken."""
    naming.take(_back(memories), by=by)
    _set(MemoryKind.UNDELETED, memories, {"deleted_at": None, "deleted_by_id": None}, by)


@transaction.atomic
def purge(*, doc_id: str, by: Principal, expected: set[int] | None = None) -> None:
    """Deletes a memory for good, from the trash or not: versions and grants too. Owner only.
    Raises OnHold.

    One with a long history is out of reach at once and deleted in parts after the commit; should
    that be cut off, ``purge_due`` goes on with it.
    """
    row = writing.locked(
        doc_id=doc_id, by=by, least=policies.Role.OWNER, expected=expected, trashed=None
    )
    holds.require_free([row])
    ids = [row["id"]]
    few = row["version"] * limits.CONTENT_BYTES <= PURGED_BYTES
    if few or _history_sizes(ids)[row["id"]] <= PURGED_BYTES:
        purge_all([row], by=by)
        return
    answers.forget([doc_id])
    # Due: in the trash for so long that nobody finds it there.
    long_ago = timezone.now() - limits.TRASH_KEPT
    _set(MemoryKind.TRASHED, [row], {"deleted_at": long_ago}, by)
    transaction.on_commit(lambda: _purge_in_parts(_due(timezone.now()), ids, by), robust=True)


@telling()
def purge_all(
    memories: Sequence[Facts],
    *,
    by: Identity,
    expired: Collection[int] = (),
) -> int:
    """Deletes memories and all that hangs on them, kept answers about them too; returns how many
    memories went. ``expired`` are the ids of those that go because their time is over."""
    if not memories:
        return 0
    ids = [memory["id"] for memory in memories]
    answers.forget(str(memory["doc_id"]) for memory in memories)
    ask_to_erase()
    granted = granted_on(ids)
    # Before it is done: the index counts what goes while it is there.
    tell(
        *(
            MemoryChanged(
                *(by.actor, by.origin),
                MemoryKind.EXPIRED if memory["id"] in expired else MemoryKind.PURGED,
                *(memory, None),
                granted=granted[memory["id"]],
            )
            for memory in memories
        )
    )
    # Keys alone: Django reads what it deletes, and 500 contents may be 500 MiB.
    going = Memory.objects.filter(pk__in=ids).only("pk")
    return going.delete()[1].get("superthread.Memory", 0)


def purge_due(*, by: Identity, now: datetime | None = None) -> int:
    """Deletes what expired and what was in the trash too long; returns how many memories went.

    In small transactions, so that writers get their turn in between.
    """
    due = _due(now or timezone.now())
    gone = last = 0
    while found := list(due.filter(pk__gt=last).order_by("pk")[:PURGE_AT_ONCE].values_list("pk")):
        ids = [pk for (pk,) in found]
        gone += _purge_in_parts(due, ids, by)
        last = ids[-1]
    prune_vocabulary()
    naming.prune()
    return gone


def _due(now: datetime) -> QuerySet[Memory]:
    """What nobody can bring back any more, and no hold keeps."""
    over = Q(expires_at__lte=now) | Q(deleted_at__lte=now - limits.TRASH_KEPT)
    return Memory.objects.filter(over, ~holds.held())


def _purge_in_parts(due: QuerySet[Memory], ids: list[int], by: Identity) -> int:
    """Deletes those of the memories that are due; returns how many went."""
    gone = 0
    while ids:
        terms, histories = packed_sizes(ids), _history_sizes(ids)
        sizes = ((pk, histories.get(pk, 0), terms.get(pk, 0)) for pk in ids)
        part = fitting(sizes, most_bytes=PURGED_BYTES)
        # One as long is alone in its part.
        if histories.get(part[0], 0) > PURGED_BYTES:
            _purge_history(due, part[0], by)
        with transaction.atomic():
            # Locked, or one of them might be undeleted between finding and deleting it.
            locked = due.filter(pk__in=part).select_for_update(of=("self",)).order_by("pk")
            going = facts_of(locked.values_list("pk", flat=True))
            expired = {memory["id"] for memory in going if memory["deleted_at"] is None}
            gone += purge_all(going, by=by, expired=expired)
        ids = ids[len(part) :]
    return gone


def _purge_history(due: QuerySet[Memory], memory_id: int, by: Identity) -> None:
    """Deletes the versions of a memory that is due, but for what may go with it."""
    versions = Version.objects.filter(memory_id=memory_id).order_by("number")
    numbers = True
    while numbers:
        sizes = accumulate(versions.values_list("number", "size")[:VERSIONS_AT_ONCE], _plus)
        numbers = [number for number, size in sizes if size <= PURGED_BYTES]
        with transaction.atomic(), telling():
            if not due.filter(pk=memory_id).select_for_update(of=("self",)).exists():
                return
            versions.filter(number__in=numbers).delete()
            (memory,) = facts_of([memory_id])
            granted = granted_on([memory_id])[memory_id]
            tell(
                MemoryChanged(
                    *(by.actor, by.origin, MemoryKind.SHORTENED, memory, memory),
                    granted=granted,
                )
            )


def _plus(before: tuple[int, int], version: tuple[int, int]) -> tuple[int, int]:
    """The version's number and the bytes up to it."""
    return version[0], before[1] + version[1]


def _history_sizes(ids: list[int]) -> dict[int, int]:
    """Bytes of the versions of memories, by id."""
    versions = Version.objects.filter(memory_id__in=ids).order_by()
    return dict(versions.values_list("memory_id").annotate(bytes=Sum("size")))
