"""Memories as clients of mem0 know them."""

from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import Any

from integrations.mem0.words import FEEDBACK, RESERVED
from memory_hub.core.text import rfc3339
from superthread.identifiers import NAMES, is_value
from superthread.reads.representation import Row

DAY = timedelta(days=1)


def item(row: Row) -> dict[str, Any]:
    """A memory: its text, for whom it is, and the metadata that are the client's own."""
    metadata = row["metadata"]
    told = {
        "id": str(row["doc_id"]),
        "memory": row["content"],
        **identifiers(metadata),
        "metadata": own(metadata),
        "categories": categories(metadata),
        "hash": md5(row["content"].encode(), usedforsecurity=False).hexdigest(),
        "created_at": rfc3339(row["created_at"]),
        "updated_at": rfc3339(row["updated_at"]),
        "expiration_date": last_day(row["expires_at"]) if row["expires_at"] else None,
    }
    return told | ({"feedback": metadata[FEEDBACK]} if FEEDBACK in metadata else {})


def identifiers(metadata: dict[str, Any]) -> dict[str, str | None]:
    """Each of the four, None where it is not said."""
    return {name: metadata[name] if is_value(metadata.get(name)) else None for name in NAMES}


def own(metadata: dict[str, Any]) -> dict[str, Any]:
    """Without what is shown beside them."""
    return {
        name: value
        for name, value in metadata.items()
        if name not in RESERVED or (name in NAMES and not is_value(value))
    }


def categories(metadata: dict[str, Any]) -> list[str]:
    """The tags, which is what the hub calls them."""
    tags = metadata.get("tags")
    named = [tags] if isinstance(tags, str) else tags if isinstance(tags, list) else []
    return [tag for tag in named if isinstance(tag, str)]


def end_of(day: datetime) -> datetime:
    """When a memory ends that expires on this day: with it, in UTC."""
    return day.astimezone(UTC) + DAY


def last_day(moment: datetime) -> str:
    """The last day that has a moment before this one, as YYYY-MM-DD."""
    return (moment.astimezone(UTC) - timedelta(microseconds=1)).date().isoformat()
