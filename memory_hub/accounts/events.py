"""What happens to accounts, tokens and teams, as services tell it and subscribers hear it."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum

from memory_hub.caching import covering
from memory_hub.events.event import Event


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """A team; ``members`` are the ids of users who are in it or invited to it."""

    id: int
    key: str
    members: frozenset[int] = frozenset()


class AccountKind(StrEnum):
    """What happened to an account."""

    CREATED = "created"
    UPDATED = "updated"
    ADDRESS = "address"
    PASSWORD = "password"  # noqa: S105 - what changed
    PROVEN = "proven"
    TAKEN_OVER = "taken_over"
    FACTORS = "factors"
    SESSION_ENDED = "session_ended"
    SIGNED_OUT = "signed_out"
    ACTIVATED = "activated"
    DEACTIVATED = "deactivated"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class AccountChanged(Event):
    """One account; ``teams`` are those it is in, where its activity is what changed. Where its
    ADDRESS did, ``former`` is the one before, and ``vouched_by`` who vouched for it there, where it
    was not proven."""

    kind: AccountKind
    user_id: int
    email: str
    teams: tuple[TeamFacts, ...] = ()
    former: str = ""
    vouched_by: str = ""


class TokenKind(StrEnum):
    """What happened to a token; a narrowed one has lost scopes, a renewed one has another text."""

    CREATED = "created"
    NARROWED = "narrowed"
    RENEWED = "renewed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class TokenChanged(Event):
    """One token of the user ``user_id``."""

    kind: TokenKind
    token_id: int
    user_id: int


class TeamKind(StrEnum):
    """What happened to a team."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class TeamChanged(Event):
    """One team, as it is or as it last was."""

    kind: TeamKind
    team: TeamFacts


class MembershipKind(StrEnum):
    """What happened to the place of one address in a team."""

    INVITED = "invited"
    JOINED = "joined"
    ACCEPTED = "accepted"
    ROLE = "role"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class MembershipChanged(Event):
    """The place of one address in a team; roles None where there is none. ``user_id`` is whose the
    address is; of the team the members are told where it LEFT: what was its, the admins own."""

    kind: MembershipKind
    team: TeamFacts
    email: str
    user_id: int | None
    before: str | None
    after: str | None


class InvitationKind(StrEnum):
    """What happened to an invitation."""

    MADE = "made"
    WITHDRAWN = "withdrawn"
    USED = "used"


@dataclass(frozen=True, slots=True)
class InvitationChanged(Event):
    """One invitation for an address."""

    kind: InvitationKind
    invitation_id: int
    email: str


class BlockKind(StrEnum):
    """Whether offers of an address are not shown any more, or are again."""

    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


@dataclass(frozen=True, slots=True)
class BlockChanged(Event):
    """One address that a user wants to be offered nothing from."""

    kind: BlockKind
    user_id: int
    email: str


def telling() -> AbstractContextManager[None]:
    """Around, or on, a function that writes accounts and tells of it here: what it writes and tells
    nobody of outdates all kept answers. So does another address, and another key of a team:
    everybody's answers show those."""
    return covering("accounts_user", "accounts_token", "accounts_team", "accounts_membership")
