"""Many memories in parts, a transaction each, or all at once; each is judged as if it came alone.

Items are given in order, those that were refused before as their error. Outcomes come in the same
order: the memory's row, the error, or None for a memory that a dry run would have saved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import HubError
from superthread.policies import Role
from superthread.reads.representation import Row
from superthread.scanning.judging import JUDGED, judge, look_through
from superthread.search.index import reserving
from superthread.search.index.documents import Counted
from superthread.search.index.indexer import Contents
from superthread.services import lifecycle, places, revise, save
from superthread.services.batch_terms import BatchOptions, BatchOutcome, BatchPart
from superthread.services.steps import naming, writing
from superthread.services.steps.batching import Batch, Counting, Planned, carry_out, judged_one
from superthread.services.steps.parts import TERMS
from superthread.store_terms import Draft

# Terms whose words are reserved together: some 25 megabytes while they are not written.
AHEAD = 4 * TERMS


@dataclass(frozen=True, slots=True)
class BatchChange:
    """What to change of a memory; ``expected`` is the revision the caller read, if it matters.

    ``changes`` may be the error of bad input: whoever may not see the memory is not told about it.
    """

    doc_id: str
    changes: dict[str, Any] | HubError
    expected: int | None = None


class Saves(Counting[Draft]):
    """Drafts to be saved."""

    def __init__(self, items: Sequence[Draft | HubError], *, by: Principal) -> None:
        super().__init__(items, by=by)
        self._ahead, self._reserved = reserving.NOTHING, 0

    def prepare(self, start: int, how: BatchOptions) -> BatchPart:
        if start >= self._reserved and not (how.atomic or how.dry_run):
            self._reserve(start)
        with reserving.reserved_before(self._ahead):
            return super().prepare(start, how)

    def _reserve(self, start: int) -> None:
        """The words of the next parts, where there are several. Of what is refused there are none:
        it may be for a secret in it."""
        terms, end = 0, start
        while end < len(self.items) and terms < AHEAD:
            terms += self._terms(end)
            end += 1
        self._ahead, self._reserved = reserving.NOTHING, end
        if terms <= TERMS:
            return
        judged = [judged_one(self._placed, item) for item in self.items[start:end]]
        good = [place for place, one in enumerate(judged, start) if isinstance(one, Draft)]
        holders = {save.holder_of_draft(self.items[place], self.by) for place in good}
        found: dict[str, int] = {}
        for place in good:
            counted = self._counted(place)
            found |= {term: counted.spellings[term] for term in counted.frequencies}
        holder = holders.pop() if len(holders) == 1 else None
        self._ahead = reserving.reserved_ahead(found, holder=holder)

    def _content(self, item: Draft | HubError) -> str | None:
        return None if isinstance(item, HubError) else item.content

    def _size(self, item: Draft | HubError) -> int:
        return self._new_size(item)

    def _terms(self, place: int) -> int:
        return self._new_terms(place)

    def _prepared(
        self, start: int, end: int, how: BatchOptions
    ) -> Callable[[], list[BatchOutcome]]:
        counts = [self._counts.pop(place, None) for place in range(start, end)]
        items = self.items[start:end]
        first = self._ready(items, counts, how)
        if how.dry_run or not any(isinstance(one, Draft) and one.path for one in items):
            return first
        return partial(naming.twice, first, lambda: self._ready(items, counts, how)())

    def _ready(
        self,
        items: Sequence[Draft | HubError],
        counted: Sequence[Counted | None],
        how: BatchOptions,
    ) -> Callable[[], list[BatchOutcome]]:
        judged = self._named_apart([judged_one(self._placed, item) for item in items])
        good = [one for one in judged if not isinstance(one, HubError)]
        if how.dry_run or (how.atomic and len(good) < len(judged)):
            return partial(carry_out, judged, lambda good: [], how, lambda draft: None)
        kept = [
            one
            for one, draft in zip(counted, judged, strict=True)
            if not isinstance(draft, HubError)
        ]
        ready = save.prepare(good, by=self.by, counted=kept)
        return partial(
            carry_out, judged, lambda good: save.store_all(ready), how, lambda draft: None
        )

    def _named_apart(self, judged: Sequence[Draft | HubError]) -> list[Draft | HubError]:
        """The same, refusing those whose path is taken."""
        refused = save.refused(judged, self.by)
        return [refused.get(place, one) for place, one in enumerate(judged)]

    def _placed(self, draft: Draft) -> Draft:
        place = places.place_of(draft, self.by)
        if draft.created_at is not None:
            places.require_to_date(self.by, place)
        judge({"scope": place.scope, "content": draft.content, "metadata": draft.metadata})
        return draft


class Changes(Counting[BatchChange]):
    """Memories to be changed, as PATCH does."""

    _indexed = True

    def _content(self, item: BatchChange | HubError) -> str | None:
        if isinstance(item, HubError) or isinstance(item.changes, HubError):
            return None
        return item.changes.get("content")

    def _named(self, item: BatchChange) -> str:
        return item.doc_id

    def _size(self, item: BatchChange | HubError) -> int:
        found = None if isinstance(item, HubError) else self._present.get(item.doc_id)
        return self._new_size(item) + found.size + found.metadata if found else 0

    def _terms(self, place: int) -> int:
        item = self.items[place]
        found = None if isinstance(item, HubError) else self._present.get(item.doc_id)
        rewritten = found is not None and self._content(item) is not None
        return self._new_terms(place) + found.terms if rewritten else 0

    def _prepared(
        self, start: int, end: int, how: BatchOptions
    ) -> Callable[[], list[BatchOutcome]]:
        places = range(0) if how.dry_run else range(start, end)
        pairs, counted = [], []
        for place in places:
            item, content = self.items[place], self._content(self.items[place])
            if content is not None and (found := self._present.get(item.doc_id)):
                pairs.append((found.id, content))
                counted.append(self._counted(place))
            self._counts.pop(place, None)
        contents = Contents.of(pairs, counted)
        if not how.dry_run:
            self._look_through(self.items[start:end])
        change = partial(self._change, self.items[start:end], contents, how)
        return partial(naming.twice, change, change) if self._names(start, end) else change

    def _look_through(self, items: Sequence[BatchChange | HubError]) -> None:
        texts, moving = {}, []
        for item in items:
            told = {} if isinstance(item, HubError) else item.changes
            if isinstance(told, HubError) or not any(name in told for name in JUDGED):
                continue
            if found := self._present.get(item.doc_id):
                texts[found.id] = (told.get("content"), told.get("metadata"))
                moving += [found.id] if "scope" in told else []
        look_through(texts, moving)

    def _names(self, start: int, end: int) -> bool:
        """Whether one of the items may change who has which path."""
        told = [one.changes for one in self.items[start:end] if isinstance(one, BatchChange)]
        named = [one for one in told if not isinstance(one, HubError)]
        return any(name in one for one in named for name in revise.ADMINISTERED)

    def _change(
        self, items: Sequence[BatchChange | HubError], contents: Contents, how: BatchOptions
    ) -> list[BatchOutcome]:
        wanted = [item.doc_id for item in items if isinstance(item, BatchChange)]
        rows = writing.locked_all(wanted, by=self.by)

        def planned(item: BatchChange) -> Planned:
            row = rows.get(item.doc_id)
            if isinstance(item.changes, HubError):
                writing.required(row, Role.EDITOR)
                raise item.changes
            expected = None if item.expected is None else {item.expected}
            row = writing.required(row, revise.least_role(item.changes), expected)
            return row, revise.real_changes(row, item.changes, self.by)

        judged = _named_apart([judged_one(planned, item) for item in items], self.by)

        def write(pairs: list[Planned]) -> list[Row]:
            changed = writing.apply_all(pairs, by=self.by, contents=contents)
            return [
                {**new, "old_path": row["path"]} if "path" in columns else new
                for new, (row, columns) in zip(changed, pairs, strict=True)
            ]

        return carry_out(judged, write, how, lambda pair: pair[0])


def _named_apart(judged: Sequence[Planned | HubError], by: Principal) -> list[Planned | HubError]:
    """The same, refusing those whose path is taken."""
    good = [one for one in judged if not isinstance(one, HubError)]
    refused = naming.refusals(naming.claims_of(good), by)
    return [one if isinstance(one, HubError) else refused.get(one[0]["id"], one) for one in judged]


class Deletions(Batch[str]):
    """Memories to be moved to the trash. Their rows are written anew with all their content."""

    def _named(self, item: str) -> str:
        return item

    def _size(self, item: str | HubError) -> int:
        found = None if isinstance(item, HubError) else self._present.get(item)
        return found.size if found else 0

    def _prepared(
        self, start: int, end: int, how: BatchOptions
    ) -> Callable[[], list[BatchOutcome]]:
        return partial(self._trash, self.items[start:end], how)

    def _trash(self, doc_ids: Sequence[str | HubError], how: BatchOptions) -> list[BatchOutcome]:
        named = [one for one in doc_ids if isinstance(one, str)]
        rows = writing.locked_all(named, by=self.by, brief=True)

        def administered(doc_id: str) -> Row:
            return writing.required(rows.get(doc_id), Role.ADMIN)

        def trash_rows(good: list[Row]) -> list[Row]:
            lifecycle.trash_all(good, by=self.by)
            return good

        judged = [judged_one(administered, doc_id) for doc_id in doc_ids]
        return carry_out(judged, trash_rows, how, lambda row: row)
