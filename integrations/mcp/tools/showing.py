"""Memories as tools show them: short, without what is empty."""

from collections.abc import Sequence
from typing import Any

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import NotFound
from memory_hub.core.text import rfc3339
from superthread.feed.shown import PART, note_shown
from superthread.models import Scope
from superthread.policies import Role
from superthread.reads.named import find
from superthread.reads.representation import Row, origin
from superthread.reads.shape import Shape
from superthread.scanning.judging import found_in
from superthread.scanning.judging import told as told_of
from superthread.scopes import MEMORIES_READ

EXCERPT = 200  # characters
LISTED = Shape(content="summary")
DEFAULT_CATEGORY = "default"

_TEXT, _WHOLE = {"type": "string"}, {"type": "integer"}
_BRIEF: dict[str, Any] = {
    "id": _TEXT,
    "title": _TEXT,
    "scope": _TEXT,
    "team_key": _TEXT,
    "path": _TEXT,
    "category": _TEXT,
    "tags": {"type": "array", "items": _TEXT},
    "revision": _WHOLE,
    "updated_at": _TEXT,
    "expires_at": _TEXT,
}


def schema(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """The schema of an object that may have more members, some day."""
    return {"type": "object", "properties": properties, "required": list(required)}


LIST_ITEM = schema(
    {**_BRIEF, "excerpt": _TEXT, "deleted_at": _TEXT, "purge_at": _TEXT}, "id", "title"
)


def _or_null(kind: str) -> dict[str, Any]:
    """In branches of one type each: some clients know no others."""
    return {"anyOf": [{"type": kind}, {"type": "null"}]}


CURSOR, OFFSET = _or_null("string"), _or_null("integer")
WHOLE = schema(
    {
        **_BRIEF,
        "content": _TEXT,
        "characters": _WHOLE,
        "next_offset": OFFSET,
        "metadata": {"type": "object"},
        "owner": _TEXT,
        "role": _TEXT,
        "origin": _TEXT,
        "created_at": _TEXT,
    },
    *("id", "content", "characters", "next_offset"),
)
_FINDING = schema({"kind": _TEXT, "line": _WHOLE}, "kind", "line")
CHANGED = schema(
    {
        **_BRIEF,
        "replayed": {"type": "boolean"},
        "findings": {"type": "array", "items": _FINDING},
    },
    "id",
)


def brief(row: Row) -> dict[str, Any]:
    """What every answer says of a memory."""
    told = {
        "id": str(row["doc_id"]),
        "title": row["title"],
        "scope": Scope(row["scope"]).label,
        "team_key": row["team_key"],
        "path": row["path"],
        "category": row["category"] if row["category"] != DEFAULT_CATEGORY else None,
        "tags": _tags(row),
        "revision": row["revision"],
        "updated_at": rfc3339(row["updated_at"]),
        "expires_at": rfc3339(row["expires_at"]) if row["expires_at"] else None,
    }
    return {name: value for name, value in told.items() if value not in (None, [])}


def _tags(row: Row) -> list[str]:
    tags = row["metadata"].get("tags")
    named: Sequence[Any] = [tags] if isinstance(tags, str) else tags or ()
    return [tag for tag in named if isinstance(tag, str)] if isinstance(named, list) else []


def item(row: Row, by: Principal, excerpt: str | None = None) -> dict[str, Any]:
    """A memory of a list: with the beginning of its content where the title does not say it, or
    with the piece that is to be shown."""
    note_shown(row["id"], row["owner_id"], by=by, kind=PART)
    if excerpt is None:
        content = row["content"].strip()
        excerpt = content[:EXCERPT] if content != row["title"] else ""
    return brief(row) | ({"excerpt": excerpt} if excerpt else {})


def part(name: str, text: str, args: dict[str, Any]) -> dict[str, Any]:
    """As many characters of a text as are wanted (`arguments.PART`), and where it goes on."""
    end = args["offset"] + args["max_characters"]
    return {
        name: text[args["offset"] : end],
        "characters": len(text),
        "next_offset": end if end < len(text) else None,
    }


def whole(row: Row, by: Principal, args: dict[str, Any]) -> dict[str, Any]:
    """All of a memory, of its content as many characters as are wanted; whoever read it has noted
    that it is shown."""
    more = {"metadata": row["metadata"]} if row["metadata"] else {}
    return brief(row) | {
        **part("content", row["content"], args),
        **more,
        "owner": row["owner_email"],
        "role": Role(row["role"]).word,
        "origin": origin(row, by),
        "created_at": rfc3339(row["created_at"]),
    }


def receipt(row: Row) -> dict[str, Any]:
    """What a write tells of a memory whatever the caller may read."""
    return {"id": str(row["doc_id"]), "revision": row["revision"]}


def changed(row: Row, by: Principal) -> dict[str, Any]:
    """What a write answers: its receipt alone to a token that may not read; and what others are
    going to read that looks like a secret."""
    found = {"findings": told_of(some)} if (some := found_in(row)) else {}
    return (brief(row) if by.may(MEMORIES_READ) else receipt(row)) | found


def changed_before(kept: dict[str, Any], by: Principal) -> dict[str, Any]:
    """The same of a write that was carried out before, by the caller's present rights."""
    told = kept | {"replayed": True}
    if not by.may(MEMORIES_READ):
        return told
    try:
        return brief(find(doc_id=kept["id"], by=by)) | told
    except NotFound:
        return told
