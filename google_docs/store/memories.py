"""One memory: save, read, change, remove."""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

from django.db import DatabaseError

from google_docs.client.calls import Calls, File
from google_docs.client.file_queries import snapshots_of
from google_docs.errors import FolderInTrash, GoogleDocsError, counted
from google_docs.events import DocumentKind
from google_docs.store import file_properties
from google_docs.store.exactly_once import create_once
from google_docs.store.outcome import carried_out, is_gone
from google_docs.store.representation import represent
from google_docs.store.space import Located, Reach, Space
from google_docs.store.writing import require_revision, rewrite
from google_docs.text.canonical import canonical
from google_docs.text.pieces import Shown
from memory_hub.api.fields import is_blank
from memory_hub.core.errors import BadInput
from memory_hub.events.event import Event
from superthread.policies import Role
from superthread.store_terms import Draft

logger = logging.getLogger(__name__)
Memory = dict[str, Any]
# The facts that a change may name.
NAMED = {"category", "metadata", "expires_at"}


async def save(reach: Reach, space: Space, draft: Draft) -> Memory:
    """Save a memory as one new Doc, exactly once; answers what Google holds of it, if it tells."""
    file = await create(reach, space, draft)
    try:
        shown = await space.calls.document(file["id"])
    except GoogleDocsError:
        # It is saved: an answer without an ETag beats a second one.
        return represent(file, Role.OWNER, Shown(canonical(draft.content)))
    held = file_properties.of_text(shown.text)
    if not held.items() <= file.get("appProperties", {}).items():
        with suppress(GoogleDocsError):
            file = await space.calls.update(file["id"], {"appProperties": held})
    return represent(file, Role.OWNER, shown)


async def create(reach: Reach, space: Space, draft: Draft) -> File:
    """The new file of a draft."""
    text, key = storable(draft.content), uuid.uuid4().hex
    known = file_properties.FileProperties(
        space=space.key,
        author=reach.user_id,
        owner=reach.email,
        scope=draft.scope,
        team_key=draft.team_key,
        category=draft.category,
        metadata=draft.metadata,
        expires_at=draft.expires_at,
    )
    own = known.properties() | file_properties.of_text(text) | {"mh_id": key}
    body = {
        "name": file_properties.title(text),
        "parents": [space.folder],
        "description": known.description(),
        "appProperties": {name: value for name, value in own.items() if value is not None},
    }
    calls = space.calls
    file = await create_once(
        calls, lambda: calls.create_document(body, text), key=key, folder=space.folder
    )
    if file.get("trashed"):
        # Its folder is in the trash, and so is it: nobody would find it again.
        await calls.delete(file["id"])
        raise FolderInTrash("Bring the folder back from the trash, or set another one.")
    try:
        await reach.recent.note(space.key, [file["id"]])
        await reach.known.keep(file["id"], known.line())
    except DatabaseError as error:
        # It is saved: whoever is told otherwise saves it twice.
        logger.warning("A save could not be noted for lists: %s", type(error).__name__)
    await reach.tell(reach.changed(DocumentKind.CREATED, file["id"], space))
    return file


def storable(content: str) -> str:
    """The text as a Doc holds it; BadInput when nothing visible is left of it."""
    text = canonical(content)
    if is_blank(text):
        raise BadInput.at("/content", "blank", "Nothing is left that a Google Doc can show.")
    return text


def whole(found: Located, shown: Shown) -> Memory:
    """The memory as the API tells it, with this text."""
    return represent(found.file, found.role, shown)


async def change(
    reach: Reach, found: Located, changes: dict[str, Any], expected: set[str] | None
) -> Memory:
    """Change what is named, unless another revision than an expected one is there."""
    if "content" in changes:
        content = storable(changes["content"])
        return await change_text(reach, found, content, expected, changes)
    if expected is not None:
        await require_revision(found, expected)
    async with noted(reach, found, DocumentKind.UPDATED):
        file = await found.calls.update(found.doc_id, _new_facts(found.file, changes))
        await _keep_facts(reach, file, changes)
    return whole(replace(found, file=file), await found.calls.document(found.doc_id))


async def change_text(
    reach: Reach,
    found: Located,
    content: str,
    expected: set[str] | None,
    changes: dict[str, Any],
) -> Memory:
    """Change the text first, guarded by its revision, then the other `changes`.

    The two cannot be changed at once: when the second fails the answer says `metadata_pending`.
    What a change with `force` took away is `lost`. WouldLoseStructure without it.
    """
    async with noted(reach, found, DocumentKind.UPDATED):
        force = changes.get("force", False)
        written = await rewrite(found, content, expected, force=force)
        body = _new_facts(found.file, changes)
        body["appProperties"] |= file_properties.of_text(written.own)
        # Where it differs a person has named it.
        if found.file["name"] == file_properties.title(written.before):
            body["name"] = file_properties.title(written.shown.text)
        try:
            file, pending = await found.calls.update(found.doc_id, body), False
            await _keep_facts(reach, file, changes)
        except GoogleDocsError:
            file, pending = found.file, True
    memory = represent(file, found.role, written.shown)
    memory |= {"lost": counted(written.lost)} if force else {}
    return memory | ({"metadata_pending": True} if pending else {})


@asynccontextmanager
async def noted(
    reach: Reach, found: Located, kind: DocumentKind | None = None
) -> AsyncIterator[list[Event]]:
    """Has everybody know that the block wrote a memory, lists also when Google failed: it may have
    carried out what it did not answer. Told are the event of this kind and those that the block
    adds to the list."""
    told: list[Event] = []
    try:
        yield told
    except GoogleDocsError:
        await reach.recent.note(found.space.key, [found.doc_id])
        raise
    gone = kind in {DocumentKind.TRASHED, DocumentKind.PURGED}
    await reach.recent.note(found.space.key, [found.doc_id], gone=gone)
    if kind is not None:
        told.append(reach.changed(kind, found.doc_id, found.space))
    if told:
        await reach.tell(*told)


async def _keep_facts(reach: Reach, file: File, changes: dict[str, Any]) -> None:
    if NAMED & changes.keys():
        await reach.known.keep(file["id"], file_properties.of(file).line())


def _new_facts(file: File, changes: dict[str, Any]) -> File:
    named = {k: v for k, v in changes.items() if k in NAMED}
    known = replace(file_properties.of(file), **named)
    body: File = {"appProperties": known.properties()}
    if named:
        body["description"] = known.description(file.get("description", ""))
    return body


async def trash(reach: Reach, found: Located, expected: set[str] | None) -> None:
    """To Google's trash, where it stays for 30 days."""
    if expected is not None:
        await require_revision(found, expected)
    async with noted(reach, found, DocumentKind.TRASHED):
        await carried_out(
            found.calls.update(found.doc_id, {"trashed": True}),
            lambda: is_gone(found.calls, found.doc_id, trashed=True),
        )


async def purge(reach: Reach, found: Located, expected: set[str] | None) -> None:
    """For good, with its snapshots."""
    if expected is not None:
        await require_revision(found, expected)
    snapshots = await found.calls.files(snapshots_of(found.doc_id), size=1000)

    async def delete(snapshot: File) -> None:
        async with found.calls.bulk:
            await _delete(found.calls, snapshot["id"])

    await asyncio.gather(*(delete(snapshot) for snapshot in snapshots.get("files", [])))
    async with noted(reach, found, DocumentKind.PURGED):
        await _delete(found.calls, found.doc_id)
        await reach.known.forget(found.doc_id)


async def _delete(calls: Calls, file_id: str) -> None:
    await carried_out(calls.delete(file_id), lambda: is_gone(calls, file_id))
