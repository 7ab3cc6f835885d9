"""Trash, undelete, purge, expiry."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from memory_hub.accounts.principal import Principal
from memory_hub.idempotency import answers
from superthread import generations, limits, policies
from superthread.models import Memory
from superthread.reads import parse_id
from superthread.representation import Row
from superthread.search.index import forget_memories, prune_vocabulary
from superthread.services import writing

PURGE_AT_ONCE = 500  # memories per transaction, so that writers get their turn in between


@transaction.atomic
def trash(*, doc_id: str, by: Principal, expected: set[int] | None = None) -> None:
    """Moves a memory to the trash, where it stays ``limits.TRASH_KEPT``."""
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.ADMIN, expected=expected)
    trash_all([row["id"]], by_user=by.user_id)


@generations.telling()
def trash_all(ids: list[int], *, by_user: int | None) -> int:
    """Moves memories to the trash in one statement; the caller has checked and locked them."""
    generations.changed_ids(ids)
    return Memory.objects.filter(pk__in=ids, deleted_at=None).update(
        deleted_at=timezone.now(), deleted_by_id=by_user
    )


def refuse_undelete(*, doc_id: str, by: Principal) -> None:
    """Raises as ``undelete`` would for one who may not; for telling 404 and 403 before 400."""
    found = policies.in_trash(by).filter(doc_id=parse_id(doc_id)).values_list("role", flat=True)
    policies.require(found.first() or policies.Role.NONE, policies.Role.ADMIN)


@transaction.atomic
def undelete(*, doc_id: str, by: Principal) -> Row:
    """Brings a memory back as it was: grants, versions and revision."""
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.ADMIN, trashed=True)
    undelete_all([row["id"]])
    return row


@generations.telling()
def undelete_all(ids: list[int]) -> int:
    """Takes memories out of the trash; the caller has checked and locked them."""
    generations.changed_ids(ids)
    trashed = Memory.objects.filter(pk__in=ids, deleted_at__isnull=False)
    return trashed.update(deleted_at=None, deleted_by=None)


@transaction.atomic
def purge(*, doc_id: str, by: Principal, expected: set[int] | None = None) -> None:
    """Deletes a memory for good, from the trash or not: versions and grants too. Owner only."""
    row = writing.locked(
        doc_id=doc_id, by=by, least=policies.Role.OWNER, expected=expected, trashed=None
    )
    purge_all([row["id"]])


@generations.telling()
def purge_all(ids: list[int]) -> int:
    """Deletes memories and all that hangs on them, kept answers about them too; returns how many
    memories went."""
    names = Memory.objects.filter(pk__in=ids).values_list("doc_id", flat=True)
    answers.forget(map(str, names))
    forget_memories(ids)
    generations.changed_ids(ids)
    # Keys alone: Django reads what it deletes, and 500 contents may be 500 MiB.
    going = Memory.objects.filter(pk__in=ids).only("pk")
    return going.delete()[1].get("superthread.Memory", 0)


def purge_due(*, now: datetime | None = None) -> int:
    """Deletes what expired and what was in the trash too long; returns how many memories went."""
    now = now or timezone.now()
    due = Memory.objects.filter(Q(expires_at__lte=now) | Q(deleted_at__lte=now - limits.TRASH_KEPT))
    gone = 0
    found = True
    while found:
        with transaction.atomic():
            # Locked, or one of them might be undeleted between finding and deleting it.
            locked = due.select_for_update(of=("self",)).order_by("pk")
            found = list(locked.values_list("pk", flat=True)[:PURGE_AT_ONCE])
            gone += purge_all(found)
    if gone:
        prune_vocabulary()
    return gone
