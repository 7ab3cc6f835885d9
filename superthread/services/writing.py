"""What every change of a memory has in common: locking it, versions, timestamps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from memory_hub.accounts.principal import Principal
from memory_hub.accounts.scopes import MEMORIES_PUBLISH
from memory_hub.errors import BadInput, MissingScope, StaleRevision
from superthread import limits, policies
from superthread.models import Memory, Scope, Version
from superthread.reads import parse_id, row_of
from superthread.representation import Row, rows
from superthread.search.index import index_memories

# What versions keep; a change of any of these makes a new one.
VERSIONED = ("content", "category", "metadata")


@dataclass(frozen=True, slots=True)
class Place:
    """Scope and team as stored."""

    scope: Scope
    team_id: int | None
    team_key: str | None


def place_for(by: Principal, scope: str, team_key: str | None) -> Place:
    """Where the caller may put a memory.

    Raises BadInput for a team that is unknown or not the caller's (in the same words) and for a
    pairing that makes no sense; MissingScope for public without memories:publish.
    """
    chosen = Scope[scope.upper()]
    if chosen is not Scope.TEAM:
        if team_key is not None:
            raise BadInput.at("/team_key", "unexpected", "Only the scope team has a team_key.")
        if chosen is Scope.PUBLIC and not by.may(MEMORIES_PUBLISH):
            raise MissingScope(
                f"This needs a token with the scope {MEMORIES_PUBLISH}.", scope=MEMORIES_PUBLISH
            )
        return Place(chosen, None, None)
    if team_key is None:
        raise BadInput.at("/team_key", "required", "The scope team needs a team_key.")
    place = by.team(team_key)
    if place is None:
        raise BadInput.at("/team_key", "unknown-team", "You are in no team with this key.")
    return Place(chosen, place.team_id, place.team_key)


def locked(
    *,
    doc_id: str,
    by: Principal,
    least: policies.Role,
    expected: set[int] | None = None,
    trashed: bool = False,
) -> Row:
    """The memory's row, locked until the transaction ends.

    Raises NotFound, RoleTooLow, and StaleRevision where ``expected`` (the revisions of If-Match)
    does not hold the present one. ``trashed`` looks in the trash instead.
    """
    key = parse_id(doc_id)
    # An own statement: the row below is then read as the winner before us left it.
    held = _lock(key, by, least)
    if trashed:
        visible = policies.in_trash(by).filter(doc_id=key, role__gt=policies.Role.NONE)
        row = rows(visible).first()
    else:
        row = row_of(doc_id=key, by=by)
    policies.require(row["role"] if row else policies.Role.NONE, least)
    if not held:  # granted between the two statements: once more, now with the lock
        return locked(doc_id=doc_id, by=by, least=least, expected=expected, trashed=trashed)
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


def apply(row: Row, changes: dict[str, Any], *, by: Principal, description: str = "") -> Row:
    """Writes the changed columns, the next revision and, where content, category or metadata are
    among them, the next version. Returns the new row."""
    versioned = any(name in changes for name in VERSIONED)
    moment = later_than(row["updated_at"])
    columns = dict(changes)
    if "content" in changes:
        columns |= measures(changes["content"])
    columns |= {"updated_at": moment, "revision": row["revision"] + 1}
    if versioned:
        columns["version"] = row["version"] + 1
    Memory.objects.filter(pk=row["id"]).update(
        **{k: v for k, v in columns.items() if k != "team_key"}
    )
    new = {**row, **columns}
    if versioned:
        record_versions([new], author_id=by.user_id, at=moment, description=description)
    if "content" in changes:
        index_memories([(row["id"], new["content"])])
    return new


def measures(content: str) -> dict[str, Any]:
    """The columns that follow from the content: title and size in bytes."""
    line = next((part.strip() for part in content.splitlines() if part.strip()), "")
    return {"title": line[: limits.TITLE_LENGTH], "size": len(content.encode())}


def record_versions(
    states: Iterable[Row], *, author_id: int, at: datetime, description: str = ""
) -> list[Version]:
    """A version of each row's state, numbered ``row["version"]``, in one statement."""
    return Version.objects.bulk_create(
        Version(
            memory_id=row["id"],
            number=row["version"],
            description=description,
            author_id=author_id,
            category=row["category"],
            content=row["content"],
            metadata=row["metadata"],
            size=row["size"],
            created_at=at,
        )
        for row in states
    )


def later_than(previous: datetime) -> datetime:
    """Now, but always after ``previous``: a clock set back must not turn the order round."""
    return max(timezone.now(), previous + timedelta(microseconds=1))
