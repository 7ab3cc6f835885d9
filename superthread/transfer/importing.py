"""Storing what readers found: batches, each safe to repeat.

A source that was imported before is the same memory: nothing where it holds what it held then,
otherwise a new version. What people changed in the hub since stays in the history. A memory in the
trash stays there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction

from memory_hub.accounts.models import User
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import HubError, NotFound
from superthread import policies
from superthread.models import Memory
from superthread.reads.memories import find
from superthread.reads.representation import Row
from superthread.scanning.judging import HoldsSecret, judge
from superthread.search.index import vocabulary
from superthread.search.index.indexer import count_terms, counted_before
from superthread.search.index.postings import Counted
from superthread.services import naming, operators, places, restoring, revise, save
from superthread.services.parts import Room
from superthread.store_terms import Draft
from superthread.transfer.items import Item, Kind, Outcome, printable
from superthread.transfer.line import ImportedMemory, facts_of
from superthread.transfer.sources import Known, SourceEntry, Sources, digest_of, key_of

BATCH = 300  # memories looked up together
BATCH_BYTES = 8 * 2**20  # … and bytes of their contents


class Importer:
    """Imports for one owner. ``defaults`` are fields for items that lack them; ``allow_public``
    lets an item itself say that it is public.

    With ``returns`` memories come back as an export has them: under its ids, where those are free,
    and with grants that count; without, what is granted is offered.
    """

    def __init__(
        self,
        by: Principal,
        defaults: dict[str, Any],
        *,
        allow_public: bool = False,
        returns: bool = False,
    ) -> None:
        self.by, self.defaults, self.returns = by, defaults, returns
        self.allow_public = allow_public or returns or defaults.get("scope") == "public"
        self._sources = Sources(by.user_id)
        self._seen: Counter[str] = Counter()  # contents without a source, in this run

    def run(self, found: Iterable[Item | Outcome]) -> Iterator[Outcome]:
        """What became of each item, after its batch is stored for good."""
        batch: list[SourceEntry] = []
        size = 0
        for thing in found:
            entry = self._entry(thing) if isinstance(thing, Item) else thing
            if isinstance(entry, Outcome):
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

    def _entry(self, item: Item) -> SourceEntry | Outcome:
        serializer = ImportedMemory(data=self._with_defaults(item))
        try:
            if not serializer.is_valid():
                return Outcome(Kind.FAILED, item.place, _told(serializer.errors))
            fields = dict(serializer.validated_data)
            if fields["scope"] == "public" and not self.allow_public:
                return Outcome(Kind.FAILED, item.place, "It says public: --allow-public allows it.")
            name = fields.pop("source", None)
            facts = facts_of(fields)
            draft = Draft(**fields)
            places.place_for(self.by, draft.scope, draft.team_key)
        except HubError as error:
            return Outcome(Kind.FAILED, item.place, str(error))
        digest = digest_of(draft, without_path=item.file is not None)
        if name is None:
            # Lines that are alike are as many memories as there are lines, at every import.
            self._seen[digest] += 1
            name = f"content:{digest}:{self._seen[digest]}"
        whole = digest_of(replace(draft, path=None), without_path=False)
        return SourceEntry(
            item.place, name, key_of(name), digest, whole, draft, facts, item.file, item.odd
        )

    def _with_defaults(self, item: Item) -> dict[str, Any]:
        fields = {**self.defaults, **item.fields}
        if "team_key" not in item.fields and item.fields.get("scope", "team") != "team":
            # The default team belongs to the default scope, not to a line with its own.
            fields.pop("team_key", None)
        return fields if item.source is None else {**fields, "source": item.source}

    def _store(self, entries: Sequence[SourceEntry]) -> Iterator[Outcome]:
        """In transactions of bounded size, of which the terms are counted before."""
        same = self._sources.unchanged(entries)
        rest = list(entries)
        while rest:
            end, counts = _counted(rest, same)
            for entry in rest[:end]:
                # Remembered for within the transaction.
                _secret_in(entry)
            with counted_before(counts):
                outcomes = self._store_part(rest[:end])
            yield from outcomes
            del rest[:end]

    @transaction.atomic
    def _store_part(self, entries: Sequence[SourceEntry]) -> list[Outcome]:
        # Two imports for one owner take turns: neither may save a source the other is saving. Not
        # the lock of a changed key: other saves of this owner, which point at the row, go on.
        owner = User.objects.select_for_update(no_key=True).filter(pk=self.by.user_id)
        owner.values_list("pk").first()
        return [outcome for turn in _turns(entries) for outcome in self._store_turn(turn)]

    def _store_turn(self, entries: Sequence[SourceEntry]) -> list[Outcome]:
        """Stores entries of different sources."""
        known = self._sources.known(entries)
        revised = [self._revise(entry, known[entry.key]) for entry in entries if entry.key in known]
        return revised + self._save([entry for entry in entries if entry.key not in known])

    def _save(self, entries: list[SourceEntry]) -> list[Outcome]:
        whole, outcomes = [], []
        taken = self._of_others(entries)
        for entry in entries:
            if entry.doc_id in taken:
                why = "This hub has it, and it is somebody else's."
                outcomes.append(Outcome(Kind.SKIPPED, entry.place, why))
            elif entry.facts.version and entry.facts.version.number > 1:
                why = "Its history does not begin with version 1."
                outcomes.append(Outcome(Kind.FAILED, entry.place, why))
            elif why := _secret_in(entry):
                outcomes.append(Outcome(Kind.FAILED, entry.place, why))
            else:
                whole.append(entry)
        if not whole:
            return outcomes
        whole = self._with_free_paths(whole)
        stored = save.save_all(self._drafts(whole), by=self.by)
        ids = [row["id"] for row in stored]
        self._sources.remember(zip(whole, ids, strict=True))
        for entry, memory_id in zip(whole, ids, strict=True):
            if entry.facts.version:
                restoring.amend(memory_id, entry.facts.version, entry.draft.path, by=self.by)
            if entry.facts.is_last:
                self._finish(memory_id, entry)
        return outcomes + [Outcome(Kind.SAVED, entry.place, entry.odd) for entry in whole]

    def _with_free_paths(self, entries: Sequence[SourceEntry]) -> list[SourceEntry]:
        """The entries, those whose paths somebody has without one: the text is what matters."""
        refused = save.refused([entry.saved for entry in entries], self.by)
        return [
            _without_path(entry, refused[place]) if place in refused else entry
            for place, entry in enumerate(entries)
        ]

    def _finish(self, memory_id: int, entry: SourceEntry) -> None:
        restoring.finish(memory_id, entry.facts, by=self.by, returned=self.returns)

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

    def _revise(self, entry: SourceEntry, known: Known) -> Outcome:
        if _holds_already(entry, known):
            return Outcome(Kind.UNCHANGED, entry.place)
        try:
            with transaction.atomic():
                try:
                    with transaction.atomic():
                        row = self._changed(entry, known)
                except naming.Taken as taken:
                    entry = _without_path(entry, taken)
                    row = self._changed(entry, known)
                self._sources.remember([(entry, known.memory_id)])
        except NotFound:
            why = "The memory is in the trash, expired, or not this owner's any more."
            return Outcome(Kind.SKIPPED, entry.place, why)
        except HubError as error:
            return Outcome(Kind.FAILED, entry.place, str(error))
        told = [f"Moved from {printable(known.moved_from)}."] if known.moved_from else []
        told += [entry.odd] if entry.odd else []
        grew = row["revision"] > known.revision or row["version"] > known.version
        return Outcome(Kind.CHANGED if grew else Kind.UNCHANGED, entry.place, " ".join(told))

    def _changed(self, entry: SourceEntry, known: Known) -> Row:
        """The memory as it is now. Where only the path of its file is another, or the digest is of
        an older kind, what people changed in the hub stays."""
        names = ("content", "category", "metadata", "expires_at", "scope", "team_key")
        changes = {name: getattr(entry.draft, name) for name in names}
        grows = entry.facts.version and entry.facts.version.number > known.version
        # A file that stayed where it was says nothing of what people have made of its path; of a
        # version that has none it was taken away.
        says = entry.draft.path is not None and (entry.file is None or known.moved_from is not None)
        if grows or says:
            changes["path"] = entry.draft.path
        kept = self._present(known, history=bool(grows))["metadata"]
        if entry.facts.version and grows:
            row = restoring.put(
                *(known.memory_id, changes, entry.facts.version),
                by=self.by,
                passed=entry.has_passed,
            )
            if entry.facts.is_last:
                self._finish(known.memory_id, entry)
            return row
        if known.digest in (entry.digest, entry.old_digest):
            path = entry.draft.metadata.get("path")
            moved = {"path": changes["path"]} if "path" in changes else {}
            changes = moved | {"metadata": kept if path is None else {**kept, "path": path}}
        if self.returns:
            return revise.overwrite(known.memory_id, changes, by=self.by)
        return revise.revise(doc_id=str(known.doc_id), changes=changes, by=self.by)

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


def _secret_in(entry: SourceEntry) -> str:
    """Why the hub refuses the text for others, if it does."""
    draft = entry.draft
    try:
        judge({"scope": draft.scope, "content": draft.content, "metadata": draft.metadata})
    except HoldsSecret as error:
        return str(error)
    return ""


def _without_path(entry: SourceEntry, taken: naming.Taken) -> SourceEntry:
    odd = f"{entry.odd} Without its path: {taken}".strip()
    return replace(entry, draft=replace(entry.draft, path=None), odd=odd)


def _counted(entries: Sequence[SourceEntry], same: set[str]) -> tuple[int, dict[str, Counted]]:
    """How many of the entries a transaction has room for, and the terms of their contents; not of
    those that hold the same as before. Adds their words to the vocabulary."""
    counts: dict[str, Counted] = {}
    end, room = 0, Room()
    for entry in entries:
        content = entry.draft.content
        counted = Counted({}, {}, 0) if entry.key in same else count_terms(content)
        if not room.has(size=len(content.encode()), terms=len(counted.frequencies)):
            break
        if entry.key not in same:
            counts[content] = counted
        end += 1
    vocabulary.reserved({term for one in counts.values() for term in one.frequencies})
    return end, counts


def _turns(entries: Sequence[SourceEntry]) -> list[list[SourceEntry]]:
    """The entries in their order, cut so that no turn has a source twice."""
    turns: list[list[SourceEntry]] = []
    times: Counter[str] = Counter()
    for entry in entries:
        if times[entry.key] == len(turns):
            turns.append([])
        turns[times[entry.key]].append(entry)
        times[entry.key] += 1
    return turns


def _holds_already(entry: SourceEntry, known: Known) -> bool:
    """Whether the memory has had this already: the same as at the last import, or a version of the
    past."""
    version = entry.facts.version
    if version is None or (version.number <= known.version and entry.facts.is_last):
        return known.digest == entry.digest and known.moved_from is None
    return version.number <= known.version


def _told(errors: Mapping[str, Any], inside: str = "") -> str:
    """A serializer's errors on one line; names of members are quoted, values never."""
    told = []
    for name, details in errors.items():
        path = f"{inside}{ascii(name)[1:-1]}"
        if isinstance(details, Mapping):
            told.append(_told(details, f"{path}."))
        else:
            told += [f"{path}: {detail}" for detail in details]
    return " ".join(told)
