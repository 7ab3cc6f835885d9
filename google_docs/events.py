"""What happens to memories that Google keeps, and to the accounts that are connected to it.

Google keeps no place for words of ours in its transactions: a change of a document is told when
Google has confirmed it, in a transaction of its own. What Google carried out and did not confirm is
not told of, nor what the hub could not tell before it ended.
"""

from dataclasses import dataclass
from enum import StrEnum

from memory_hub.events.event import Event


class DocumentKind(StrEnum):
    """What happened to a memory that is a Google Doc."""

    CREATED = "created"
    UPDATED = "updated"
    VERSION_KEPT = "version_kept"
    TRASHED = "trashed"
    PURGED = "purged"


@dataclass(frozen=True, slots=True)
class DocumentChanged(Event):
    """One memory by its id at Google, in the space of a user (`u<id>`) or a team (`t<id>`)."""

    kind: DocumentKind
    doc_id: str
    space: str


class PermissionKind(StrEnum):
    """What happened to one address's permission on a document."""

    GRANTED = "granted"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class PermissionChanged(Event):
    """The role, in the hub's words, of one address on a memory; None where it has none now."""

    kind: PermissionKind
    doc_id: str
    space: str
    email: str
    role: str | None


class ConnectionKind(StrEnum):
    """What happened to a connection."""

    CONNECTED = "connected"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class ConnectionChanged(Event):
    """The Google account that a user, or a team, is connected to; of the two the other is None."""

    kind: ConnectionKind
    account: str
    user_id: int | None
    team_id: int | None
