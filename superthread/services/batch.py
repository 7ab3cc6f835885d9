"""Many memories in parts, a transaction each, or all at once; each is judged as if it came alone.

Items are given in order, those that were refused before as their error. Outcomes come in the same
order: the memory's row, the error, or None for a memory that a dry run would have saved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Generic, TypeVar
from uuid import UUID

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import HubError
from superthread.policies import Role
from superthread.reads.memories import is_id
from superthread.reads.representation import Row
from superthread.scanning.judging import judge
from superthread.search.index.indexer import Contents, count_terms
from superthread.search.index.postings import Counted
from superthread.services import lifecycle, naming, places, revise, save, writing
from superthread.services.parts import Present, Room, present
from superthread.store_terms import Draft

T = TypeVar("T")
Outcome = Row | HubError | None
# A memory's row, and the columns of it that change.
Planned = tuple[Row, dict[str, Any]]


class NotCarriedOut(HubError):
    status, code, title = 424, "not-carried-out", "Another item of the atomic batch was refused"


@dataclass(frozen=True, slots=True)
class How:
    """``atomic``: all or none. ``dry_run``: judge everything, write nothing."""

    atomic: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Items that fit into a transaction, ready for it: the place after the last one, and what
    writes them there."""

    end: int
    carry_out: Callable[[], list[Outcome]]


@dataclass(frozen=True, slots=True)
class Change:
    """What to change of a memory; ``expected`` is the revision the caller read, if it matters.

    ``changes`` may be the error of bad input: whoever may not see the memory is not told about it.
    """

    doc_id: str
    changes: dict[str, Any] | HubError
    expected: int | None = None


class Batch(Generic[T]):
    """Items on their way into the store."""

    def __init__(self, items: Sequence[T | HubError], *, by: Principal) -> None:
        self.items, self.by = items, by

    def prepare(self, start: int, how: How) -> Part:
        """The part that begins at this place: all of an atomic batch.

        Outside the transaction; writes nothing but new words of the index. Raises TooMuchAtOnce.
        """
        room = Room(whole=how.atomic)
        if how.atomic:
            room.require(sum(self._size(item) for item in self.items))
        end = start
        while end < len(self.items) and self._fits(room, end, how):
            end += 1
        return Part(end, self._prepared(start, end, how))

    def _fits(self, room: Room, place: int, how: How) -> bool:
        # What is not written at all has no terms.
        terms = 0 if how.dry_run and not how.atomic else self._terms(place)
        return room.has(size=self._size(self.items[place]), terms=terms)

    def _size(self, item: T | HubError) -> int:
        """Bytes that are read and written for the item: of contents, and of metadata that is."""
        raise NotImplementedError

    def _terms(self, place: int) -> int:
        """Terms that are written or deleted for the item at this place."""
        return 0

    def _prepared(self, start: int, end: int, how: How) -> Callable[[], list[Outcome]]:
        """What carries out the items from ``start`` to before ``end`` in their transaction."""
        raise NotImplementedError

    @cached_property
    def _present(self) -> dict[str, Present]:
        """What there is of the memories that the items name."""
        named = [self._named(item) for item in self.items if not isinstance(item, HubError)]
        return present([UUID(doc_id) for doc_id in named if is_id(doc_id)], indexed=self._indexed)

    _indexed = False

    def _named(self, item: T) -> str:
        raise NotImplementedError


class _Counting(Batch[T]):
    """A batch of which some items bring a content; its terms are counted once."""

    def __init__(self, items: Sequence[T | HubError], *, by: Principal) -> None:
        super().__init__(items, by=by)
        self._counts: dict[int, Counted] = {}  # by place, of what is not written yet

    def _content(self, item: T | HubError) -> str | None:
        raise NotImplementedError

    def _counted(self, place: int) -> Counted:
        if place not in self._counts:
            self._counts[place] = count_terms(self._content(self.items[place]) or "")
        return self._counts[place]

    def _new_size(self, item: T | HubError) -> int:
        return len((self._content(item) or "").encode())

    def _new_terms(self, place: int) -> int:
        has_content = self._content(self.items[place]) is not None
        return len(self._counted(place).frequencies) if has_content else 0


class Saves(_Counting[Draft]):
    """Drafts to be saved."""

    def _content(self, item: Draft | HubError) -> str | None:
        return None if isinstance(item, HubError) else item.content

    def _size(self, item: Draft | HubError) -> int:
        return self._new_size(item)

    def _terms(self, place: int) -> int:
        return self._new_terms(place)

    def _prepared(self, start: int, end: int, how: How) -> Callable[[], list[Outcome]]:
        counts = [self._counts.pop(place, None) for place in range(start, end)]
        items = self.items[start:end]
        first = self._ready(items, counts, how)
        if how.dry_run or not any(isinstance(one, Draft) and one.path for one in items):
            return first
        return partial(naming.twice, first, lambda: self._ready(items, counts, how)())

    def _ready(
        self, items: Sequence[Draft | HubError], counted: Sequence[Counted | None], how: How
    ) -> Callable[[], list[Outcome]]:
        judged = self._named_apart([_judge(self._placed, item) for item in items])
        good = [one for one in judged if not isinstance(one, HubError)]
        if how.dry_run or (how.atomic and len(good) < len(judged)):
            return partial(_carry_out, judged, lambda good: [], how, lambda draft: None)
        kept = [
            one
            for one, draft in zip(counted, judged, strict=True)
            if not isinstance(draft, HubError)
        ]
        ready = save.prepare(good, by=self.by, counted=kept)
        return partial(
            _carry_out, judged, lambda good: save.store_all(ready), how, lambda draft: None
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


class Changes(_Counting[Change]):
    """Memories to be changed, as PATCH does."""

    _indexed = True

    def _content(self, item: Change | HubError) -> str | None:
        if isinstance(item, HubError) or isinstance(item.changes, HubError):
            return None
        return item.changes.get("content")

    def _named(self, item: Change) -> str:
        return item.doc_id

    def _size(self, item: Change | HubError) -> int:
        found = None if isinstance(item, HubError) else self._present.get(item.doc_id)
        return self._new_size(item) + found.size + found.metadata if found else 0

    def _terms(self, place: int) -> int:
        item = self.items[place]
        found = None if isinstance(item, HubError) else self._present.get(item.doc_id)
        rewritten = found is not None and self._content(item) is not None
        return self._new_terms(place) + found.terms if rewritten else 0

    def _prepared(self, start: int, end: int, how: How) -> Callable[[], list[Outcome]]:
        places = range(0) if how.dry_run else range(start, end)
        pairs, counted = [], []
        for place in places:
            item, content = self.items[place], self._content(self.items[place])
            if content is not None and (found := self._present.get(item.doc_id)):
                pairs.append((found.id, content))
                counted.append(self._counted(place))
            self._counts.pop(place, None)
        contents = Contents.of(pairs, counted)
        change = partial(self._change, self.items[start:end], contents, how)
        return partial(naming.twice, change, change) if self._names(start, end) else change

    def _names(self, start: int, end: int) -> bool:
        """Whether one of the items may change who has which path."""
        told = [one.changes for one in self.items[start:end] if isinstance(one, Change)]
        named = [one for one in told if not isinstance(one, HubError)]
        return any(name in one for one in named for name in revise.ADMINISTERED)

    def _change(
        self, items: Sequence[Change | HubError], contents: Contents, how: How
    ) -> list[Outcome]:
        wanted = [item.doc_id for item in items if isinstance(item, Change)]
        rows = writing.locked_all(wanted, by=self.by)

        def planned(item: Change) -> Planned:
            row = rows.get(item.doc_id)
            if isinstance(item.changes, HubError):
                writing.required(row, Role.EDITOR)
                raise item.changes
            expected = None if item.expected is None else {item.expected}
            row = writing.required(row, revise.least_role(item.changes), expected)
            return row, revise.real_changes(row, item.changes, self.by)

        judged = _named_apart([_judge(planned, item) for item in items], self.by)

        def write(pairs: list[Planned]) -> list[Row]:
            changed = writing.apply_all(pairs, by=self.by, contents=contents)
            return [
                {**new, "old_path": row["path"]} if "path" in columns else new
                for new, (row, columns) in zip(changed, pairs, strict=True)
            ]

        return _carry_out(judged, write, how, lambda pair: pair[0])


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

    def _prepared(self, start: int, end: int, how: How) -> Callable[[], list[Outcome]]:
        return partial(self._trash, self.items[start:end], how)

    def _trash(self, doc_ids: Sequence[str | HubError], how: How) -> list[Outcome]:
        named = [one for one in doc_ids if isinstance(one, str)]
        rows = writing.locked_all(named, by=self.by, brief=True)

        def administered(doc_id: str) -> Row:
            return writing.required(rows.get(doc_id), Role.ADMIN)

        def trash_rows(good: list[Row]) -> list[Row]:
            lifecycle.trash_all(good, by=self.by)
            return good

        judged = [_judge(administered, doc_id) for doc_id in doc_ids]
        return _carry_out(judged, trash_rows, how, lambda row: row)


def _judge(step: Callable[[Any], T], item: Any) -> T | HubError:
    """What the step makes of the item, or why it is refused."""
    if isinstance(item, HubError):
        return item
    try:
        return step(item)
    except HubError as error:
        return error


def _carry_out(
    judged: Sequence[T | HubError],
    write: Callable[[list[T]], list[Row]],
    how: How,
    preview: Callable[[T], Outcome],
) -> list[Outcome]:
    """Writes what was not refused; ``preview`` is the outcome of a good item in a dry run."""
    good = [item for item in judged if not isinstance(item, HubError)]
    if how.atomic and len(good) < len(judged):
        kept = NotCarriedOut("It was in order itself; nothing was written.")
        return [item if isinstance(item, HubError) else kept for item in judged]
    done = iter([preview(item) for item in good] if how.dry_run else write(good))
    return [item if isinstance(item, HubError) else next(done) for item in judged]
