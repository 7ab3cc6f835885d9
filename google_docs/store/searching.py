"""Searches by Google's full-text index over the spaces that a caller reaches."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from google_docs.client.file_queries import words
from google_docs.errors import GoogleDocsError
from google_docs.store.selection import (
    Selection,
    admit,
    memory_of,
    read_texts,
    recent_writes,
    weight,
)
from google_docs.store.space import Located, Reach, Space
from google_docs.text.pieces import Shown
from memory_hub.api.cursors import decode, encode
from superthread.reads.bounded_pages import PAGE_BYTES

HIGHLIGHT = 160  # characters
IN_THE_BODY = "/cursor"  # where a search takes its cursor


async def search(
    reach: Reach, wanted: Selection, *, query: str, limit: int, cursor: str | None
) -> dict[str, Any]:
    """At most `limit` memories with all the words (whole ones: Google's index knows no parts), best
    first.

    Google ranks nothing: the score is the share of the text's words that were asked for. Spaces and
    recent writes for which there is no room are left to the next page.
    """
    fingerprint = wanted.fingerprint(reach, "search", query)
    tokens, waiting = _read_tokens(cursor, fingerprint, wanted)
    asked = [space for space in wanted.spaces if space.key in tokens]
    now, later = asked[:limit], asked[limit:]
    pages = await _pages(now, tokens, wanted, query, limit)
    files = [file for answer in pages for file in answer.get("files", [])]
    recent = await recent_writes(reach, wanted, files)
    if cursor:
        recent = {doc_id: file for doc_id, file in recent.items() if doc_id in waiting}
    admitted_files = await admit(reach, wanted, [*files, *recent.values()])
    results = await _read(reach, admitted_files, set(recent), _terms(query))
    # Those of Google's page first: it is not asked for again.
    results.sort(key=lambda result: "source" in result)
    shown, left = results[:limit], [result["doc_id"] for result in results[limit:]]
    shown.sort(key=lambda result: (-result["score"], result["doc_id"]))
    following = {
        space.key: answer["nextPageToken"]
        for space, answer in zip(now, pages, strict=True)
        if "nextPageToken" in answer
    } | {space.key: "" for space in later}
    return {
        "results": shown,
        "count": len(shown),
        "next_cursor": encode(fingerprint, [following, left]) if following or left else None,
        "incomplete": any(answer.get("incompleteSearch", False) for answer in pages),
    }


async def _pages(
    spaces: Sequence[Space], tokens: dict[str, str], wanted: Selection, query: str, limit: int
) -> list[dict[str, Any]]:
    """Google's next page of each space, asked for at the same time."""
    return await asyncio.gather(
        *(
            space.calls.files(
                wanted.query(space, words(query)),
                size=limit // len(spaces),
                page=tokens[space.key] or None,
                # Refused together with fullText.
                order=None,
            )
            for space in spaces
        )
    )


async def _read(
    reach: Reach, files: list[Located], recent: set[str], terms: list[str]
) -> list[dict[str, Any]]:
    """The files as results; of the `recent` writes those that have all the terms. Contents for
    which there is no room are left out."""
    results, size = [], 0
    async for found, text in read_texts(reach, files):
        if found.doc_id in recent and not _has_all(text, terms):
            continue
        result = _result(memory_of(found, text, recent), terms)
        size += weight(result)
        results.append(result if size <= PAGE_BYTES or not results else _without_content(result))
    return results


def _read_tokens(
    cursor: str | None, fingerprint: str, wanted: Selection
) -> tuple[dict[str, str], list[str]]:
    """Where each space goes on, empty for its beginning; the recent writes still to be shown."""
    if cursor is None:
        return {space.key: "" for space in wanted.spaces}, []
    tokens, waiting = decode(cursor, fingerprint, IN_THE_BODY)
    return tokens, waiting


def _terms(query: str) -> list[str]:
    return [word.lower() for word in re.findall(r"\w+", query)]


def _has_all(text: Shown | GoogleDocsError, terms: list[str]) -> bool:
    if isinstance(text, GoogleDocsError):
        return False
    return bool(terms) and set(terms) <= set(_terms(text.text))


def _result(memory: dict[str, Any], terms: list[str]) -> dict[str, Any]:
    text = memory["content"] or ""
    present = _terms(text)
    hits = sum(word in terms for word in present)
    score = round(hits / len(present), 6) if present else 0.0
    return memory | {"score": score, "highlight": _highlight(text, terms)}


def _without_content(result: dict[str, Any]) -> dict[str, Any]:
    """A result for whose content there is no room beside the others'."""
    if result["content"] is None:
        return result
    reason = {"code": "answer-full", "detail": "The answer has no room for it: read it by its id."}
    return result | {"content": None, "unreadable": reason}


def _highlight(text: str, terms: list[str]) -> str:
    """The surroundings of the first word that was asked for."""
    pattern = "|".join(re.escape(term) for term in terms)
    match = re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE) if pattern else None
    start = max(0, match.start() - HIGHLIGHT // 2) if match else 0
    return " ".join(text[start : start + HIGHLIGHT].split())
