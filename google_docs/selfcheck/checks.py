"""What is checked, and what is only observed: the open questions of the design."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from google_docs.calls import Calls
from google_docs.errors import GoogleDocsError, RevisionMismatch
from google_docs.query import all_of, child_of, has, words
from google_docs.store import facts, history, memories, sharing
from google_docs.store.memories import Draft
from google_docs.store.space import Reach, Space, locate
from google_docs.text import end_of, from_document, from_export, rewrite_requests
from memory_hub.errors import HubError
from superthread.policies import Role

TEXTS = {
    "Korean, emoji, joiners": "한국어 👍🏽 👩‍👩‍👧 \U0001d11e\n둘째 줄",
    "empty lines and a last newline": "a\n\n\nb\n",
    "list marks": "- one\n* two\n1. three",
    "spaces at the ends": "  a \t\n b  ",
}
LAG_SECONDS = 120


@dataclass
class Scratch:
    """A space in a folder of its own, and what was found there."""

    space: Space
    reach: Reach
    lag_seconds: float = LAG_SECONDS
    share_with: str | None = None
    observed: dict[str, Any] = field(default_factory=dict)

    @property
    def calls(self) -> Calls:
        return self.space.calls

    async def save(self, content: str, **fields: Any) -> str:
        return (await memories.create(self.reach, self.space, Draft(content, **fields)))["id"]


class NotAsWritten(Exception):
    """Google did something else than the contract says."""


def require(condition: bool, told: str) -> None:
    if not condition:
        raise NotAsWritten(told)


async def round_trips(scratch: Scratch) -> None:
    """Texts come back as they were saved, by import and by rewriting."""
    wrong = []
    for label, text in TEXTS.items():
        doc_id = await scratch.save(text)
        document = await scratch.calls.document(doc_id)
        if from_document(document) != text:
            wrong.append(f"import of {label}: {from_document(document)!r}")
        extent = await scratch.calls.extent(doc_id)
        requests = rewrite_requests(end_of(extent), text + "!")
        await scratch.calls.rewrite(doc_id, requests, extent["revisionId"])
        rewritten = from_document(await scratch.calls.document(doc_id))
        if rewritten != text + "!":
            wrong.append(f"rewriting of {label}: {rewritten!r}")
        exported = from_export(await scratch.calls.export(doc_id))
        if exported != text + "!":
            scratch.observed[f"export of {label}"] = repr(exported)
    require(not wrong, "; ".join(wrong))


async def one_winner(scratch: Scratch) -> None:
    """Of five writers with one revision one wins."""
    doc_id = await scratch.save("start")
    extent = await scratch.calls.extent(doc_id)

    async def write(number: int) -> bool:
        requests = rewrite_requests(end_of(extent), f"writer {number}")
        try:
            await scratch.calls.rewrite(doc_id, requests, extent["revisionId"])
        except RevisionMismatch:
            return False
        return True

    won = sum(await asyncio.gather(*(write(n) for n in range(5))))
    require(won == 1, f"{won} of 5 writers won")


async def properties(scratch: Scratch) -> None:
    """Category, metadata and the mark are kept, changed and seen by a query."""
    doc_id = await scratch.save("facts", category="결정", metadata={"n": [1, "나"]})
    found = await locate(scratch.reach, doc_id, Role.OWNER)
    changed = await memories.change(scratch.reach, found, {"metadata": {"n": 2}}, None)
    require(changed["category"] == "결정", "the category changed")
    require(changed["metadata"] == {"n": 2}, "the metadata were not kept")


async def snapshots(scratch: Scratch) -> None:
    """A snapshot is no memory, keeps its text, and is restored."""
    doc_id = await scratch.save("first")
    found = await locate(scratch.reach, doc_id, Role.OWNER)
    version = await history.snapshot(scratch.reach, found, "selfcheck")
    await memories.change(scratch.reach, found, {"content": "second"}, None)
    restored = await history.restore(scratch.reach, found, version["version_id"], None)
    require(restored["content"] == "first", f"restored {restored['content']!r}")
    copy = await scratch.calls.file(version["version_id"].removeprefix("s:"))
    require(not facts.is_memory(copy), "a snapshot carries the mark of a memory")


async def revisions(scratch: Scratch) -> None:
    """Google's revisions are listed, and the first one can be read."""
    doc_id = await scratch.save("first")
    found = await locate(scratch.reach, doc_id, Role.OWNER)
    for number in range(3):
        await memories.rewrite(found, f"edit {number}", None)
    listed = await scratch.calls.revisions(doc_id)
    scratch.observed["revisions listed after 3 edits"] = [item["id"] for item in listed]
    began = time.perf_counter()
    text = from_export(await scratch.calls.export_revision(doc_id, listed[0]["id"]))
    scratch.observed["text of the oldest revision"] = repr(text)
    scratch.observed["seconds to fetch it"] = round(time.perf_counter() - began, 2)


async def trash(scratch: Scratch) -> None:
    """What was deleted is not found by its id."""
    doc_id = await scratch.save("to be deleted")
    found = await locate(scratch.reach, doc_id, Role.OWNER)
    await memories.trash(scratch.reach, found, None)
    try:
        await locate(scratch.reach, doc_id, Role.VIEWER)
    except HubError as error:
        require(error.status == 404, f"{error.status} after deleting")
    else:
        raise NotAsWritten("a deleted memory is still found")


async def permissions(scratch: Scratch) -> None:
    """A grant is made and taken back (with --share-with ADDRESS)."""
    if scratch.share_with is None:
        scratch.observed["permissions"] = "not checked: no --share-with"
        return
    doc_id = await scratch.save("to be shared")
    found = await locate(scratch.reach, doc_id, Role.OWNER)
    for role, expected in (("viewer", {scratch.share_with: "viewer"}), (None, {})):
        shown = await sharing.change(found, {scratch.share_with: role}, notify=False)
        require(shown["permissions"] == expected, f"{shown['permissions']} after {role}")


async def lags(scratch: Scratch) -> None:
    """How long lists and the full-text index lag behind a save, Korean words included."""
    word = "zq" + uuid.uuid4().hex[:10]
    key = f"selfcheck-{word}"
    doc_id = await scratch.save(f"{word} 회의록을 읽었다", category=key)
    folder = child_of(scratch.space.folder)
    queries = {
        "lag of parents": folder,
        "lag of appProperties": all_of(folder, has("category", key)),
        "lag of full text": all_of(folder, words(word)),
        "lag of a Korean word with its particle": all_of(folder, words("회의록을")),
        "lag of a Korean word without it": all_of(folder, words("회의록")),
    }
    seen = await asyncio.gather(*(_lag(scratch, q, doc_id) for q in queries.values()))
    scratch.observed |= dict(zip(queries, seen, strict=True))


async def _lag(scratch: Scratch, query: str, doc_id: str) -> str:
    began = time.perf_counter()
    while (past := time.perf_counter() - began) < scratch.lag_seconds:
        page = await scratch.calls.files(query, size=100, order=None, fields="id")
        if doc_id in [file["id"] for file in page.get("files", [])]:
            return f"{past:.1f} s"
        await asyncio.sleep(min(2.0, scratch.lag_seconds / 10))
    return f"not seen within {scratch.lag_seconds:g} s"


CHECKS: list[Callable[[Scratch], Awaitable[None]]] = [
    round_trips, one_winner, properties, snapshots, revisions, trash, permissions, lags,
]  # fmt: skip


@dataclass(frozen=True)
class Result:
    """One check: passed, or what was seen instead."""

    name: str
    passed: bool
    detail: str


async def run_all(scratch: Scratch) -> list[Result]:
    """Every check, one after another; a failure does not stop the next one."""
    results = []
    for check in CHECKS:
        try:
            await check(scratch)
        except NotAsWritten as different:
            results.append(Result(check.__doc__ or "", False, str(different)))
        except (HubError, GoogleDocsError, KeyError) as error:
            results.append(Result(check.__doc__ or "", False, f"{type(error).__name__}: {error}"))
        else:
            results.append(Result(check.__doc__ or "", True, ""))
    return results
