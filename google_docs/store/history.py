"""Versions of one memory: our snapshots, which stay, and Google's revisions, which may not."""

import asyncio
import uuid
from typing import Any

from google_docs.client.calls import File
from google_docs.client.file_queries import snapshots_of
from google_docs.errors import FolderInTrash, NoSuchFile, VersionGone, counted
from google_docs.events import DocumentKind
from google_docs.store import file_properties
from google_docs.store.exactly_once import create_once
from google_docs.store.memories import change_text
from google_docs.store.space import Located, Reach
from google_docs.store.writing import require_no_loss, require_revision
from google_docs.text.canonical import from_export
from google_docs.text.pieces import Shown
from memory_hub.core.errors import NotFound

Version = dict[str, Any]
ABSENT = "There is no such version of this memory."


async def versions(found: Located, *, limit: int) -> list[Version]:
    """Both kinds, newest first: `guaranteed` are the snapshots alone."""
    snapshots, revisions = await asyncio.gather(
        found.calls.files(snapshots_of(found.doc_id), size=1000),
        found.calls.revisions(found.doc_id),
    )
    listed = [_snapshot(file) for file in snapshots.get("files", []) if _is_of(found, file)]
    newest = revisions[-1]["id"] if revisions else None
    listed += [_revision(item, current=item["id"] == newest) for item in revisions]
    listed.sort(key=lambda version: version["created_at"], reverse=True)
    return listed[:limit]


def _is_of(found: Located, file: File) -> bool:
    own = file.get("appProperties", {})
    return own.get("mh_kind") == "snapshot" and own.get("mh_of") == found.doc_id


def _snapshot(file: File) -> Version:
    own = file["appProperties"]
    return {
        "version_id": f"s:{file['id']}",
        "kind": "snapshot",
        "guaranteed": True,
        "description": file.get("description", ""),
        "author": own.get("made_by", ""),
        "created_at": file["createdTime"],
        "size": file_properties.number(own.get("len")),
        "current": False,
    }


def _revision(item: File, *, current: bool) -> Version:
    return {
        "version_id": f"r:{item['id']}",
        "kind": "revision",
        "guaranteed": False,
        "description": "",
        "author": item.get("lastModifyingUser", {}).get("emailAddress", ""),
        "created_at": item["modifiedTime"],
        "size": None,
        "current": current,
    }


async def snapshot(reach: Reach, found: Located, description: str) -> Version:
    """Keep the present state for good, as a copy that is no memory itself."""
    key = uuid.uuid4().hex
    by = reach.email if len(reach.email) < 100 else ""
    own = {
        # A copy inherits the properties: without this it would be listed.
        "mh": None,
        "mh_kind": "snapshot",
        "mh_of": found.doc_id,
        "mh_id": key,
        "made_by": by,
        **{name: None for name in found.file["appProperties"] if name.startswith("adm:")},
    }
    body = {
        "name": found.file["name"],
        "parents": [found.space.snapshots],
        "description": description,
        "appProperties": own,
    }
    calls = found.calls
    file = await create_once(
        calls,
        lambda: calls.copy(found.doc_id, body),
        key=key,
        folder=found.space.snapshots,
    )
    if file.get("trashed"):
        await calls.delete(file["id"])
        raise FolderInTrash("Bring the folder of the snapshots back from the trash.")
    await reach.tell(reach.changed(DocumentKind.VERSION_KEPT, found.doc_id, found.space))
    return _snapshot(file)


async def read_version(found: Located, version_id: str) -> Shown:
    """The text of a version. NotFound for an unknown one, VersionGone for one that Google had."""
    kind, _, name = version_id.partition(":")
    if kind == "s" and name:
        return await _snapshot_text(found, name)
    if kind == "r" and name.isalnum() and name.isascii():
        try:
            return Shown(from_export(await found.calls.export_revision(found.doc_id, name)))
        except NoSuchFile:
            raise VersionGone("Google merged this revision into a later one.") from None
    raise NotFound(ABSENT)


async def _snapshot_text(found: Located, file_id: str) -> Shown:
    """Only a snapshot of this very memory: any other file of the account stays unread."""
    try:
        file = await found.calls.file(file_id)
    except NoSuchFile:
        raise NotFound(ABSENT) from None
    if not _is_of(found, file) or file.get("trashed"):
        raise NotFound(ABSENT)
    return await found.calls.document(file_id)


async def restore(
    reach: Reach,
    found: Located,
    version_id: str,
    expected: set[str] | None,
    *,
    force: bool,
) -> dict[str, Any]:
    """Make an old text the present one; the present one is kept as a snapshot first.

    Google brings no document back to a copy of it: the text is changed where it differs, so that
    what both have stays. What the version has and the present document has not is `plain`: its
    text alone comes back. WouldLoseStructure where the present document has more, but with
    `force`.
    """
    version = await read_version(found, version_id)
    text = version.text
    if expected is not None:
        await require_revision(found, expected)
    if not force:
        await require_no_loss(found, text)
    await snapshot(reach, found, "Before a restore")
    memory = await change_text(reach, found, text, expected, {"force": force})
    now = {item["kind"]: item["count"] for item in memory.get("lossy", [])}
    plain = {kind: count - now.get(kind, 0) for kind, count in version.lossy.items()}
    return memory | {"plain": counted({kind: max(count, 0) for kind, count in plain.items()})}
