"""What lists and searches choose from: the memories of the spaces that a caller reaches."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from google_docs.client.calls import File
from google_docs.client.file_queries import all_of, child_of, has
from google_docs.errors import GoogleDocsError
from google_docs.store.exactly_once import of_each_key, settle_seen
from google_docs.store.representation import represent
from google_docs.store.space import Located, Reach, Space, admitted
from google_docs.text.pieces import Shown

MAX_RECENT = 20
# Texts, of which each may be the longest that there is.
READ_AT_ONCE = 20


@dataclass(frozen=True)
class Selection:
    """What a list or a search is narrowed to, and the spaces where that can be."""

    scope: str
    team_key: str | None
    category: str | None
    spaces: tuple[Space, ...]

    @classmethod
    def of(
        cls, reach: Reach, scope: str, team_key: str | None, category: str | None
    ) -> "Selection":
        """A scope (`personal`, `team` or `all`) and, if given, one team and one category."""
        spaces = [
            space
            for space in reach.listed
            if space.folder and scope in {"all", space.scope} and team_key in {None, space.team_key}
        ]
        return cls(scope, team_key, category, tuple(spaces))

    def fingerprint(self, reach: Reach, *kind: str) -> str:
        """Of whose and what list a cursor is. The spaces are no part of it: they come and go."""
        narrowed = (self.scope, self.team_key, self.category)
        return repr(("google-docs", reach.user_id, kind, narrowed))

    def query(self, space: Space, *more: str) -> str:
        category = has("category", self.category) if self.category else None
        own = (child_of(space.folder), "trashed=false", has("mh", "1"), category)
        return all_of(*own, *more)

    def takes(self, found: Located) -> bool:
        category = found.file["appProperties"].get("category")
        return found.space in self.spaces and self.category in {None, category}


async def recent_writes(reach: Reach, wanted: Selection, listed: list[File]) -> dict[str, File]:
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


async def admit(reach: Reach, wanted: Selection, files: list[File]) -> list[Located]:
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


def weight(memory: dict[str, Any]) -> int:
    """Bytes of the content that is shown."""
    return 0 if memory["content"] is None else memory["size"]


def memory_of(
    found: Located, text: Shown | GoogleDocsError | None, recent: set[str]
) -> dict[str, Any]:
    """The memory as the API tells it, with its text or why there is none; those named in ``recent``
    say that no index had them."""
    source = "recent" if found.doc_id in recent else None
    return represent(found.file, found.role, text, source=source)


async def read_texts(
    reach: Reach, wanted: list[Located]
) -> AsyncGenerator[tuple[Located, Shown | GoogleDocsError], None]:
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
