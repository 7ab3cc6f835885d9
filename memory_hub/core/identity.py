"""Who is asking, as far as everything needs to know that has no business with accounts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


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

    def may(self, scope: str) -> bool:
        """True when the credential carries the scope."""
        return scope in self.scopes

    def load(self) -> None:
        """Read what decisions ask for later, now, where waiting for the database is allowed."""
