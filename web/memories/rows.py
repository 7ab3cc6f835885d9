"""Memories as rows of a page."""

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import mark_safe

from memory_hub.accounts.principal import Principal
from superthread import limits
from superthread.feed.shown import PART, note_shown
from superthread.policies import Role
from superthread.reads.representation import Row as Stored
from superthread.reads.representation import represent
from superthread.reads.shape import Shape
from superthread.search.service import ScoredMemory
from superthread.titles import FRONT_MATTER, title_of

LISTED = Shape(content="summary")
TAGS = 4  # shown of each memory

Row = dict[str, Any]


class Rows:
    """Collects what the reads show; what they answer is JSON, for programs."""

    def __init__(self, by: Principal) -> None:
        self._by = by
        self._rows: list[Row] = []

    def of_memory(self, stored: Stored) -> Row:
        """The row of a list."""
        note_shown(stored["id"], stored["owner_id"], by=self._by, kind=PART)
        told = LISTED.of(represent(stored, self._by))
        self._rows.append(
            {
                **told,
                "excerpt": excerpt(told["summary"], told["title"]),
                "tags": tags(told["metadata"])[:TAGS],
                "edits": stored["role"] >= Role.EDITOR,
            }
        )
        return told

    def of_hit(self, found: ScoredMemory) -> Row:
        """The row of a search, with the words marked that it was found by."""
        told = self.of_memory(found.row)
        # The search has escaped all but its own marks.
        self._rows[-1]["excerpt"] = mark_safe(found.highlight)  # noqa: S308 - escaped there
        return told

    def shown(self, items: Sequence[Any]) -> list[Row]:
        """The rows that have found room on the page, as many as it has items."""
        return self._rows[: len(items)]


def excerpt(summary: str, title: str) -> str:
    """The beginning of a text without its front matter, and without the line that is its title,
    which stands above it."""
    text = FRONT_MATTER.sub("", summary, count=1).lstrip()
    first, _, rest = text.partition("\n")
    is_title = first and len(first) <= limits.TITLE_LENGTH and title_of(first, {}) == title
    return rest.strip() if is_title else text


def tags(metadata: dict[str, Any]) -> list[str]:
    """The tags of a memory, as far as they are texts."""
    found = metadata.get("tags")
    named = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return [tag for tag in named if isinstance(tag, str) and tag.strip()]
