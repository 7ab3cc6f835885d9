"""Who is asking and from where, as far as everything needs to know that has no business with
accounts."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal


class Via(StrEnum):
    """Through which door something came: those that the hub has without any app. An app's door has
    the name that the app gives it."""

    REST = "rest"
    ADMIN = "admin"
    COMMAND = "command"
    IMPORT = "import"
    HUB = "hub"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something: a user, and the token they did it with. Without a user it was whoever
    stands at the machine, or the hub itself, as the origin says."""

    user_id: int | None = None
    token_id: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where it came from: the door, the id of the request, and the address that sent it."""

    via: str
    request_id: str = ""
    address: str = ""


@dataclass(frozen=True)
class Identity:
    """Who is asking and with what. ``accounts.principal.Principal`` knows their teams as well."""

    user_id: int
    email: str
    scopes: frozenset[str]
    is_staff: bool = False
    token_id: int | None = None
    expires_at: datetime | None = None  # of the token
    via: Literal["token", "session", "command", "nobody"] = "token"
    # Of this request: it says nothing of what they may do.
    origin: Origin = field(default=Origin(Via.HUB), compare=False)

    @property
    def actor(self) -> Actor:
        """Who it is, as events name them."""
        return Actor(self.user_id or None, self.token_id)

    @property
    def is_restricted(self) -> bool:
        """Whether the token is restricted in any way."""
        return False

    @property
    def is_narrowed(self) -> bool:
        """Whether there is something of what its user has that the token is not for."""
        return False

    @property
    def reach(self) -> str:
        """What the token is restricted to, as one text; empty for nothing."""
        return ""

    def may(self, scope: str) -> bool:
        """True when the credential carries the scope."""
        return scope in self.scopes

    def load(self) -> None:
        """Read what decisions ask for later, now, where waiting for the database is allowed."""


# Who acts where there is no user (none has the id 0): whoever stands at the machine, and the hub by
# itself.
OPERATOR = Identity(0, "", frozenset(), via="command", origin=Origin(Via.COMMAND))
HUB = Identity(0, "", frozenset(), via="command", origin=Origin(Via.HUB))
