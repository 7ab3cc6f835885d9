"""A memory as clients see it, from one row of values: no model instances on the reading path."""

import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, F, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Substr

from memory_hub.accounts.principal import Principal
from memory_hub.caching import valid_until
from memory_hub.core.text import rfc3339
from memory_hub.database.dialect import InstantText, UuidText
from superthread.models import Memory, Scope
from superthread.policies import Role
from superthread.reads.shape import SUMMARY

# What a row needs; "role" is policies.effective_role.
ROW = (
    "id",
    "doc_id",
    "scope",
    "team_id",
    "team_key",
    "path",
    "category",
    "title",
    "content",
    "metadata",
    "revision",
    "version",
    "owner_id",
    "owner_email",
    "role",
    "size",
    "created_at",
    "updated_at",
    "expires_at",
)
Row = dict[str, Any]
_METADATA = Memory._meta.get_field("metadata")


def rows(memories: QuerySet[Memory], *more: str) -> QuerySet:
    """The query as value rows, with ``more`` columns; it must carry the ``role`` annotation."""
    named = memories.annotate(owner_email=F("owner__email"), team_key=F("team__key"))
    return named.values(*ROW, *more)


# Bytes of a content that is read with others; longer ones are read one by one.
SHORT = 65_536
# As much of a content as there is, for one row alone.
EVERYTHING = "everything"
# What a brief row has instead of content and metadata: the content where it is short, and JSON.
_BRIEF = ("short", "raw_metadata")
_SHORT_ROW = tuple(name for name in ROW if name not in ("content", "metadata"))


def brief_rows(memories: QuerySet[Memory], *more: str, content: str = "full") -> QuerySet:
    """The same, for a whole page at once: without the long contents; ``completed`` makes rows of
    them. Of a ``content`` that is not wanted in full no more is read than its summary, of
    EVERYTHING all."""
    return _brief(memories, content).values(*_SHORT_ROW, *_BRIEF, *more)


def _brief(memories: QuerySet[Memory], content: str) -> QuerySet:
    short = {
        EVERYTHING: F("content"),
        "full": Case(When(size__lte=SHORT, then=F("content"))),
        "summary": Substr("content", 1, SUMMARY),
        "none": Value(""),
    }[content]
    return memories.annotate(
        owner_email=F("owner__email"),
        team_key=F("team__key"),
        short=short,
        raw_metadata=Cast("metadata", TextField()),
    )


def completed(brief: Row) -> Row | None:
    """The row of a brief one, or None where its content was left out."""
    content, metadata = brief.pop("short"), brief.pop("raw_metadata")
    if content is None:
        return None
    brief["content"] = content
    brief["metadata"] = (
        {} if metadata == "{}" else _METADATA.from_db_value(metadata, None, connection)
    )
    return brief


# What a row of texts has as clients read it, for Python would make it only to write it again.
_TEXTS = {
    "doc_id": UuidText("doc_id"),
    "created_at": InstantText("created_at"),
    "updated_at": InstantText("updated_at"),
    "expires_at": InstantText("expires_at"),
}


# Before the names of these columns, to be left out by who compiles the query.
TEXT = "text_"


def text_rows(memories: QuerySet[Memory], *, content: str = "full") -> QuerySet:
    """As ``brief_rows``, with the id and the moments as texts, which the database writes; their
    columns are marked with TEXT."""
    named = _brief(memories, content).annotate(
        **{f"{TEXT}{name}": text for name, text in _TEXTS.items()}
    )
    columns = [f"{TEXT}{name}" if name in _TEXTS else name for name in _SHORT_ROW]
    return named.values(*columns, *_BRIEF)


def instant_of(value: datetime | str | None) -> datetime | None:
    """A moment of a row, which may be a text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def living(found: Iterable[Row]) -> Iterator[Row]:
    """The rows, with a note of when the first of them expires."""
    for row in found:
        if (end := row["expires_at"]) is not None:
            valid_until(instant_of(end))
        yield row


def instant_text(value: datetime | str) -> str:
    """The same as clients read it."""
    return value if isinstance(value, str) else rfc3339(value)


def origin(row: Row, by: Principal) -> str:
    """Why the caller has the memory: it is their own, of a team of theirs, shared with them by a
    grant, or everybody's. What everybody reads is never called shared: a grant that nobody has
    accepted would get a text past whoever asks for what was shared with them."""
    if row["owner_id"] == by.user_id:
        return "own"
    if row["scope"] == Scope.TEAM:
        return "team" if by.team(row["team_key"]) else "shared"
    return "public" if row["scope"] == Scope.PUBLIC else "shared"


_SCOPES = {one.value: one.label for one in Scope}
_ROLES = {one.value: one.word for one in Role}


def represent(row: Row, by: Principal) -> dict[str, Any]:
    """The memory of contract §3, as this caller sees it; of one just written also how many terms
    the index left out."""
    shown = {
        "doc_id": str(row["doc_id"]),
        "scope": _SCOPES[row["scope"]],
        "team_key": row["team_key"],
        "path": row["path"],
        "category": row["category"],
        "title": row["title"],
        "content": row["content"],
        "metadata": row["metadata"],
        "revision": row["revision"],
        "owner": row["owner_email"],
        "role": _ROLES[row["role"]],
        "origin": origin(row, by),
        "size": row["size"],
        "created_at": instant_text(row["created_at"]),
        "updated_at": instant_text(row["updated_at"]),
        "expires_at": instant_text(row["expires_at"]) if row["expires_at"] else None,
    }
    if count := row.get("terms_left_out"):
        shown["terms_left_out"] = count
    return shown


def etag(row: Row) -> str:
    """Strong: the revision, and a checksum of what differs by caller or can change without one."""
    rest = f"{row['role']}|{row['owner_email']}|{row['team_key']}|{row['title']}"
    return f'"{row["revision"]}-{zlib.crc32(rest.encode()):08x}"'
