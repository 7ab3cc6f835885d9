"""What readers found, as entries to be stored: validated, counted, and beside what is there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rest_framework.exceptions import ValidationError

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import HubError
from superthread.scanning.judging import HoldsSecret, judge
from superthread.search.index.documents import Counted
from superthread.search.index.indexer import count_terms
from superthread.services import places, restoring
from superthread.services.steps import naming
from superthread.services.steps.parts import Room
from superthread.store_terms import Draft
from superthread.transfer.items import Item, Kind, TransferOutcome
from superthread.transfer.line import ImportedMemory, facts_of
from superthread.transfer.sources import Known, SourceEntry, digest_of, key_of

# What an entry says of its memory, but for its path.
FIELDS = ("content", "category", "metadata", "expires_at", "scope", "team_key")


class Entries:
    """Makes entries of items for one owner. ``defaults`` are fields for items that lack them."""

    def __init__(self, by: Principal, defaults: dict[str, Any], *, allow_public: bool) -> None:
        self._by, self._defaults, self._allow_public = by, defaults, allow_public
        # One for all: making one costs more than a validation.
        self._kind = ImportedMemory()
        # Contents without a source, in this run.
        self._seen: Counter[str] = Counter()

    def of(self, item: Item) -> SourceEntry | TransferOutcome:
        """The item as an entry, or why it cannot be one."""
        try:
            fields = dict(self._kind.run_validation(self._with_defaults(item)))
            if fields["scope"] == "public" and not self._allow_public:
                return TransferOutcome(
                    Kind.FAILED, item.place, "It says public: --allow-public allows it."
                )
            name = fields.pop("source", None)
            facts = facts_of(fields)
            draft = Draft(**fields)
            places.place_for(self._by, draft.scope, draft.team_key)
        except ValidationError as error:
            return TransferOutcome(Kind.FAILED, item.place, _told(error.detail))
        except HubError as error:
            return TransferOutcome(Kind.FAILED, item.place, str(error))
        digest = digest_of(draft, without_path=item.file is not None or item.settled)
        if name is None:
            # Lines that are alike are as many memories as there are lines, at every import.
            self._seen[digest] += 1
            name = f"content:{digest}:{self._seen[digest]}"
        whole = digest_of(replace(draft, path=None), without_path=False)
        return SourceEntry(
            *(item.place, name, key_of(name), digest, whole, draft, facts),
            *(item.file, item.odd, item.settled),
        )

    def _with_defaults(self, item: Item) -> dict[str, Any]:
        fields = {**self._defaults, **item.fields}
        if "team_key" not in item.fields and item.fields.get("scope", "team") != "team":
            # The default team belongs to the default scope, not to a line with its own.
            fields.pop("team_key", None)
        return fields if item.source is None else {**fields, "source": item.source}


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


def is_next(entry: SourceEntry, known: Known) -> bool:
    """Whether the entry is the version after those that the memory has."""
    return entry.facts.version is not None and entry.facts.version.number == known.version + 1


def holds_already(entry: SourceEntry, known: Known) -> bool:
    """Whether the memory has had this already: the same as at the last import, or a version of the
    past."""
    version = entry.facts.version
    if version is None or (version.number <= known.version and entry.facts.is_last):
        return known.digest == entry.digest and known.moved_from is None
    return version.number <= known.version


def grown_of(entry: SourceEntry, memory_id: int) -> restoring.Grown:
    """The entry as a version of the memory."""
    changes = {name: getattr(entry.draft, name) for name in (*FIELDS, "path")}
    version = entry.facts.version
    if version is None:
        raise ValueError("The entry is no version.")
    return restoring.Grown(memory_id, changes, version, entry.has_passed)


def secret_in(entry: SourceEntry) -> str:
    """Why the hub refuses the text for others, if it does."""
    draft = entry.draft
    try:
        judge({"scope": draft.scope, "content": draft.content, "metadata": draft.metadata})
    except HoldsSecret as error:
        return str(error)
    return ""


def without_path(entry: SourceEntry, taken: naming.Taken) -> SourceEntry:
    """The same entry without its path, which is taken; what is odd about it says so."""
    odd = f"{entry.odd} Without its path: {taken}".strip()
    return replace(entry, draft=replace(entry.draft, path=None), odd=odd)


def counted_part(
    entries: Sequence[SourceEntry], same: set[str], ahead: Mapping[str, Counted]
) -> tuple[int, dict[str, Counted], dict[str, Counted]]:
    """How many of the entries a transaction has room for, and the terms of their contents; not of
    those that hold the same as before. Then the terms of the one that finds no room, which is
    counted already: ``ahead`` of the next time."""
    counts: dict[str, Counted] = {}
    beyond: dict[str, Counted] = {}
    end, room = 0, Room()
    for entry in entries:
        content = entry.draft.content
        counted = Counted({}, {}, 0)
        if entry.key not in same:
            counted = ahead.get(content) or counts.get(content) or count_terms(content)
        if not room.has(size=len(content.encode()), terms=len(counted.frequencies)):
            beyond = {content: counted} if entry.key not in same else {}
            break
        if entry.key not in same:
            counts[content] = counted
        end += 1
    return end, counts, beyond


def turns_of(entries: Sequence[SourceEntry]) -> list[list[SourceEntry]]:
    """The entries in their order, cut so that no turn has a source twice."""
    turns: list[list[SourceEntry]] = []
    times: Counter[str] = Counter()
    for entry in entries:
        if times[entry.key] == len(turns):
            turns.append([])
        turns[times[entry.key]].append(entry)
        times[entry.key] += 1
    return turns
