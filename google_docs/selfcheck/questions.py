"""What only the real Google can answer: asked, and told as it was seen; nothing is required."""

import time
from typing import Any

from google_docs.client.calls import Calls
from google_docs.errors import GoogleDocsError, RevisionMismatch
from google_docs.selfcheck.scratch import Scratch, word
from google_docs.store import file_properties
from google_docs.text.canonical import from_export
from google_docs.text.edits import plan

# In which a 503 is looked for.
CREATES = 20


async def _new(scratch: Scratch, text: str) -> str:
    body = {"name": "question", "parents": [scratch.space.folder]}
    return (await scratch.calls.create_document(body, text))["id"]


async def _edit(scratch: Scratch, doc_id: str, *requests: dict[str, Any]) -> None:
    revision = (await scratch.calls.extent(doc_id)).revision or ""
    await scratch.calls.rewrite(doc_id, list(requests), revision)


async def last_newlines(scratch: Scratch) -> None:
    """What an import makes of a last newline."""
    for text in ("a", "a\n", "a\n\n"):
        doc_id = await _new(scratch, text)
        shown = (await scratch.calls.extent(doc_id)).shown
        scratch.observed[f"import of {text!r}"] = f"{shown!r} with the newline of the body"


async def refused_revisions(scratch: Scratch) -> None:
    """How Google refuses a revision that is not the latest."""
    doc_id = await _new(scratch, "first")
    extent = await scratch.calls.extent(doc_id)
    await scratch.calls.rewrite(doc_id, plan(extent, "second").requests, extent.revision or "")
    try:
        await scratch.calls.rewrite(doc_id, plan(extent, "third").requests, extent.revision or "")
        scratch.observed["a refused revision"] = "it was not refused"
    except RevisionMismatch as refused:
        scratch.observed["a refused revision"] = refused.said


async def unavailable_after_all(scratch: Scratch) -> None:
    """Whether a 503 is ever answered to what was carried out."""
    seen: list[str] = []
    for number in range(CREATES):
        key = word()
        body = {"name": key, "parents": [scratch.space.folder], "appProperties": {"mh_id": key}}
        try:
            await scratch.calls.create_document(body, f"create {number}")
        except GoogleDocsError as error:
            made = await scratch.calls.files(f"name = '{key}'", size=10, order=None)
            carried_out = "carried out" if made.get("files") else "not carried out"
            seen.append(f"{error.said}: {carried_out}")
    scratch.observed["errors of creates"] = seen or f"none in {CREATES}"


async def trashed_folders(scratch: Scratch) -> None:
    """What becomes of a create into a folder that is in the trash."""
    body = {"name": "to the trash", "parents": [scratch.space.folder]}
    folder = (await scratch.calls.create_folder(body))["id"]
    await scratch.calls.update(folder, {"trashed": True})
    try:
        made = await scratch.calls.create_document({"name": "in it", "parents": [folder]}, "a")
        told = f"accepted, trashed: {made.get('trashed')}"
        await scratch.calls.update(folder, {"trashed": False})
        back = await scratch.calls.file(made["id"])
        told += f"; once the folder is back: {back.get('trashed')}"
    except GoogleDocsError as error:
        told = f"refused: {error.said}"
    scratch.observed["a create into a trashed folder"] = told


async def aliases(scratch: Scratch) -> None:
    """Which address a grant answers (with --share-with ALIAS)."""
    if scratch.share_with is None:
        scratch.observed["address of a grant"] = "not asked: no --share-with"
        return
    doc_id = await _new(scratch, "shared")
    try:
        made = await scratch.calls.grant(doc_id, scratch.share_with, "reader", notify=False)
        listed = await scratch.calls.permissions(doc_id)
        ids = {permission["id"]: permission.get("emailAddress") for permission in listed}
        told = f"{scratch.share_with} is {made.get('emailAddress')}, listed as {ids[made['id']]}"
    except GoogleDocsError as error:
        told = f"refused: {error.said}"
    scratch.observed["address of a grant"] = told


async def change_feed(scratch: Scratch) -> None:
    """When an edit of a text appears in changes.list."""
    doc_id = await _new(scratch, "before")
    token = await scratch.calls.change_token()
    extent = await scratch.calls.extent(doc_id)
    await scratch.calls.rewrite(doc_id, plan(extent, "after").requests, extent.revision or "")
    began = time.perf_counter()

    async def told() -> bool:
        page = await scratch.calls.changes(token)
        return doc_id in [change.get("fileId") for change in page.get("changes", [])]

    past = await scratch.eventually(told)
    waited = time.perf_counter() - began
    scratch.observed["an edit appears in changes.list"] = (
        f"after {past:.1f} s" if past is not None else f"not within {waited:.0f} s"
    )


async def bullets(scratch: Scratch) -> None:
    """Whether bullets get into paragraphs that are inserted, and stay where they were."""
    doc_id = await _new(scratch, "one\ntwo")
    whole = {"startIndex": 1, "endIndex": 8}
    bulleted = {"range": whole, "bulletPreset": "BULLET_DISC_CIRCLE_SQUARE"}
    await _edit(scratch, doc_id, {"createParagraphBullets": bulleted})
    extent = await scratch.calls.extent(doc_id)
    raw = {"insertText": {"location": {"index": 4}, "text": "\nraw"}}
    await scratch.calls.rewrite(doc_id, [raw], extent.revision or "")
    extent = await scratch.calls.extent(doc_id)
    scratch.observed["inserted into a list as it is"] = repr(extent.text)
    wanted = extent.text + "\nplain"
    await scratch.calls.rewrite(doc_id, plan(extent, wanted).requests, extent.revision or "")
    text = (await scratch.calls.document(doc_id)).text
    scratch.observed["inserted by the hub"] = f"{text!r}, wanted {wanted!r}"


async def commenters(scratch: Scratch) -> None:
    """Whether who may comment is told the revision (with a second account of the user's teams)."""
    others = [c for c in scratch.others if c.identity != scratch.calls.identity]
    if not others:
        scratch.observed["revision for commenters"] = "not asked: no second connected account"
        return
    second: Calls = others[0]
    doc_id = await _new(scratch, "commented")
    try:
        address = (await second.about())["user"]["emailAddress"]
        await scratch.calls.grant(doc_id, address, "commenter", notify=False)
        told = "told" if await second.revision(doc_id) else "not told"
    except GoogleDocsError as error:
        told = f"could not be asked: {error.said or error}"
    scratch.observed["revision for commenters"] = told


async def exports(scratch: Scratch) -> None:
    """What an export gives for chips, footnotes and tabs."""
    doc_id = await _new(scratch, "chip: \nnote: ")
    about = await scratch.calls.about()
    person = {"email": about["user"]["emailAddress"]}
    requests: list[dict[str, Any]] = [
        {"createFootnote": {"location": {"index": 14}}},
        {"insertPerson": {"location": {"index": 7}, "personProperties": person}},
        {"addDocumentTab": {"tabProperties": {"title": "Second"}}},
    ]
    for request in requests:
        name = next(iter(request))
        try:
            await _edit(scratch, doc_id, request)
        except GoogleDocsError as error:
            scratch.observed[name] = f"refused: {error.said}"
    scratch.observed["export of these"] = repr(from_export(await scratch.calls.export(doc_id)))
    shown = await scratch.calls.document(doc_id)
    scratch.observed["read of these"] = f"{shown.text!r}, {shown.lossy}, {shown.tabs} tabs"


async def descriptions(scratch: Scratch) -> None:
    """Whether a description keeps its lines, which hold the facts of a memory."""
    saved = await scratch.save("described", metadata={"n": 1})
    file = await scratch.calls.file(saved["doc_id"])
    scratch.observed["facts in the description"] = (
        "there" if file_properties.has_line(file) else repr(file.get("description"))
    )


QUESTIONS = (
    last_newlines, refused_revisions, unavailable_after_all, trashed_folders, aliases, change_feed,
    bullets, commenters, exports, descriptions,
)  # fmt: skip
