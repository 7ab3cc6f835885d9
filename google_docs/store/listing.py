"""Lists of the spaces that a caller reaches, newest change first."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from google_docs.client.calls import File
from google_docs.client.file_queries import quoted
from google_docs.store.selection import (
    Selection,
    admit,
    memory_of,
    read_texts,
    recent_writes,
    weight,
)
from google_docs.store.space import Located, Reach
from memory_hub.api.cursors import decode, encode
from superthread.reads.bounded_pages import PAGE_BYTES

# Ids of one moment that a cursor carries.
MAX_TIES = 200


async def page(
    reach: Reach, wanted: Selection, *, limit: int, cursor: str | None, contents: bool
) -> dict[str, Any]:
    """Memories, newest change first. The cursor is the place where a page ended (a time and the
    ids of that very moment): it holds however much is written meanwhile.

    Google lists also what is no memory any more, such as an expired one: a page may be short, or
    empty, and not the last. One with ``contents`` ends at ``PAGE_BYTES`` of them.
    """
    fingerprint = wanted.fingerprint(reach, "list")
    until, seen = _read_cursor(cursor, fingerprint)
    before = [f"modifiedTime <= {quoted(until)}"] if until else []
    pages = await asyncio.gather(
        *(
            space.calls.files(wanted.query(space, *before), size=min(1000, limit + 1 + len(seen)))
            for space in wanted.spaces
        )
    )
    listed = [file for answer in pages for file in answer.get("files", [])]
    passed, end = list(listed), _end_of(pages)
    recent = {} if cursor else await recent_writes(reach, wanted, listed)
    admitted_files = await admit(reach, wanted, [*listed, *recent.values()])
    found = [f for f in _newest_first(admitted_files) if f.doc_id not in seen]
    found = [f for f in found if f.file["modifiedTime"] >= end]
    memories = await _represented(reach, found[:limit], contents, set(recent))
    if len(found) > len(memories):
        passed = [f.file for f in found[: len(memories)]]
        end = passed[-1]["modifiedTime"]
    seen = seen if end == until else set()
    return {
        "memories": memories,
        "count": len(memories),
        "next_cursor": _cursor(fingerprint, end, passed, seen) if end else None,
        "incomplete": any(answer.get("incompleteSearch", False) for answer in pages),
    }


def _newest_first(found: list[Located]) -> list[Located]:
    return sorted(found, key=lambda f: (f.file["modifiedTime"], f.doc_id), reverse=True)


async def _represented(
    reach: Reach, shown: list[Located], contents: bool, recent: set[str]
) -> list[dict[str, Any]]:
    """All of them, or with contents as many as have room; the first one always has."""
    memories: list[dict[str, Any]] = []
    size = 0
    # Closed where it is left early: else the event loop is given the rest to do whenever.
    async with aclosing(read_texts(reach, shown) if contents else _unread(shown)) as read:
        async for found, text in read:
            memory = memory_of(found, text, recent)
            size += weight(memory)
            if memories and size > PAGE_BYTES:
                break
            memories.append(memory)
    return memories


async def _unread(shown: list[Located]) -> AsyncGenerator[tuple[Located, None], None]:
    for found in shown:
        yield found, None


def _end_of(pages: list[File]) -> str:
    """The time down to which all lists reach; empty when none of them goes on."""
    partial = [answer["files"] for answer in pages if "nextPageToken" in answer]
    return max((files[-1]["modifiedTime"] for files in partial if files), default="")


def _cursor(fingerprint: str, end: str, passed: list[File], seen: set[str]) -> str:
    """Behind the files of this page, and those of earlier ones from the same moment."""
    ties = seen | {file["id"] for file in passed if file["modifiedTime"] == end}
    return encode(fingerprint, [end, *sorted(ties)[:MAX_TIES]])


def _read_cursor(cursor: str | None, fingerprint: str) -> tuple[str | None, set[str]]:
    if cursor is None:
        return None, set()
    until, *seen = decode(cursor, fingerprint)
    return until, set(seen)
