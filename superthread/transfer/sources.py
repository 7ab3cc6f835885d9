"""What is known of the sources of an import: which memory each has become.

A file is known by its path and, where its front matter has an id, by that. A file that is gone and
one that is new with the same content are the same file: it was moved or renamed.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson

from superthread.models import Memory, Source
from superthread.reads.named import is_id
from superthread.services.restoring import Facts
from superthread.store_terms import Draft
from superthread.transfer.items import File

_KNOWN = ("digest", "memory_id", "memory__doc_id", "memory__revision", "memory__version")
# The source that an export gives a memory of a hub.
OWN_SOURCE = "urn:uuid:"


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A validated item: ``key`` is of its source, ``digest`` of what it holds, for a file of all
    but its path; ``old_digest`` is the digest as it was before files could move."""

    place: str
    name: str
    key: str
    digest: str
    old_digest: str
    draft: Draft
    facts: Facts
    file: File | None
    odd: str
    settled: bool = False

    @property
    def has_passed(self) -> bool:
        """Whether it is a version that is not the last, or in the trash: others may have its path
        by now."""
        passed = self.facts.version is not None and not self.facts.is_last
        return passed or self.facts.deleted_at is not None

    @property
    def saved(self) -> Draft:
        """The draft as it is saved: what has passed claims no path."""
        return replace(self.draft, path=None) if self.has_passed else self.draft

    @property
    def doc_id(self) -> UUID | None:
        """The memory of a hub that an export has named as the source."""
        return _own_id(self.name)


@dataclass(frozen=True, slots=True)
class Known:
    """The memory of a source, and what the source held when it was last imported."""

    digest: str
    memory_id: int
    doc_id: UUID
    revision: int
    version: int
    moved_from: str | None = None


def key_of(name: str) -> str:
    """What a source is found by: names may be longer than an index takes."""
    return hashlib.sha256(name.encode()).hexdigest()


def digest_of(draft: Draft, *, without_path: bool) -> str:
    """Of all that an import gives a memory."""
    metadata = draft.metadata
    if without_path:
        metadata = {name: value for name, value in metadata.items() if name != "path"}
    fields: list[Any] = [draft.content, draft.scope, draft.category, draft.team_key]
    fields += [metadata, draft.expires_at]
    # A file's is left out, as that of its metadata: it may move.
    if draft.path is not None and not without_path:
        fields.append(draft.path)
    return hashlib.sha256(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)).hexdigest()


class Sources:
    """The sources of one owner; used within the importer's transactions."""

    def __init__(self, owner_id: int) -> None:
        self.owner_id = owner_id
        self._gone: dict[str, dict[str, list[tuple[str, Known]]]] = {}

    def known(self, entries: Sequence[SourceEntry], *, settling: bool = True) -> dict[str, Known]:
        """By the entry's key. With ``settling``, the source of a file that moved is renamed."""
        known = self._by_key(entry.key for entry in entries)
        known |= self._own([entry for entry in entries if entry.key not in known])
        identified = self._by_key(
            identity_key(e.file) for e in entries if e.file and e.file.identity
        )
        for entry in entries:
            if entry.file is None:
                continue
            moved = self._by_identity(entry, known.get(entry.key), identified)
            if moved is None and entry.key not in known:
                moved = self._by_content(entry)
            if moved is not None:
                known[entry.key] = moved
                if settling:
                    self._rename(entry, moved)
        return known

    def unchanged(self, entries: Sequence[SourceEntry]) -> set[str]:
        """Keys of entries whose sources held the same before; looks without a lock and settles
        nothing."""
        known = self._by_key(entry.key for entry in entries)
        return {e.key for e in entries if e.key in known and known[e.key].digest == e.digest}

    def remember(self, stored: Iterable[tuple[SourceEntry, int]]) -> None:
        """That these entries have become, or changed, the memories of these ids."""
        rows = []
        for entry, memory_id in stored:
            rows.append(self._row(entry.key, entry.name, entry.digest, memory_id))
            if entry.file and entry.file.identity:
                name = f"id in {entry.file.collection}: {entry.file.identity}"
                rows.append(self._row(identity_key(entry.file), name, entry.digest, memory_id))
        Source.objects.bulk_create(
            {row.key: row for row in rows}.values(),
            update_conflicts=True,
            unique_fields=["owner", "key"],
            update_fields=["digest", "memory"],
        )

    def _row(self, key: str, name: str, digest: str, memory_id: int) -> Source:
        return Source(
            owner_id=self.owner_id, key=key, name=name, digest=digest, memory_id=memory_id
        )

    def _by_key(self, keys: Iterable[str]) -> dict[str, Known]:
        found = Source.objects.filter(owner_id=self.owner_id, key__in=list(keys))
        columns = ("key", *_KNOWN)
        return {key: Known(*rest) for key, *rest in found.values_list(*columns)}

    def _own(self, entries: Iterable[SourceEntry]) -> dict[str, Known]:
        """Memories of this hub, by the name that its export gave them."""
        own = {entry.doc_id: entry.key for entry in entries if entry.doc_id}
        mine = Memory.objects.filter(owner_id=self.owner_id, doc_id__in=own)
        columns = mine.values_list("doc_id", "pk", "doc_id", "revision", "version")
        return {own[doc_id]: Known("", *rest) for doc_id, *rest in columns}

    def _by_identity(
        self, entry: SourceEntry, here: Known | None, identified: dict[str, Known]
    ) -> Known | None:
        """The memory that the file's id names, unless it is the one of its path already or the
        file that had the id has it still: then this one is a copy."""
        file = entry.file
        meant = identified.get(identity_key(file)) if file and file.identity else None
        if file is None or meant is None or (here and here.memory_id == meant.memory_id):
            return None
        paths = self._paths(file.collection, memory_id=meant.memory_id)
        if any(file.identity_at(path) == file.identity for path, _ in paths):
            return None
        return replace(meant, moved_from=paths[0][0] if paths else "")

    def _by_content(self, entry: SourceEntry) -> Known | None:
        """The memory of a file that is gone and held what this one holds."""
        file = entry.file
        if file is None:
            return None
        if file.collection not in self._gone:
            gone: dict[str, list[tuple[str, Known]]] = {}
            for path, known in self._paths(file.collection):
                if not file.is_there(path):
                    gone.setdefault(known.digest, []).append((path, known))
            self._gone[file.collection] = gone
        same = self._gone[file.collection].get(entry.digest)
        if not same:
            return None
        path, known = same.pop(0)
        return replace(known, moved_from=path)

    def _paths(self, collection: str, **which: Any) -> list[tuple[str, Known]]:
        """The files of a collection that are known, by their paths."""
        prefix = f"{collection}\n"
        found = Source.objects.filter(owner_id=self.owner_id, name__startswith=prefix, **which)
        columns = ("name", *_KNOWN)
        return [
            (name.removeprefix(prefix), Known(*rest))
            for name, *rest in found.order_by("pk").values_list(*columns)
            # SQLite compares without letter case.
            if name.startswith(prefix)
        ]

    def _rename(self, entry: SourceEntry, moved: Known) -> None:
        """The memory's file is this one, and none before it."""
        if entry.file is None:
            return
        before = [
            f"{entry.file.collection}\n{path}"
            for path, _ in self._paths(entry.file.collection, memory_id=moved.memory_id)
        ]
        keys = [key_of(name) for name in before]
        Source.objects.filter(owner_id=self.owner_id, key__in=keys).delete()
        Source.objects.bulk_create(
            [self._row(entry.key, entry.name, moved.digest, moved.memory_id)],
            update_conflicts=True,
            unique_fields=["owner", "key"],
            update_fields=["digest", "memory"],
        )


def identity_key(file: File) -> str:
    """The key of a file's id; a NUL, which no path has, keeps it apart from those of paths."""
    return key_of(f"{file.collection}\n\x00{file.identity}")


def _own_id(name: str) -> UUID | None:
    """Only in its one spelling: two would be one memory, and of another kind no path finds it."""
    text = name.removeprefix(OWN_SOURCE)
    return UUID(text) if name.startswith(OWN_SOURCE) and is_id(text) else None
