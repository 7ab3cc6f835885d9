"""Storing what readers found: batches, each safe to repeat.

A source that was imported before is the same memory: nothing where it holds what it held then,
otherwise a new version. What people changed in the hub since stays in the history. A memory in the
trash stays there.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from memory_hub.accounts.models import User
from memory_hub.accounts.principal import Principal
from memory_hub.errors import HubError, NotFound
from memory_hub.serializers import Text
from superthread.models import Memory, Source
from superthread.serializers import NewMemory
from superthread.services import revise, save, writing
from superthread.transfer.items import Item, Kind, Outcome

BATCH = 300  # memories in a transaction
BATCH_BYTES = 8 * 2**20  # … and bytes of their contents
SOURCE_LENGTH = 8192  # characters; a path has at most half of that
OWN_SOURCE = "urn:uuid:"  # the source that an export gives a memory of a hub


class ImportedMemory(NewMemory):
    """The create shape, and what names the source."""

    source = Text(max_length=SOURCE_LENGTH, line=False, required=False, allow_null=True)


@dataclass(frozen=True, slots=True)
class Entry:
    """A validated item."""

    place: str
    name: str
    key: str
    digest: str
    draft: save.Draft


class Importer:
    """Imports for one owner. ``defaults`` are fields for items that lack them."""

    def __init__(self, by: Principal, defaults: dict[str, Any]) -> None:
        self.by, self.defaults = by, defaults
        self._seen: Counter[str] = Counter()  # contents without a source, in this run

    def run(self, found: Iterable[Item | Outcome]) -> Iterator[Outcome]:
        """What became of each item, after its batch is stored for good."""
        batch: dict[str, Entry] = {}
        size = 0
        for thing in found:
            entry = self._entry(thing) if isinstance(thing, Item) else thing
            if isinstance(entry, Outcome):
                yield entry
                continue
            grown = size + len(entry.draft.content)
            if batch and (len(batch) >= BATCH or grown > BATCH_BYTES or entry.key in batch):
                yield from self._store(list(batch.values()))
                batch, size = {}, 0
            batch[entry.key] = entry
            size += len(entry.draft.content)
        if batch:
            yield from self._store(list(batch.values()))

    def _entry(self, item: Item) -> Entry | Outcome:
        serializer = ImportedMemory(data=self._with_defaults(item))
        try:
            if not serializer.is_valid():
                return Outcome(Kind.FAILED, item.place, _told(serializer.errors))
            fields = dict(serializer.validated_data)
            name = fields.pop("source", None)
            draft = save.Draft(**fields)
            writing.place_for(self.by, draft.scope, draft.team_key)
        except HubError as error:
            return Outcome(Kind.FAILED, item.place, str(error))
        digest = _digest(draft)
        if name is None:
            # Lines that are alike are as many memories as there are lines, at every import.
            self._seen[digest] += 1
            name = f"content:{digest}:{self._seen[digest]}"
        key = hashlib.sha256(name.encode()).hexdigest()
        return Entry(item.place, name, key, digest, draft)

    def _with_defaults(self, item: Item) -> dict[str, Any]:
        fields = {**self.defaults, **item.fields}
        if "team_key" not in item.fields and item.fields.get("scope", "team") != "team":
            # The default team belongs to the default scope, not to a line with its own.
            fields.pop("team_key", None)
        return fields if item.source is None else {**fields, "source": item.source}

    @transaction.atomic
    def _store(self, entries: Sequence[Entry]) -> list[Outcome]:
        # Two imports for one owner take turns: neither may save a source the other is saving. Not
        # the lock of a changed key: other saves of this owner, which point at the row, go on.
        owner = User.objects.select_for_update(no_key=True).filter(pk=self.by.user_id)
        owner.values_list("pk").first()
        known = self._known(entries)
        fresh = [entry for entry in entries if entry.key not in known]
        outcomes = self._save(fresh)
        for entry in entries:
            if entry.key in known:
                outcomes.append(self._revise(entry, known[entry.key]))
        return outcomes

    def _known(self, entries: Sequence[Entry]) -> dict[str, dict[str, Any]]:
        """What is known of each key: digest, doc_id and revision of the memory."""
        columns = ("key", "digest", "memory_id", "memory__doc_id", "memory__revision")
        sources = Source.objects.filter(
            owner_id=self.by.user_id, key__in=[entry.key for entry in entries]
        )
        known = {row["key"]: row for row in sources.values(*columns)}
        own = {
            UUID(entry.name.removeprefix(OWN_SOURCE)): entry.key
            for entry in entries
            if entry.key not in known and _is_own(entry.name)
        }
        mine = Memory.objects.filter(owner_id=self.by.user_id, doc_id__in=own)
        for pk, doc_id, revision in mine.values_list("pk", "doc_id", "revision"):
            row = ("", pk, doc_id, revision)
            known[own[doc_id]] = dict(zip(columns[1:], row, strict=True))
        return known

    def _save(self, entries: list[Entry]) -> list[Outcome]:
        if not entries:
            return []
        stored = save.save_all([entry.draft for entry in entries], by=self.by)
        Source.objects.bulk_create(
            self._source(entry, row["id"]) for entry, row in zip(entries, stored, strict=True)
        )
        return [Outcome(Kind.SAVED, entry.place) for entry in entries]

    def _revise(self, entry: Entry, known: dict[str, Any]) -> Outcome:
        if entry.digest == known["digest"]:
            return Outcome(Kind.UNCHANGED, entry.place)
        draft = entry.draft
        names = ("content", "category", "metadata", "expires_at", "scope", "team_key")
        try:
            with transaction.atomic():
                row = revise.revise(
                    doc_id=str(known["memory__doc_id"]),
                    changes={name: getattr(draft, name) for name in names},
                    by=self.by,
                )
                Source.objects.bulk_create(
                    [self._source(entry, known["memory_id"])],
                    update_conflicts=True,
                    unique_fields=["owner", "key"],
                    update_fields=["digest"],
                )
        except NotFound:
            return Outcome(Kind.SKIPPED, entry.place, "The memory is in the trash or expired.")
        except HubError as error:
            return Outcome(Kind.FAILED, entry.place, str(error))
        grew = row["revision"] > known["memory__revision"]
        return Outcome(Kind.CHANGED if grew else Kind.UNCHANGED, entry.place)

    def _source(self, entry: Entry, memory_id: int) -> Source:
        return Source(
            owner_id=self.by.user_id,
            key=entry.key,
            name=entry.name,
            digest=entry.digest,
            memory_id=memory_id,
        )


def _digest(draft: save.Draft) -> str:
    fields = [draft.content, draft.scope, draft.category, draft.team_key]
    fields += [draft.metadata, draft.expires_at]
    packed = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(packed).hexdigest()


def _is_own(name: str) -> bool:
    try:
        return name.startswith(OWN_SOURCE) and bool(UUID(name.removeprefix(OWN_SOURCE)))
    except ValueError:
        return False


def _told(errors: dict[str, list[str]]) -> str:
    """A serializer's errors on one line; names of members are quoted, values never."""
    return " ".join(
        f"{ascii(name)[1:-1]}: {detail}" for name, details in errors.items() for detail in details
    )
