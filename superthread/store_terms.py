"""What every store of memories means alike: the hub's own, and the one in Google Docs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

# What is told of a write to a caller who may not read.
RECEIPT = ("doc_id", "revision", "version_id", "number")


@dataclass(frozen=True, slots=True)
class Draft:
    """A validated memory that is not stored yet; the moments and the id are for imports alone."""

    content: str
    scope: str = "personal"
    category: str = "default"
    team_key: str | None = None
    path: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    doc_id: UUID | None = None


def receipt(told: dict[str, Any]) -> dict[str, Any]:
    """What an answer says of a write to a caller who may not read: ids and numbers alone."""
    return {name: told[name] for name in RECEIPT if name in told}
