"""Storing what readers found: batches, each safe to repeat.

A source that was imported before is the same memory: nothing where it holds what it held then,
otherwise a new version. What people changed in the hub since stays in the history. A memory in the
trash stays there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import transaction
from rest_framework import serializers

from memory_hub.accounts.models import User
from memory_hub.accounts.principal import Principal
from memory_hub.errors import HubError, NotFound
from memory_hub.serializers import Instant, Text
from superthread.reads import find
from superthread.representation import Row
from superthread.serializers import NewMemory
from superthread.services import revise, save, writing
from superthread.transfer.items import Item, Kind, Outcome, printable
from superthread.transfer.sources import Entry, Known, Sources, digest_of, key_of

BATCH = 300  # memories in a transaction
BATCH_BYTES = 8 * 2**20  # … and bytes of their contents
SOURCE_LENGTH = 8192  # characters; a path has at most half of that


class ImportedMemory(NewMemory):
    """The create shape, what names the source, and when it was made and changed there."""

    source = Text(max_length=SOURCE_LENGTH, line=False, required=False, allow_null=True)
    created_at = Instant(past=True, required=False)
    updated_at = Instant(past=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        created, updated = attrs.get("created_at"), attrs.get("updated_at")
        if created and updated and updated < created:
            raise serializers.ValidationError({"updated_at": "This is before created_at."})
        return attrs


class Importer:
    """Imports for one owner. ``defaults`` are fields for items that lack them."""

    def __init__(self, by: Principal, defaults: dict[str, Any]) -> None:
        self.by, self.defaults = by, defaults
        self._sources = Sources(by.user_id)
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
        digest = digest_of(draft, without_path=item.file is not None)
        if name is None:
            # Lines that are alike are as many memories as there are lines, at every import.
            self._seen[digest] += 1
            name = f"content:{digest}:{self._seen[digest]}"
        whole = digest_of(draft, without_path=False)
        return Entry(
            item.place, name, key_of(name), digest, whole, draft, file=item.file, odd=item.odd
        )

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
        known = self._sources.known(entries)
        outcomes = self._save([entry for entry in entries if entry.key not in known])
        for entry in entries:
            if entry.key in known:
                outcomes.append(self._revise(entry, known[entry.key]))
        return outcomes

    def _save(self, entries: list[Entry]) -> list[Outcome]:
        if not entries:
            return []
        stored = save.save_all([entry.draft for entry in entries], by=self.by)
        self._sources.remember(
            (entry, row["id"]) for entry, row in zip(entries, stored, strict=True)
        )
        return [Outcome(Kind.SAVED, entry.place, entry.odd) for entry in entries]

    def _revise(self, entry: Entry, known: Known) -> Outcome:
        if known.digest == entry.digest and known.moved_from is None:
            return Outcome(Kind.UNCHANGED, entry.place)
        try:
            with transaction.atomic():
                row = self._changed(entry, known)
                self._sources.remember([(entry, known.memory_id)])
        except NotFound:
            return Outcome(Kind.SKIPPED, entry.place, "The memory is in the trash or expired.")
        except HubError as error:
            return Outcome(Kind.FAILED, entry.place, str(error))
        told = [f"Moved from {printable(known.moved_from)}."] if known.moved_from else []
        told += [entry.odd] if entry.odd else []
        grew = row["revision"] > known.revision
        return Outcome(Kind.CHANGED if grew else Kind.UNCHANGED, entry.place, " ".join(told))

    def _changed(self, entry: Entry, known: Known) -> Row:
        """The memory as it is now. Where only the path of its file is another, or the digest is of
        an older kind, what people changed in the hub stays."""
        names = ("content", "category", "metadata", "expires_at", "scope", "team_key")
        changes = {name: getattr(entry.draft, name) for name in names}
        if known.digest in (entry.digest, entry.old_digest):
            kept = find(doc_id=str(known.doc_id), by=self.by)["metadata"]
            path = entry.draft.metadata.get("path")
            changes = {"metadata": kept if path is None else {**kept, "path": path}}
        return revise.revise(doc_id=str(known.doc_id), changes=changes, by=self.by)


def _told(errors: dict[str, list[str]]) -> str:
    """A serializer's errors on one line; names of members are quoted, values never."""
    return " ".join(
        f"{ascii(name)[1:-1]}: {detail}" for name, details in errors.items() for detail in details
    )
