"""As much of a memory as a client wants: some fields, of the content all, the beginning or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CONTENTS = ("none", "summary", "full")
SUMMARY = 300  # characters of the content
# In the order of an answer. What an answer has beside them (a score, who deleted it) stays.
FIELDS = ("doc_id", "scope", "team_key", "path", "category", "title", "content", "metadata")
FIELDS += ("revision", "owner", "role", "origin", "size", "created_at", "updated_at", "expires_at")


@dataclass(frozen=True, slots=True)
class Shape:
    """What is shown of each memory. ``fields`` None: all."""

    fields: frozenset[str] | None = None
    content: str = "full"

    @property
    def is_whole(self) -> bool:
        """Whether everything is shown."""
        return self.fields is None and self.content == "full"

    @property
    def reads(self) -> str:
        """How much of the content has to be read for it."""
        wanted = self.fields is None or "content" in self.fields
        return self.content if wanted else "none"

    def of(self, memory: Mapping[str, Any]) -> dict[str, Any]:
        """The memory in this shape; a content that is not shown whole is called its summary."""
        if self.is_whole:
            return dict(memory)
        shown = {
            name: value
            for name, value in memory.items()
            if self.fields is None or name in self.fields or name not in FIELDS
        }
        content = shown.pop("content", None)
        if content is None or self.content == "none":
            return shown
        if self.content == "full":
            return shown | {"content": content}
        return shown | {"summary": content[:SUMMARY]}


WHOLE = Shape()
