"""One memory: save, read, change, remove."""

import asyncio
import logging
import random
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import DatabaseError

from google_docs.calls import File
from google_docs.errors import GoogleDocsError, RevisionMismatch
from google_docs.query import snapshots_of
from google_docs.store import facts
from google_docs.store.once import create_once
from google_docs.store.representation import represent
from google_docs.store.space import Located, Reach, Space
from google_docs.text import canonical, end_of, from_document, rewrite_requests
from memory_hub.errors import BadInput, StaleRevision
from memory_hub.serializers import is_blank
from superthread.policies import Role

logger = logging.getLogger(__name__)
Memory = dict[str, Any]
REREADS = 3  # of a write without If-Match that meets other writers


@dataclass(frozen=True)
class Draft:
    """A memory to be saved."""

    content: str
    scope: str = "personal"
    category: str = "default"
    team_key: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None


async def save(reach: Reach, space: Space, draft: Draft) -> Memory:
    """Save a memory as one new Doc, exactly once; answers it with its revision if Google tells."""
    file = await create(reach, space, draft)
    try:
        revision = await space.calls.revision(file["id"])
    except GoogleDocsError:
        revision = None  # it is saved: an answer without an ETag beats a second one
    content = canonical(draft.content)
    return represent(file, Role.OWNER, content=content, revision=revision)


async def create(reach: Reach, space: Space, draft: Draft) -> File:
    """The new file of a draft."""
    text, key = storable(draft.content), uuid.uuid4().hex
    known = facts.Facts(
        space=space.key,
        author=reach.user_id,
        owner=reach.email,
        scope=draft.scope,
        team_key=draft.team_key,
        category=draft.category,
        metadata=draft.metadata,
        expires_at=draft.expires_at,
    )
    own = known.properties() | facts.of_text(text) | {"mh_id": key}
    body = {
        "name": facts.title(text),
        "parents": [space.folder],
        "description": known.description(),
        "appProperties": {name: value for name, value in own.items() if value is not None},
    }
    calls = space.calls
    file = await create_once(
        calls, lambda: calls.create_document(body, text), key=key, folder=space.folder
    )
    try:
        await reach.recent.note(space.key, [file["id"]])
    except DatabaseError as error:
        # It is saved: whoever is told otherwise saves it twice.
        logger.warning("A save could not be noted for lists: %s", type(error).__name__)
    return file


def storable(content: str) -> str:
    """The text as a Doc holds it; BadInput when nothing visible is left of it."""
    text = canonical(content)
    if is_blank(text):
        raise BadInput.at("/content", "blank", "Nothing is left that a Google Doc can show.")
    return text


async def read(found: Located) -> Memory:
    """The memory with its exact text and the revision that If-Match takes."""
    return whole(found, await found.calls.document(found.doc_id))


def whole(found: Located, document: File) -> Memory:
    text = from_document(document)
    return represent(found.file, found.role, content=text, revision=document.get("revisionId"))


async def change(
    reach: Reach, found: Located, changes: dict[str, Any], expected: set[str] | None
) -> Memory:
    """Change what is named, unless another revision than an expected one is there."""
    if "content" in changes:
        content = storable(changes["content"])
        return await change_text(reach, found, content, expected, changes)
    if expected is not None:
        await require_revision(found, expected)
    async with noted(reach, found):
        file = await found.calls.update(found.doc_id, _new_facts(found.file, changes, None))
    return whole(replace(found, file=file), await found.calls.document(found.doc_id))


async def change_text(
    reach: Reach,
    found: Located,
    content: str,
    expected: set[str] | None,
    changes: dict[str, Any] | None = None,
) -> Memory:
    """Change the text first, guarded by its revision, then the other `changes`.

    The two cannot be changed at once: when the second fails the answer says `metadata_pending`.
    """
    async with noted(reach, found):
        revision = await rewrite(found, content, expected)
        body = _new_facts(found.file, changes or {}, content)
        try:
            file, pending = await found.calls.update(found.doc_id, body), False
        except GoogleDocsError:
            file, pending = found.file, True
    memory = represent(file, found.role, content=content, revision=revision)
    return memory | ({"metadata_pending": True} if pending else {})


@asynccontextmanager
async def noted(reach: Reach, found: Located, *, gone: bool = False) -> AsyncIterator[None]:
    """Has everybody know that the block wrote a memory. Also when Google failed: it may have
    carried out what it did not answer."""
    try:
        yield
    except GoogleDocsError:
        await reach.recent.note(found.space.key, [found.doc_id])
        raise
    await reach.recent.note(found.space.key, [found.doc_id], gone=gone)


def _new_facts(file: File, changes: dict[str, Any], content: str | None) -> File:
    named = {k: v for k, v in changes.items() if k in {"category", "metadata", "expires_at"}}
    known = replace(facts.of(file), **named)
    own = known.properties()
    body: File = {"appProperties": own}
    if named:
        body["description"] = known.description()
    if content is not None:
        body["name"] = facts.title(content)
        own |= facts.of_text(content)
    return body


async def rewrite(found: Located, text: str, expected: set[str] | None) -> str:
    """Replace the text, unless someone revised it first; answers the new revision.

    With `expected` a revision that is not among them is StaleRevision. Without it the last write
    wins: it reads again when another one was faster, and gives up with 409 after three times.
    """
    calls, doc_id = found.calls, found.doc_id
    met: GoogleDocsError = RevisionMismatch("Others keep revising this memory; try again.")
    others, failures = 0, 0
    while others < REREADS and failures < calls.policy.tries:
        document = await calls.extent(doc_id)
        current = document["revisionId"]
        if expected is not None and current not in expected:
            raise stale(current)
        try:
            requests = rewrite_requests(end_of(document), text)
            return await calls.rewrite(doc_id, requests, current)
        except RevisionMismatch:
            if expected is not None:
                raise stale(await calls.revision(doc_id)) from None
            others += 1
        except GoogleDocsError as error:
            if error.untouched or not error.transient:
                raise
            # The answer got lost. If our text is there it was carried out; if not, the revision
            # guards the next try as it did this one.
            after = await calls.patient().extent(doc_id)
            if after["revisionId"] != current and from_document(after) == text:
                return after["revisionId"]
            met = error
            await asyncio.sleep(calls.policy.pause(failures, error.retry_after, random.random))
            failures += 1
    raise met


async def require_revision(found: Located, expected: set[str]) -> None:
    """Raises StaleRevision unless the present revision is among the expected ones."""
    current = await found.calls.revision(found.doc_id)
    if current not in expected:
        raise stale(current)


def stale(current: str | None) -> StaleRevision:
    return StaleRevision("The memory was revised by someone else.", current_revision=current)


async def trash(reach: Reach, found: Located, expected: set[str] | None) -> None:
    """To Google's trash, where it stays for 30 days."""
    if expected is not None:
        await require_revision(found, expected)
    async with noted(reach, found, gone=True):
        await found.calls.update(found.doc_id, {"trashed": True})


async def purge(reach: Reach, found: Located, expected: set[str] | None) -> None:
    """For good, with its snapshots."""
    if expected is not None:
        await require_revision(found, expected)
    snapshots = await found.calls.files(snapshots_of(found.doc_id), size=1000)

    async def delete(snapshot: File) -> None:
        async with found.calls.bulk:
            await found.calls.delete(snapshot["id"])

    await asyncio.gather(*(delete(snapshot) for snapshot in snapshots.get("files", [])))
    async with noted(reach, found, gone=True):
        await found.calls.delete(found.doc_id)
