"""Lists and searches over the spaces that a caller reaches."""

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from google_docs.client.calls import File
from google_docs.client.file_queries import all_of, child_of, has, quoted, words
from google_docs.errors import GoogleDocsError
from google_docs.store.exactly_once import of_each_key, settle_seen
from google_docs.store.representation import represent
from google_docs.store.space import Located, Reach, Space, admitted
from google_docs.text.pieces import Shown
from memory_hub.core.errors import BadInput
from superthread.reads.bounded_pages import PAGE_BYTES

MAX_TIES = 200  # ids of one moment that a cursor carries
HIGHLIGHT = 160  # characters
MAX_RECENT = 20
READ_AT_ONCE = 20  # texts, of which each may be the longest that there is


@dataclass(frozen=True)
class Wanted:
    """What a list or a search is narrowed to."""

    spaces: tuple[Space, ...]
    category: str | None = None

    def query(self, space: Space, *more: str) -> str:
        category = has("category", self.category) if self.category else None
        own = (child_of(space.folder), "trashed=false", has("mh", "1"), category)
        return all_of(*own, *more)

    def takes(self, found: Located) -> bool:
        category = found.file["appProperties"].get("category")
        return found.space in self.spaces and self.category in {None, category}


async def page(
    reach: Reach, wanted: Wanted, *, limit: int, cursor: str | None, contents: bool
) -> dict[str, Any]:
    """Memories, newest change first. The cursor is the place where a page ended (a time and the
    ids of that very moment): it holds however much is written meanwhile.

    Google lists also what is no memory any more, such as an expired one: a page may be short, or
    empty, and not the last. One with ``contents`` ends at ``PAGE_BYTES`` of them.
    """
    until, seen = _read_cursor(cursor)
    before = [f"modifiedTime <= {quoted(until)}"] if until else []
    pages = await asyncio.gather(
        *(
            space.calls.files(wanted.query(space, *before), size=min(1000, limit + 1 + len(seen)))
            for space in wanted.spaces
        )
    )
    listed = [file for answer in pages for file in answer.get("files", [])]
    passed, end = list(listed), _end_of(pages)
    recent = {} if cursor else await _recent(reach, wanted, listed)
    admitted_files = await _admit(reach, wanted, [*listed, *recent.values()])
    found = [f for f in _newest_first(admitted_files) if f.doc_id not in seen]
    found = [f for f in found if f.file["modifiedTime"] >= end]
    memories = await _represented(reach, found[:limit], contents, set(recent))
    if len(found) > len(memories):
        passed = [f.file for f in found[: len(memories)]]
        end = passed[-1]["modifiedTime"]
    return {
        "memories": memories,
        "count": len(memories),
        "next_cursor": _cursor(end, passed, seen if end == until else set()) if end else None,
        "incomplete": any(answer.get("incompleteSearch", False) for answer in pages),
    }


async def _recent(reach: Reach, wanted: Wanted, listed: list[File]) -> dict[str, File]:
    """Files that were saved in the last minutes and that Google's list does not show yet; those
    that went since are taken out of `listed`."""
    writes = await reach.recent.among([space.key for space in wanted.spaces])
    listed[:] = [file for file in listed if not writes.get(file["id"], ("", False))[1]]
    known = {file["id"] for file in listed}
    missing = [(i, key) for i, (key, gone) in writes.items() if not gone and i not in known]
    by_key = {space.key: space for space in wanted.spaces}
    files = await asyncio.gather(
        *(by_key[key].calls.file(doc_id) for doc_id, key in missing[:MAX_RECENT]),
        return_exceptions=True,
    )
    return {file["id"]: file for file in files if isinstance(file, dict)}


async def _admit(reach: Reach, wanted: Wanted, files: list[File]) -> list[Located]:
    """Of the files those that are memories of the wanted spaces, each of them once."""
    by_key = {space.key: space for space in wanted.spaces}
    shown, twins = of_each_key(files)
    admitted_files = []
    for file in shown:
        space = by_key.get(file.get("appProperties", {}).get("space", ""))
        found = await admitted(reach, space.calls.identity, file) if space else None
        if found and wanted.takes(found):
            admitted_files.append(found)
    for first, *others in twins:
        space = by_key.get(first["appProperties"].get("space", ""))
        if space:
            settle_seen(space.calls, [[first, *others]])
    return admitted_files


def _newest_first(found: list[Located]) -> list[Located]:
    return sorted(found, key=lambda f: (f.file["modifiedTime"], f.doc_id), reverse=True)


async def _represented(
    reach: Reach, shown: list[Located], contents: bool, recent: set[str]
) -> list[dict[str, Any]]:
    """All of them, or with contents as many as have room; the first one always has."""
    memories: list[dict[str, Any]] = []
    size = 0
    async for found, text in _read(reach, shown) if contents else _unread(shown):
        memory = _memory(found, text, recent)
        size += _weight(memory)
        if memories and size > PAGE_BYTES:
            break
        memories.append(memory)
    return memories


def _weight(memory: dict[str, Any]) -> int:
    """Bytes of the content that is shown."""
    return 0 if memory["content"] is None else memory["size"]


async def _unread(shown: list[Located]) -> AsyncIterator[tuple[Located, None]]:
    for found in shown:
        yield found, None


def _memory(
    found: Located, text: Shown | GoogleDocsError | None, recent: set[str]
) -> dict[str, Any]:
    source = "recent" if found.doc_id in recent else None
    return represent(found.file, found.role, text, source=source)


async def _read(
    reach: Reach, wanted: list[Located]
) -> AsyncIterator[tuple[Located, Shown | GoogleDocsError]]:
    """Each with its text, or why it cannot be read: one that cannot keeps none of the others."""

    async def one(found: Located) -> Shown | GoogleDocsError:
        try:
            return await reach.texts.of(found)
        except GoogleDocsError as error:
            return error

    for start in range(0, len(wanted), READ_AT_ONCE):
        some = wanted[start : start + READ_AT_ONCE]
        for found, text in zip(some, await asyncio.gather(*map(one, some)), strict=True):
            yield found, text


def _end_of(pages: list[File]) -> str:
    """The time down to which all lists reach; empty when none of them goes on."""
    partial = [answer["files"] for answer in pages if "nextPageToken" in answer]
    return max((files[-1]["modifiedTime"] for files in partial if files), default="")


def _cursor(end: str, passed: list[File], seen: set[str]) -> str:
    """Behind the files of this page, and those of earlier ones from the same moment."""
    ties = seen | {file["id"] for file in passed if file["modifiedTime"] == end}
    return _packed([end, *sorted(ties)[:MAX_TIES]])


def _packed(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _unpacked(cursor: str) -> Any:
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        raise _bad_cursor() from None


def _bad_cursor() -> BadInput:
    return BadInput.at("query:cursor", "invalid", "This is not a cursor of this list.")


def _read_cursor(cursor: str | None) -> tuple[str | None, set[str]]:
    if cursor is None:
        return None, set()
    value = _unpacked(cursor)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value) or not value:
        raise _bad_cursor()
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value[0], re.ASCII):
        raise _bad_cursor()
    return value[0], set(value[1:])


async def search(
    reach: Reach, wanted: Wanted, *, query: str, limit: int, cursor: str | None
) -> dict[str, Any]:
    """At most `limit` memories with all the words (whole ones: Google's index knows no parts), best
    first.

    Google ranks nothing: the score is the share of the text's words that were asked for. Spaces and
    recent writes for which there is no room are left to the next page.
    """
    tokens, waiting = _read_tokens(cursor, wanted)
    asked = [space for space in wanted.spaces if space.key in tokens]
    now, later = asked[:limit], asked[limit:]
    pages = await asyncio.gather(
        *(
            space.calls.files(
                wanted.query(space, words(query)),
                size=limit // len(now),
                page=tokens[space.key] or None,
                order=None,  # refused together with fullText
            )
            for space in now
        )
    )
    files = [file for answer in pages for file in answer.get("files", [])]
    recent = await _recent(reach, wanted, files)
    if cursor:
        recent = {doc_id: file for doc_id, file in recent.items() if doc_id in waiting}
    admitted_files = await _admit(reach, wanted, [*files, *recent.values()])
    terms, results, size = _terms(query), [], 0
    async for found, text in _read(reach, admitted_files):
        if found.doc_id in recent and not _has_all(text, terms):
            continue
        result = _result(_memory(found, text, set(recent)), terms)
        size += _weight(result)
        results.append(result if size <= PAGE_BYTES or not results else _without_content(result))
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
        "next_cursor": _packed([following, left]) if following or left else None,
        "incomplete": any(answer.get("incompleteSearch", False) for answer in pages),
    }


def _read_tokens(cursor: str | None, wanted: Wanted) -> tuple[dict[str, str], list[str]]:
    """Where each space goes on, empty for its beginning; the recent writes still to be shown."""
    keys = {space.key for space in wanted.spaces}
    if cursor is None:
        return dict.fromkeys(keys, ""), []
    match _unpacked(cursor):
        case [dict() as tokens, list() as waiting] if set(tokens) <= keys and all(
            isinstance(text, str) for text in [*tokens.values(), *waiting]
        ):
            return tokens, waiting
    raise _bad_cursor()


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


def spaces_for(reach: Reach, scope: str, team_key: str | None) -> tuple[Space, ...]:
    """The spaces of a scope (`personal`, `team` or `all`) and, if given, of one team."""
    chosen = [
        space
        for space in reach.spaces
        if space.folder and scope in {"all", space.scope} and team_key in {None, space.team_key}
    ]
    return tuple(chosen)
