"""Storing what readers found: batches, each safe to repeat.

A source that was imported before is the same memory: nothing where it holds what it held then,
otherwise a new version. What people changed in the hub since stays in the history. A memory in the
trash stays there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction

from memory_hub.accounts.models import User
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import HubError, NotFound
from superthread import policies
from superthread.models import Memory
from superthread.reads.named import find
from superthread.reads.representation import Row
from superthread.search.index import reserving
from superthread.search.index.indexer import counted_before
from superthread.services import operators, restoring, revise, save
from superthread.services.steps import naming
from superthread.store_terms import Draft
from superthread.transfer.entries import (
    FIELDS,
    Entries,
    counted_part,
    grown_of,
    holds_already,
    is_next,
    secret_in,
    turns_of,
    without_path,
)
from superthread.transfer.items import Item, Kind, TransferOutcome, printable
from superthread.transfer.sources import Known, SourceEntry, Sources

BATCH = 300  # memories looked up together
BATCH_BYTES = 8 * 2**20  # … and bytes of their contents
_GONE = "The memory is in the trash, expired, or not this owner's any more."


class Importer:
    """Imports for one owner. ``defaults`` are fields for items that lack them; ``allow_public``
    lets an item itself say that it is public.

    With ``returns`` memories come back as an export has them: under its ids, where those are free,
    and with grants that count; without, what is granted is offered. A ``dry_run`` says what would
    become of each item and writes nothing.
    """

    def __init__(
        self,
        by: Principal,
        defaults: dict[str, Any],
        *,
        allow_public: bool = False,
        returns: bool = False,
        dry_run: bool = False,
    ) -> None:
        self.by, self.returns, self.dry_run = by, returns, dry_run
        allow_public = allow_public or returns or defaults.get("scope") == "public"
        self._entries = Entries(by, defaults, allow_public=allow_public)
        self._sources = Sources(by.user_id)
        # Keys that a dry run has let pass.
        self._met: set[str] = set()

    def run(self, found: Iterable[Item | TransferOutcome]) -> Iterator[TransferOutcome]:
        """What became of each item, after its batch is stored for good."""
        batch: list[SourceEntry] = []
        size = 0
        for thing in found:
            entry = self._entries.of(thing) if isinstance(thing, Item) else thing
            if isinstance(entry, TransferOutcome):
                yield entry
                continue
            grown = size + len(entry.draft.content)
            if batch and (len(batch) >= BATCH or grown > BATCH_BYTES):
                yield from self._store(batch)
                batch, size = [], 0
            batch.append(entry)
            size += len(entry.draft.content)
        if batch:
            yield from self._store(batch)

    def _store(self, entries: Sequence[SourceEntry]) -> Iterator[TransferOutcome]:
        """In transactions of bounded size, of which the terms are counted before."""
        if self.dry_run:
            yield from self._foreseen(entries)
            return
        same = self._sources.unchanged(entries)
        rest, ahead = list(entries), {}
        while rest:
            end, counts, ahead = counted_part(rest, same, ahead)
            words = reserving.reserved(
                {t: one.spellings[t] for one in counts.values() for t in one.frequencies}
            )
            for entry in rest[:end]:
                # Remembered for within the transaction.
                secret_in(entry)
            with counted_before(counts), reserving.reserved_before(reserving.Ahead(words.ids)):
                outcomes = self._store_part(rest[:end])
            yield from outcomes
            del rest[:end]

    @transaction.atomic
    def _store_part(self, entries: Sequence[SourceEntry]) -> list[TransferOutcome]:
        # Two imports for one owner take turns: neither may save a source the other is saving. Not
        # the lock of a changed key: other saves of this owner, which point at the row, go on.
        owner = User.objects.select_for_update(no_key=True).filter(pk=self.by.user_id)
        owner.values_list("pk").first()
        return [outcome for turn in turns_of(entries) for outcome in self._store_turn(turn)]

    def _store_turn(self, entries: Sequence[SourceEntry]) -> list[TransferOutcome]:
        """Stores entries of different sources."""
        known = self._sources.known(entries)
        pairs = [(entry, known[entry.key]) for entry in entries if entry.key in known]
        grown, rest = self._grown(pairs)
        revised = grown + [self._revise(entry, present) for entry, present in rest]
        return revised + self._save([entry for entry in entries if entry.key not in known])

    def _grown(
        self, pairs: Sequence[tuple[SourceEntry, Known]]
    ) -> tuple[list[TransferOutcome], list[tuple[SourceEntry, Known]]]:
        """Gives the next version to memories that come back, all together; what became of them, and
        those that remain. Where one of them is refused, all remain."""
        growing = [
            (entry, present)
            for entry, present in pairs
            if self.returns and is_next(entry, present) and present.moved_from is None
        ]
        if not growing:
            return [], list(pairs)
        try:
            with transaction.atomic():
                self._put([(entry, present.memory_id) for entry, present in growing])
        except HubError:
            return [], list(pairs)
        done = {entry.key for entry, _ in growing}
        outcomes = [TransferOutcome(Kind.CHANGED, entry.place, entry.odd) for entry, _ in growing]
        return outcomes, [pair for pair in pairs if pair[0].key not in done]

    def _put(self, growing: Sequence[tuple[SourceEntry, int]]) -> None:
        """The next versions of memories of the caller's. Raises HubError."""
        ids = [memory_id for _, memory_id in growing]
        mine = Memory.objects.filter(policies.alive(), pk__in=ids, owner=self.by.user_id)
        if mine.count() != len(ids):
            raise NotFound(policies.ABSENT)
        restoring.put_all([grown_of(*one) for one in growing], by=self.by)
        self._finish([(entry, memory_id) for entry, memory_id in growing if entry.facts.is_last])
        self._sources.remember(growing)

    def _foreseen(self, entries: Sequence[SourceEntry]) -> Iterator[TransferOutcome]:
        """What would become of the entries, as far as it can be told without writing."""
        known = self._sources.known(entries, settling=False)
        new = [entry for entry in entries if entry.key not in known]
        for entry in entries:
            if entry.key in known:
                yield self._foreseen_of(entry, known[entry.key])
        whole, outcomes = self._judged(new)
        yield from outcomes
        for entry in self._with_free_paths(whole):
            again = entry.key in self._met
            self._met.add(entry.key)
            yield TransferOutcome(Kind.CHANGED if again else Kind.SAVED, entry.place, entry.odd)

    def _foreseen_of(self, entry: SourceEntry, known: Known) -> TransferOutcome:
        if holds_already(entry, known):
            return TransferOutcome(Kind.UNCHANGED, entry.place)
        try:
            self._present(known, history=False)
        except NotFound:
            return TransferOutcome(Kind.SKIPPED, entry.place, _GONE)
        except HubError as error:
            return TransferOutcome(Kind.FAILED, entry.place, str(error))
        return TransferOutcome(Kind.CHANGED, entry.place, entry.odd)

    def _judged(
        self, entries: Sequence[SourceEntry]
    ) -> tuple[list[SourceEntry], list[TransferOutcome]]:
        """Those of the entries that can be saved, and what becomes of the others."""
        whole, outcomes = [], []
        taken = self._of_others(entries)
        for entry in entries:
            if entry.facts.deleted_at and not self.returns:
                outcomes.append(TransferOutcome(Kind.SKIPPED, entry.place, "It was in the trash."))
            elif entry.doc_id in taken:
                why = "This hub has it, and it is somebody else's."
                outcomes.append(TransferOutcome(Kind.SKIPPED, entry.place, why))
            elif entry.facts.version and entry.facts.version.number > 1:
                why = "Its history does not begin with version 1."
                outcomes.append(TransferOutcome(Kind.FAILED, entry.place, why))
            elif why := secret_in(entry):
                outcomes.append(TransferOutcome(Kind.FAILED, entry.place, why))
            else:
                whole.append(entry)
        return whole, outcomes

    def _save(self, entries: list[SourceEntry]) -> list[TransferOutcome]:
        whole, outcomes = self._judged(entries)
        if not whole:
            return outcomes
        whole = self._with_free_paths(whole)
        stored = save.save_all(self._drafts(whole), by=self.by)
        ids = [row["id"] for row in stored]
        self._sources.remember(zip(whole, ids, strict=True))
        made = list(zip(whole, ids, strict=True))
        first = [(entry, memory_id) for entry, memory_id in made if entry.facts.version]
        restoring.amend_all([grown_of(*one) for one in first], by=self.by)
        self._finish([(entry, memory_id) for entry, memory_id in made if entry.facts.is_last])
        return outcomes + [TransferOutcome(Kind.SAVED, entry.place, entry.odd) for entry in whole]

    def _with_free_paths(self, entries: Sequence[SourceEntry]) -> list[SourceEntry]:
        """The entries, those whose paths somebody has without one: the text is what matters."""
        refused = save.refused([entry.saved for entry in entries], self.by)
        return [
            without_path(entry, refused[place]) if place in refused else entry
            for place, entry in enumerate(entries)
        ]

    def _finish(self, made: Sequence[tuple[SourceEntry, int]]) -> None:
        done = [restoring.Finished(pk, entry.facts, entry.draft.path) for entry, pk in made]
        restoring.finish_all(done, by=self.by, returned=self.returns)

    def _of_others(self, entries: Iterable[SourceEntry]) -> set[UUID]:
        """Those of an export that are in this hub already: what is the importer's is known. A line
        that names no owner brings in a copy."""
        named = [entry.doc_id for entry in entries if entry.doc_id and entry.facts.owner]
        return set(Memory.objects.filter(doc_id__in=named).values_list("doc_id", flat=True))

    def _drafts(self, entries: Sequence[SourceEntry]) -> list[Draft]:
        """The drafts, with the ids that the export had where owners are kept."""
        if not self.returns:
            return [entry.saved for entry in entries]
        return [replace(entry.saved, doc_id=entry.doc_id) for entry in entries]

    def _revise(self, entry: SourceEntry, known: Known) -> TransferOutcome:
        if holds_already(entry, known):
            return TransferOutcome(Kind.UNCHANGED, entry.place)
        try:
            with transaction.atomic():
                try:
                    with transaction.atomic():
                        row = self._changed(entry, known)
                except naming.Taken as taken:
                    entry = without_path(entry, taken)
                    row = self._changed(entry, known)
                self._sources.remember([(entry, known.memory_id)])
        except NotFound:
            return TransferOutcome(Kind.SKIPPED, entry.place, _GONE)
        except HubError as error:
            return TransferOutcome(Kind.FAILED, entry.place, str(error))
        told = [f"Moved from {printable(known.moved_from)}."] if known.moved_from else []
        told += [entry.odd] if entry.odd else []
        grew = row["revision"] > known.revision or row["version"] > known.version
        return TransferOutcome(
            Kind.CHANGED if grew else Kind.UNCHANGED, entry.place, " ".join(told)
        )

    def _changed(self, entry: SourceEntry, known: Known) -> Row:
        """The memory as it is now. Where only the path of its file is another, or the digest is of
        an older kind, what people changed in the hub stays."""
        if entry.facts.version and entry.facts.version.number > known.version:
            return self._grow(entry, known)
        changes = {name: getattr(entry.draft, name) for name in FIELDS}
        # A file that stayed where it was says nothing of what people have made of its path.
        moves = entry.file is None and not entry.settled
        if entry.draft.path is not None and (moves or known.moved_from is not None):
            changes["path"] = entry.draft.path
        kept = self._present(known, history=False)["metadata"]
        if known.digest in (entry.digest, entry.old_digest):
            path = entry.draft.metadata.get("path")
            moved = {"path": changes["path"]} if "path" in changes else {}
            changes = moved | {"metadata": kept if path is None else {**kept, "path": path}}
        if self.returns:
            return revise.overwrite(known.memory_id, changes, by=self.by)
        return revise.revise(doc_id=str(known.doc_id), changes=changes, by=self.by)

    def _grow(self, entry: SourceEntry, known: Known) -> Row:
        """The memory with its next version; of one that has no path it is taken away."""
        self._present(known, history=True)
        put = restoring.put_all([grown_of(entry, known.memory_id)], by=self.by)
        if entry.facts.is_last:
            self._finish([(entry, known.memory_id)])
        return put[known.memory_id]

    def _present(self, known: Known, *, history: bool) -> Row:
        """The memory as it is. Raises NotFound where it is in the trash, expired or not the
        owner's any more; RoleTooLow where only its owner may write ``history`` and grants. What
        comes back with its owner is theirs in any team."""
        if not self.returns:
            least = policies.Role.OWNER if history else policies.Role.VIEWER
            return find(doc_id=str(known.doc_id), by=self.by, least=least)
        mine = Memory.objects.filter(policies.alive(), pk=known.memory_id, owner=self.by.user_id)
        if not mine.exists():
            raise NotFound(policies.ABSENT)
        return operators.locked_row(known.memory_id)
