"""What operators do in the admin to anybody's memories, without a role of their own.

Django's permissions are checked by the admin's pages; everything is written by the same functions
as for callers, so that versions, search and caches follow. What they do is an act of theirs: the
author of a version restored here is the operator.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from django.db import transaction
from django.db.models import Value

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import Conflict
from superthread.events import Facts
from superthread.models import Memory, Version
from superthread.policies import Role
from superthread.reads.representation import Row, rows
from superthread.services import history, lifecycle, sharing
from superthread.services.steps.facts import facts_of
from superthread.services.steps.parts import fitting


def _locked(ids: Iterable[int]) -> list[Facts]:
    """The memories, locked in the order of their keys so that two operators cannot deadlock."""
    chosen = Memory.objects.filter(pk__in=list(ids)).order_by("pk")
    held = chosen.select_for_update(of=("self",)).values_list("pk", flat=True)
    return facts_of(held)


def locked_row(memory_id: int) -> Row:
    """The locked memory's row. Raises Conflict where it is gone or in the trash."""
    return locked_rows([memory_id])[memory_id]


def locked_rows(ids: Sequence[int]) -> dict[int, Row]:
    """The same of many, by their ids."""
    held = {memory["id"] for memory in _locked(ids) if memory["deleted_at"] is None}
    if held != set(ids):
        raise Conflict("The memory is in the trash: take it out first.")
    chosen = Memory.objects.filter(pk__in=held).annotate(role=Value(Role.OWNER.value))
    return {row["id"]: row for row in rows(chosen)}


def trash(ids: Iterable[int], *, by: Principal) -> int:
    """Moves memories to the trash, some at a time. Returns how many were not there yet."""
    return _some_at_a_time(ids, partial(lifecycle.trash_all, by=by), trashed=False)


def undelete(ids: Iterable[int], *, by: Principal) -> int:
    """Takes memories out of the trash, some at a time, but for those whose paths somebody has by
    now. Returns how many."""

    def write(memories: list[Facts]) -> None:
        memories[:] = lifecycle.without_taken(memories, by)
        lifecycle.undelete_all(memories, by=by)

    return _some_at_a_time(ids, write, trashed=True)


def _some_at_a_time(
    ids: Iterable[int], write: Callable[[list[Facts]], None], *, trashed: bool
) -> int:
    """Writes those of the memories that are in the trash, or are not; returns how many, without
    those that ``write`` takes out. Rows are written anew with all their content."""
    sizes = list(Memory.objects.filter(pk__in=list(ids)).order_by("pk").values_list("pk", "size"))
    done = 0
    while sizes:
        part = fitting((pk, size, 0) for pk, size in sizes)
        with transaction.atomic():
            found = [one for one in _locked(part) if (one["deleted_at"] is not None) is trashed]
            write(found)
        done += len(found)
        del sizes[: len(part)]
    return done


def restore(memory_id: int, version_id: str, *, by: Principal) -> Row:
    """Makes a version the present state, as a new version. Raises Conflict for the trash."""
    versions = Version.objects.filter(memory_id=memory_id, version_id=version_id)
    found = history.made_ready(versions)
    with transaction.atomic():
        return history.put_back(locked_row(memory_id), found, by=by)


@transaction.atomic
def change_grants(memory_id: int, changes: dict[str, str | None], *, by: Principal) -> None:
    """Merges ``{address: role or None}``. Raises Conflict for the trash and the owner's address."""
    sharing.merge_grants(locked_row(memory_id), changes, by=by)
