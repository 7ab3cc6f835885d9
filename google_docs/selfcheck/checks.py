"""What is asked of Google behind the hub: whether texts survive, who wins, how long lists lag."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from google_docs.client.file_queries import all_of, child_of, has, words
from google_docs.errors import GoogleDocsError, RevisionMismatch
from google_docs.selfcheck import contract
from google_docs.selfcheck.questions import QUESTIONS
from google_docs.selfcheck.scratch import NotAsWritten, Scratch, require, word
from google_docs.text.canonical import canonical, from_export
from google_docs.text.edits import plan
from memory_hub.core.errors import HubError

TEXTS = {
    "Korean, emoji, joiners": "한국어 👍🏽 👩‍👩‍👧 \U0001d11e\n둘째 줄",
    "empty lines and a last newline": "a\n\n\nb\n",
    "list marks": "- one\n* two\n1. three",
    "spaces at the ends": "  a \t\n b  ",
}


async def round_trips(scratch: Scratch) -> None:
    """Texts come back as they were saved, by import and by rewriting."""
    wrong = []
    for label, text in TEXTS.items():
        doc_id = (await scratch.save(text))["doc_id"]
        extent = await scratch.calls.extent(doc_id)
        if extent.text != canonical(text):
            wrong.append(f"import of {label}: {extent.text!r}")
        requests = plan(extent, text + "!").requests
        await scratch.calls.rewrite(doc_id, requests, extent.revision or "")
        rewritten = (await scratch.calls.document(doc_id)).text
        if rewritten != text + "!":
            wrong.append(f"rewriting of {label}: {rewritten!r}")
        exported = from_export(await scratch.calls.export(doc_id))
        if exported != text + "!":
            scratch.observed[f"export of {label}"] = repr(exported)
    require(not wrong, "; ".join(wrong))


async def one_winner(scratch: Scratch) -> None:
    """Of five writers with one revision one wins."""
    doc_id = (await scratch.save("start"))["doc_id"]
    extent = await scratch.calls.extent(doc_id)

    async def write(number: int) -> bool:
        requests = plan(extent, f"writer {number}").requests
        try:
            await scratch.calls.rewrite(doc_id, requests, extent.revision or "")
        except RevisionMismatch:
            return False
        return True

    won = sum(await asyncio.gather(*(write(n) for n in range(5))))
    require(won == 1, f"{won} of 5 writers won")


async def revisions(scratch: Scratch) -> None:
    """Google's revisions are listed, and the first one can be read."""
    doc_id = (await scratch.save("first"))["doc_id"]
    for number in range(3):
        await scratch.hub.ask("PATCH", f"memories/{doc_id}", {"content": f"edit {number}"})
    listed = await scratch.calls.revisions(doc_id)
    scratch.observed["revisions listed after 3 edits"] = [item["id"] for item in listed]
    began = time.perf_counter()
    text = from_export(await scratch.calls.export_revision(doc_id, listed[0]["id"]))
    scratch.observed["text of the oldest revision"] = repr(text)
    scratch.observed["seconds to fetch it"] = round(time.perf_counter() - began, 2)


async def lags(scratch: Scratch) -> None:
    """How long lists and the full-text index lag behind a save, Korean words included."""
    term = word()
    key = f"selfcheck-{term}"
    doc_id = (await scratch.save(f"{term} 회의록을 읽었다", category=key))["doc_id"]
    folder = child_of(scratch.space.folder)
    queries = {
        "lag of parents": folder,
        "lag of appProperties": all_of(folder, has("category", key)),
        "lag of full text": all_of(folder, words(term)),
        "lag of a Korean word with its particle": all_of(folder, words("회의록을")),
        "lag of a Korean word without it": all_of(folder, words("회의록")),
    }
    seen = await asyncio.gather(*(_lag(scratch, query, doc_id) for query in queries.values()))
    scratch.observed |= dict(zip(queries, seen, strict=True))


async def _lag(scratch: Scratch, query: str, doc_id: str) -> str:
    async def listed() -> bool:
        page = await scratch.calls.files(query, size=100, order=None, fields="id")
        return doc_id in [file["id"] for file in page.get("files", [])]

    past = await scratch.eventually(listed)
    return f"not seen within {scratch.lag_seconds:g} s" if past is None else f"{past:.1f} s"


CHECKS: dict[str, Callable[[Scratch], Awaitable[None]]] = {
    check.__name__: check
    for check in (
        contract.saving, contract.saving_once, contract.changing, contract.listing,
        contract.searching, contract.batches, contract.deleting, contract.granting,
        contract.versions, contract.overview, contract.strangers, contract.strictness,
        contract.credentials, round_trips, one_winner, revisions, lags, *QUESTIONS,
    )
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """One check: passed, or what was seen instead."""

    name: str
    passed: bool
    detail: str


async def run(scratch: Scratch, name: str) -> Result:
    """One check; whatever goes wrong in it is its result."""
    check = CHECKS[name]
    told = (check.__doc__ or name).strip()
    try:
        await check(scratch)
    except NotAsWritten as different:
        return Result(told, False, str(different))
    except (HubError, GoogleDocsError, KeyError) as error:
        return Result(told, False, f"{type(error).__name__}: {error}")
    return Result(told, True, "")
