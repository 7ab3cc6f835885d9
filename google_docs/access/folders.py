"""The folders of a space: found by their marks, brought back from the trash, made where none is."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _

from google_docs.client.calls import Calls, File
from google_docs.client.file_queries import all_of, child_of, has
from google_docs.errors import GoogleDocsError, NoSuchFile
from google_docs.store import file_properties
from google_docs.store.exactly_once import create_once

KINDS = ("folder", "snapshots")
FOUND = "The folder was found again in Google Drive."
BROUGHT_BACK = "The folder was in Google's trash; it was brought back."
MADE_AGAIN = "The folder was gone from Google Drive; a new one was made."
IN_TRASH = _(
    "The folder of these memories is in Google's trash: they are not shown until it is back."
)
MISSING = _(
    "The folder of these memories is gone from Google Drive; the next save makes a new one."
)


@dataclass(frozen=True)
class FolderQuery:
    """Whose folders are looked for: of whom (an address or a team key) and under which key."""

    space: str
    scope: str
    owner: str
    parent: str

    @property
    def who(self) -> str:
        """What tells the same key of another hub apart; the address itself is not written."""
        return hashlib.sha256(f"{self.scope} {self.owner}".encode()).hexdigest()[:32]

    def holds(self, memory: File) -> bool:
        """Whether a memory of a folder is of the one whose folder is looked for."""
        known = file_properties.of(memory)
        return known.scope == self.scope and self.owner in {known.owner, known.team_key}


@dataclass(frozen=True)
class Pair:
    """The folder of the memories, the one of their snapshots, and what happened to them."""

    folder: str
    snapshots: str
    notice: str | None = None


async def find_or_make(calls: Calls, wanted: FolderQuery, label: str, *, again: bool) -> Pair:
    """The folders of a space; `again` where there had been some."""
    names = (f"Memory Hub - {label}", f"Memory Hub - {label} - snapshots")
    made = await asyncio.gather(
        *(_one(calls, wanted, kind, name) for kind, name in zip(KINDS, names, strict=True))
    )
    (folder, notice), (snapshots, _) = made
    if again and notice is None:
        notice = MADE_AGAIN
    return Pair(folder, snapshots, notice)


async def of_kind(calls: Calls, wanted: FolderQuery, kind: str, *, known_as: str) -> str:
    """The folder of one kind, also one with the marks of an older key; made if there is none."""
    for file in (await calls.files(_kind_and_space(kind, known_as), size=100)).get("files", []):
        own = file.get("appProperties", {})
        if own.get("who", wanted.who) == wanted.who and not file.get("trashed"):
            await calls.update(file["id"], {"appProperties": mark_of(wanted, kind)})
            return file["id"]
    return (await _one(calls, wanted, kind, f"Memory Hub - {wanted.owner} - {kind}"))[0]


def mark_of(wanted: FolderQuery, kind: str) -> dict[str, str]:
    """The properties of a folder."""
    key = {"space": wanted.space, "mh_id": f"{kind}-{wanted.space}"}
    return {"mh_kind": kind, "who": wanted.who} | key


def _kind_and_space(kind: str, space: str) -> str:
    return all_of(has("mh_kind", kind), has("space", space))


async def _one(calls: Calls, wanted: FolderQuery, kind: str, name: str) -> tuple[str, str | None]:
    for file in await marked(calls, wanted, kind):
        if not file.get("trashed"):
            return file["id"], FOUND
        if not (await calls.update(file["id"], {"trashed": False})).get("trashed"):
            return file["id"], BROUGHT_BACK
    own = mark_of(wanted, kind)
    body = {"name": name, "parents": [wanted.parent], "appProperties": own}
    made = await create_once(
        calls, lambda: calls.create_folder(body), key=own["mh_id"], folder=wanted.parent
    )
    return made["id"], None


async def marked(calls: Calls, wanted: FolderQuery, kind: str) -> list[File]:
    """The folders with the marks of a space, the best one first: not in the trash, then the oldest.

    One without the mark of its owner, as older ones are, is taken if a memory in it is the
    owner's: the same key of another hub may be of somebody else.
    """
    found = (await calls.files(_kind_and_space(kind, wanted.space), size=100)).get("files", [])
    mine = [file for file in found if await _is_of(calls, wanted, file, kind)]
    return sorted(mine, key=lambda f: (bool(f.get("trashed")), f["createdTime"], f["id"]))


async def _is_of(calls: Calls, wanted: FolderQuery, file: File, kind: str) -> bool:
    own = file.get("appProperties", {})
    if own.get("mh_kind") != kind or own.get("space") != wanted.space:
        return False
    if "who" in own:
        return own["who"] == wanted.who
    if kind != "folder":
        return False
    memories = (await calls.files(all_of(child_of(file["id"]), has("mh", "1")), size=10)).get(
        "files", []
    )
    return any(file_properties.is_memory(memory) and wanted.holds(memory) for memory in memories)


async def trouble(calls: Calls, folder: str) -> str | None:
    """In words, what is wrong with a folder; None for nothing."""
    try:
        file: dict[str, Any] = await calls.file(folder)
    except NoSuchFile:
        return MISSING
    except GoogleDocsError:
        return None
    return IN_TRASH if file.get("trashed") else None
