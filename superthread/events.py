"""What happens to memories and to who may see them, as services tell it and subscribers hear it."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from memory_hub.caching import covering
from memory_hub.events.event import Event

# Of a memory at least: id, doc_id, scope, owner_id, team_id, team_key, path, revision and version.
Facts = dict[str, Any]


class MemoryKind(StrEnum):
    """What happened to a memory."""

    CREATED = "created"
    UPDATED = "updated"
    MOVED = "moved"
    TRANSFERRED = "transferred"
    VERSION_NAMED = "version_named"
    # The text of a version was taken out.
    REDACTED = "redacted"
    TRASHED = "trashed"
    UNDELETED = "undeleted"
    # Versions went of one that is on its way out, whose history is too long to go at once.
    SHORTENED = "shortened"
    PURGED = "purged"
    EXPIRED = "expired"
    # An import says what saving does not: who made a version and when, the revision it had.
    AMENDED = "amended"


# After these there is no such memory, nor anything that hung on it.
GONE = frozenset({MemoryKind.PURGED, MemoryKind.EXPIRED})


@dataclass(frozen=True, slots=True)
class MemoryChanged(Event):
    """One memory, as it was (None: it was not) and as it is (None: it is gone for good).

    ``changed`` are the columns that were written; where content, category or metadata are among
    them both states have all three, and where the path is, category and metadata. ``granted`` are
    the addresses that had a grant before.
    ``redacted`` is the number of the version whose text was taken out.
    ``salt`` is that of the version that was made, if one was: then the state after has the content.
    ``prepared`` is what the search index worked out before the transaction, for all memories of its
    kind that are told of together.
    """

    kind: MemoryKind
    before: Facts | None
    after: Facts | None
    changed: frozenset[str] = frozenset()
    granted: frozenset[str] = frozenset()
    salt: str | None = field(default=None, repr=False, compare=False)
    prepared: Any = field(default=None, repr=False, compare=False)
    redacted: int | None = None

    @property
    def memory(self) -> Facts:
        """The memory as it is, or as it last was."""
        return self.after or self.before or {}


class GrantKind(StrEnum):
    """What happened to the grant of one address; an offer is one that is not accepted yet."""

    OFFERED = "offered"
    GIVEN = "given"
    CHANGED = "changed"
    ACCEPTED = "accepted"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class GrantChanged(Event):
    """The grant of one address on one memory; roles by their words, None where there is none."""

    kind: GrantKind
    memory: Facts
    email: str
    before: str | None
    after: str | None


class TransferKind(StrEnum):
    """What happened to the offer of a memory; an accepted one is the memory's TRANSFERRED."""

    OFFERED = "offered"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    # The memory went to somebody else: who offered it has it no more.
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class TransferChanged(Event):
    """The offer of a memory to one address, which is to own it."""

    kind: TransferKind
    memory: Facts
    email: str


class HoldKind(StrEnum):
    """What happened to a legal hold."""

    PLACED = "placed"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True)
class HoldChanged(Event):
    """A hold on one memory, or on all of the team's."""

    kind: HoldKind
    memory: Facts | None
    team_id: int | None
    team_key: str | None
    reason: str


def telling() -> AbstractContextManager[None]:
    """Around, or on, a function that writes memories or grants and tells of it here: what it
    writes and tells nobody of outdates all kept answers."""
    return covering("superthread_memory", "superthread_version", "superthread_grant")
