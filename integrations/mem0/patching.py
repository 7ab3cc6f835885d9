"""Changes of a memory's metadata that leave alone what is not the client's to say."""

from dataclasses import dataclass
from typing import Any

from integrations.mem0.words import FEEDBACK, RESERVED
from superthread.merge_patch import MetadataPatch, within_bounds

# What an update keeps that does not name it itself.
_KEPT = ("tags", "role")


@dataclass(frozen=True, slots=True)
class OwnMetadata(MetadataPatch):
    """Other metadata of the client's in the place of those that are there."""

    def onto(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """The new metadata. Raises BadInput where they would be over a bound."""
        kept = {name: value for name, value in metadata.items() if name in (*RESERVED, *_KEPT)}
        return within_bounds(kept | (self.patch or {}))


def own_metadata(metadata: dict[str, Any]) -> OwnMetadata:
    """These in the place of the client's own."""
    return OwnMetadata(metadata)


def feedback(value: str | None, reason: str | None) -> MetadataPatch:
    """What somebody thinks of it; without a value, nothing any more."""
    told = {"value": value, "reason": reason} if value else None
    return MetadataPatch({FEEDBACK: None if told is None else _said(told)})


def _said(told: dict[str, str | None]) -> dict[str, str]:
    return {name: text for name, text in told.items() if text}
