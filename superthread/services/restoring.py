"""Bringing memories back as an export has them: versions, their authors and dates, grants.

An operator's act: the commands alone come here. All of it runs within the importer's transactions,
and a version is amended in the transaction only that makes it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from memory_hub.accounts import services as accounts
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import Conflict
from memory_hub.events.telling import tell
from superthread.events import MemoryChanged, MemoryKind, telling
from superthread.models import Memory, Version
from superthread.reads.representation import Row
from superthread.services import history, operators, revise, sharing, writing
from superthread.services.facts import facts_of, granted_on
from superthread.services.versioning import Kept


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
    ``offers``, with who made those that the owner did not, ``offered_by``."""

    owner: str | None = None
    version: Recorded | None = None
    revision: int | None = None
    updated_at: datetime | None = None
    grants: Mapping[str, str] | None = None
    offers: Mapping[str, str] | None = None
    offered_by: Mapping[str, str] | None = None

    @property
    def is_last(self) -> bool:
        """Whether this is the memory's last line, with what belongs to no version."""
        told = (self.revision, self.grants, self.offers)
        return any(one is not None for one in told)


@telling()
def put(
    memory_id: int, changes: dict[str, Any], version: Recorded, *, by: Principal, passed: bool
) -> Row:
    """The next version of the memory, also where it only has another description.

    Raises Conflict where it is not the next one: history has no gaps.
    """
    row = operators.locked_row(memory_id)
    if version.number != row["version"] + 1:
        raise Conflict(f"Version {row['version'] + 1} comes next, not {version.number}.")
    wanted = {name: value for name, value in changes.items() if name != "path" or not passed}
    real = revise.real_changes(row, wanted, by)
    kept = _kept(version, by)
    if any(name in real for name in writing.VERSIONED):
        row = writing.apply(row, real, by=by, kept=kept)
    else:
        history.add_version(row, by=by, kept=kept)
        row = row | {"version": version.number}
    amended = {"redacted_at": version.redacted_at} if version.redacted_at else {}
    # The path that it had may be somebody else's by now.
    amended |= {"path": changes["path"]} if passed else {}
    if amended:
        Version.objects.filter(memory_id=memory_id, number=version.number).update(**amended)
        _tell_amended(memory_id, amended.keys() - {"path"}, by)
    return row


def _kept(version: Recorded, by: Principal) -> Kept:
    """The version with its author, date and description, and with its id where that is free: a copy
    in the same hub has another."""
    named = version.version_id
    taken = named and Version.objects.filter(version_id=named).exists()
    author = accounts.ensure_user(version.author, by=by)
    return Kept(version.description, author.pk, version.created_at, None if taken else named)


@telling()
def amend(memory_id: int, version: Recorded, path: str | None, *, by: Principal) -> None:
    """Gives the first version of a memory that was just saved its author, date, description, id
    and path."""
    kept = {
        name: value for name, value in _kept(version, by)._asdict().items() if value is not None
    }
    kept["created_at"] = kept.pop("at")
    if version.redacted_at:
        kept["redacted_at"] = version.redacted_at
    # The path that it had may be somebody else's by now.
    made = Version.objects.filter(memory_id=memory_id, number=version.number)
    made.update(**kept, path=path)
    _tell_amended(memory_id, kept, by)


def _tell_amended(memory_id: int, columns: Collection[str], by: Principal) -> None:
    (memory,) = facts_of([memory_id])
    granted = granted_on([memory_id])[memory_id]
    changed = frozenset(columns)
    tell(MemoryChanged(by.actor, by.origin, MemoryKind.AMENDED, memory, memory, changed, granted))


@telling()
def finish(memory_id: int, facts: Facts, *, by: Principal, returned: bool) -> None:
    """Gives a memory that was just brought back its last revision, date and grants.

    Where it ``returned`` with a whole hub, what was granted counts as it did. Where somebody brings
    in their own, what a file says is granted is offered by them as any share is. An acceptance that
    this hub has stays in either case.
    """
    row = operators.locked_row(memory_id)
    columns: dict[str, Any] = {}
    if facts.revision:
        columns["revision"] = max(facts.revision, row["revision"])
    if facts.updated_at:
        columns["updated_at"] = max(facts.updated_at, row["created_at"])
    if columns:
        Memory.objects.filter(pk=memory_id).update(**columns)
        _tell_amended(memory_id, columns, by)
    offers, grants = dict(facts.offers or {}), dict(facts.grants or {})
    if not returned:
        sharing.merge_grants(row, _without_owner(row, offers | grants), by=by, offering=True)
        return
    sharing.merge_grants(row, _without_owner(row, grants), by=by)
    _offer(row, _without_owner(row, offers), facts.offered_by or {}, by)


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
