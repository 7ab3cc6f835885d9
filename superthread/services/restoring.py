"""Bringing memories back as an export has them: versions, their authors and dates, grants.

An operator's act: the commands alone come here. All of it runs within the importer's transactions,
and a version is amended in the transaction only that makes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from memory_hub.accounts import services as accounts
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import Conflict
from superthread import generations
from superthread.models import Memory, Version
from superthread.reads.representation import Row
from superthread.services import history, operators, revise, sharing, writing


@dataclass(frozen=True, slots=True)
class Recorded:
    """A version as it was: its number, who made it and when, under which description and id."""

    number: int
    author: str
    created_at: datetime
    description: str = ""
    version_id: UUID | None = None


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


@generations.telling()
def put(memory_id: int, changes: dict[str, Any], version: Recorded, *, by: Principal) -> Row:
    """The next version of the memory, also where it only has another description.

    Raises Conflict where it is not the next one: history has no gaps.
    """
    row = operators.locked_row(memory_id)
    if version.number != row["version"] + 1:
        raise Conflict(f"Version {row['version'] + 1} comes next, not {version.number}.")
    real = revise.real_changes(row, changes, by)
    if any(name in real for name in writing.VERSIONED):
        row = writing.apply(row, real, by=by)
    else:
        history.add_version(row, by=by, description=version.description)
        row["version"] += 1
    _amend(memory_id, version)
    generations.changed(row)
    return row


@generations.telling()
def amend(memory_id: int, version: Recorded) -> None:
    """Gives the version that was just made its author, date and description, and its id where that
    is free: a copy in the same hub has another."""
    _amend(memory_id, version)
    generations.changed_ids([memory_id])


def _amend(memory_id: int, version: Recorded) -> None:
    columns: dict[str, Any] = {
        "author_id": accounts.ensure_user(version.author).pk,
        "created_at": version.created_at,
        "description": version.description,
    }
    if version.version_id and not Version.objects.filter(version_id=version.version_id).exists():
        columns["version_id"] = version.version_id
    Version.objects.filter(memory_id=memory_id, number=version.number).update(**columns)


@generations.telling()
def finish(memory_id: int, facts: Facts, *, by: Principal | None) -> None:
    """Gives a memory that was just brought back its last revision, date and grants.

    ``by`` is its owner where somebody's own memories come in: what a file says is granted is then
    offered by them as any share is. None, with a whole hub: it counts as it did. An acceptance
    that this hub has stays in either case.
    """
    row = operators.locked_row(memory_id)
    columns: dict[str, Any] = {}
    if facts.revision:
        columns["revision"] = max(facts.revision, row["revision"])
    if facts.updated_at:
        columns["updated_at"] = max(facts.updated_at, row["created_at"])
    if columns:
        Memory.objects.filter(pk=memory_id).update(**columns)
    generations.changed(row)
    offers, grants = dict(facts.offers or {}), dict(facts.grants or {})
    if by is not None:
        sharing.merge_grants(row, _without_owner(row, offers | grants), by=by)
        return
    sharing.merge_grants(row, _without_owner(row, grants))
    _offer(row, _without_owner(row, offers), facts.offered_by or {})


def _without_owner(row: Row, roles: dict[str, str]) -> dict[str, str]:
    """The owner needs no grant."""
    return {email: role for email, role in roles.items() if email != row["owner_email"]}


def _offer(row: Row, offers: Mapping[str, str], senders: Mapping[str, str]) -> None:
    """Shares that nobody has accepted yet, from those who made them: the owner unless told."""
    by_sender: dict[str, dict[str, str | None]] = {}
    for email, role in offers.items():
        sender = senders.get(email, row["owner_email"])
        by_sender.setdefault(sender, {})[email] = role
    for sender, changes in by_sender.items():
        sharing.offer_grants(row, changes, sender=sender)
