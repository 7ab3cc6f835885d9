"""Bringing memories back as an export has them: versions, their authors and dates, grants.

An operator's act: the commands alone come here. All of it runs within the importer's transactions,
and a version is amended in the transaction only that makes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F, Model

from memory_hub.accounts import services as accounts
from memory_hub.accounts.principal import Principal
from memory_hub.caching.invalidation import bump_after_commit
from memory_hub.core.errors import Conflict
from memory_hub.events.telling import tell
from superthread.events import MemoryChanged, MemoryKind, telling
from superthread.models import Grant, Memory, Version
from superthread.paths import depth_of
from superthread.reads.representation import Row
from superthread.services import history, lifecycle, operators, revise, sharing
from superthread.services.steps import writing
from superthread.services.steps.facts import facts_of, granted_on
from superthread.services.steps.versioning import Kept


@dataclass(frozen=True, slots=True)
class Recorded:
    """A version as it was: its number, who made it and when, under which description and id, and
    when its text was taken out, if it was."""

    number: int
    author: str
    created_at: datetime
    description: str = ""
    version_id: UUID | None = None
    redacted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a line tells beside the state: whose it was, which ``version`` it is, and of the last
    line what the memory had: ``revision``, ``updated_at``, ``grants``, and those not accepted yet,
    ``offers``, since when, ``offered_at``, with who made those that the owner did not,
    ``offered_by``."""

    owner: str | None = None
    version: Recorded | None = None
    revision: int | None = None
    updated_at: datetime | None = None
    grants: Mapping[str, str] | None = None
    offers: Mapping[str, str] | None = None
    offered_by: Mapping[str, str] | None = None
    offered_at: Mapping[str, datetime] | None = None
    # Since when it was in the trash, and who moved it there.
    deleted_at: datetime | None = None
    deleted_by: str | None = None

    @property
    def is_last(self) -> bool:
        """Whether this is the memory's last line, with what belongs to no version."""
        told = (self.revision, self.grants, self.offers)
        return any(one is not None for one in told)


class Grown(NamedTuple):
    """A memory that gets its next version. One that ``has_passed`` claims no path: the one that it
    had may be somebody else's by now."""

    memory_id: int
    changes: dict[str, Any]
    version: Recorded
    has_passed: bool


class Finished(NamedTuple):
    """A memory that has all its versions, and the path that it had."""

    memory_id: int
    facts: Facts
    path: str | None


@telling()
def put_all(grown: Sequence[Grown], *, by: Principal) -> dict[int, Row]:
    """The next version of each of the memories, also where it only has another description; their
    rows by their ids.

    Raises Conflict where one is not the next: history has no gaps. Then nothing is to be kept.
    """
    rows = operators.locked_rows([one.memory_id for one in grown])
    kept = _kept([one.version for one in grown], by)
    pairs, of_state = [], []
    for one, told in zip(grown, kept, strict=True):
        row = rows[one.memory_id]
        real = _real(row, one, by)
        if real.keys() != {"path"} and not real.keys().isdisjoint(writing.VERSIONED):
            pairs.append((row, real))
            of_state.append((one, told))
        else:
            rows[one.memory_id] = _put_beside(row, real, one, told, by)
    for row in writing.apply_all(pairs, by=by):
        rows[row["id"]] = row
    _restate(of_state)
    # Of these memories the changes above have told, in the same transaction: nobody else's answers
    # are outdated by what their versions are given.
    bump_after_commit()
    _tell_amended([one.memory_id for one in grown if one.version.redacted_at], by, "redacted_at")
    return rows


def _real(row: Row, one: Grown, by: Principal) -> dict[str, Any]:
    """The columns that change. Raises Conflict."""
    if one.version.number != row["version"] + 1:
        raise Conflict(f"Version {row['version'] + 1} comes next, not {one.version.number}.")
    wanted = {k: value for k, value in one.changes.items() if k != "path" or not one.has_passed}
    return revise.real_changes(row, wanted, by)


def _put_beside(row: Row, real: dict[str, Any], one: Grown, kept: Kept, by: Principal) -> Row:
    """A version of the same state, but for its place."""
    if "path" in real:
        before = row["revision"]
        row = writing.apply(row, real, by=by, kept=kept)
        # It was there all the time: the versions before could not have it.
        row = row | {"revision": before}
        Memory.objects.filter(pk=one.memory_id).update(revision=before)
        _tell_amended([one.memory_id], by, "revision")
    else:
        history.add_version(row, by=by, kept=kept)
        row = row | {"version": one.version.number}
    _restate([(one, kept)])
    return row


def _kept(versions: Sequence[Recorded], by: Principal) -> list[Kept]:
    """The versions with their authors, dates and descriptions, and with their ids where these are
    free: a copy in the same hub has others."""
    named = [one.version_id for one in versions if one.version_id]
    taken = set(Version.objects.filter(version_id__in=named).values_list("version_id", flat=True))
    emails = {one.author for one in versions}
    authors = {email: accounts.ensure_user(email, by=by).pk for email in emails}
    kept = []
    for one in versions:
        is_free = one.version_id and one.version_id not in taken
        taken.add(one.version_id)
        version_id = one.version_id if is_free else None
        kept.append(Kept(one.description, authors[one.author], one.created_at, version_id))
    return kept


def _restate(made: Sequence[tuple[Grown, Kept]]) -> None:
    """Gives versions that were just kept their authors, dates, descriptions, ids and paths."""
    by_memory = {one.memory_id: (one, kept) for one, kept in made}
    ids = list(by_memory)
    present = Version.objects.filter(memory_id__in=ids, number=F("memory__version"))
    columns = ("version_id", "description", "author", "created_at", "redacted_at", "path")
    found = list(present.only("memory_id", *columns))
    for version in found:
        one, kept = by_memory[version.memory_id]
        version.version_id = kept.version_id or version.version_id
        version.description, version.created_at = kept.description, kept.at
        version.author_id, version.redacted_at = kept.author_id, one.version.redacted_at
        if one.has_passed:
            version.path = one.changes.get("path")
    _update(found, columns)


def _update(objects: Sequence[Model], columns: Sequence[str]) -> None:
    """Writes columns of many rows: Django's way would make a case for each row and column."""
    if not objects:
        return
    fields = [objects[0]._meta.get_field(name) for name in columns]
    assigned = ", ".join(f"{field.column} = %s" for field in fields)

    def values(one: Model) -> list[Any]:
        told = [(field, getattr(one, field.attname)) for field in fields]
        return [*(field.get_db_prep_save(value, connection) for field, value in told), one.pk]

    with connection.cursor() as cursor:
        table = objects[0]._meta.db_table
        sql = f"UPDATE {table} SET {assigned} WHERE id = %s"  # noqa: S608 - names of our own
        cursor.executemany(sql, map(values, objects))


@telling()
def amend_all(made: Sequence[Grown], *, by: Principal) -> None:
    """Gives the first versions of memories that were just saved their authors, dates, descriptions,
    ids and paths."""
    _restate(list(zip(made, _kept([one.version for one in made], by), strict=True)))
    _tell_amended([one.memory_id for one in made], by, "description", "author_id", "created_at")


def _tell_amended(ids: Sequence[int], by: Principal, *columns: str) -> None:
    if not ids:
        return
    granted, changed = granted_on(ids), frozenset(columns)
    tell(
        *(
            MemoryChanged(
                *(by.actor, by.origin, MemoryKind.AMENDED, memory, memory),
                *(changed, granted[memory["id"]]),
            )
            for memory in facts_of(ids)
        )
    )


@telling()
def finish_all(done: Sequence[Finished], *, by: Principal, returned: bool) -> None:
    """Gives memories that were just brought back their last revisions, dates and grants.

    Where they ``returned`` with a whole hub, what was granted counts as it did. Where somebody
    brings in their own, what a file says is granted is offered by them as any share is. An
    acceptance that this hub has stays in either case. What was in the trash is there again, with
    the path that it had.
    """
    rows = operators.locked_rows([one.memory_id for one in done])
    changed = []
    for memory_id, facts, _ in done:
        row = rows[memory_id]
        if facts.revision or facts.updated_at:
            row["revision"] = max(facts.revision or 0, row["revision"])
            row["updated_at"] = max(facts.updated_at or row["updated_at"], row["created_at"])
            changed.append(
                Memory(pk=memory_id, revision=row["revision"], updated_at=row["updated_at"])
            )
    _update(changed, ("revision", "updated_at"))
    _tell_amended([memory.pk for memory in changed], by, "revision", "updated_at")
    for one in done:
        if one.facts.grants or one.facts.offers:
            _grant(rows[one.memory_id], one.facts, by, returned=returned)
        if one.facts.deleted_at is not None and returned:
            _throw_away(one, by)


def _grant(row: Row, facts: Facts, by: Principal, *, returned: bool) -> None:
    offers, grants = dict(facts.offers or {}), dict(facts.grants or {})
    if not returned:
        sharing.merge_grants(row, _without_owner(row, offers | grants), by=by, offering=True)
        return
    sharing.merge_grants(row, _without_owner(row, grants), by=by)
    _offer(row, _without_owner(row, offers), facts.offered_by or {}, by)
    for email, moment in (facts.offered_at or {}).items():
        offered = Grant.objects.filter(memory_id=row["id"], email=email, accepted=False)
        offered.update(offered_at=moment)


def _throw_away(one: Finished, by: Principal) -> None:
    facts = one.facts
    whose = facts.deleted_by and accounts.ensure_user(facts.deleted_by, by=by).pk
    named = {"path": one.path, "path_depth": depth_of(one.path)}
    row = operators.locked_row(one.memory_id)
    lifecycle.trash_again(row, named, at=facts.deleted_at, whose=whose or None, by=by)


def _without_owner(row: Row, roles: dict[str, str]) -> dict[str, str]:
    """The owner needs no grant."""
    return {email: role for email, role in roles.items() if email != row["owner_email"]}


def _offer(row: Row, offers: Mapping[str, str], senders: Mapping[str, str], by: Principal) -> None:
    """Shares that nobody has accepted yet, from those who made them: the owner unless told."""
    by_sender: dict[str, dict[str, str]] = {}
    for email, role in offers.items():
        sender = senders.get(email, row["owner_email"])
        by_sender.setdefault(sender, {})[email] = role
    for sender, changes in by_sender.items():
        sharing.offer_grants(row, changes, sender=sender, by=by)
