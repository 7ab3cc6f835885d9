"""Parts of a batch: what fits into one transaction, items judged as if each came alone."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import HubError
from superthread.reads.named import is_id
from superthread.reads.representation import Row
from superthread.search.index.documents import Counted
from superthread.search.index.indexer import count_terms
from superthread.services.batch_terms import BatchOptions, BatchOutcome, BatchPart, NotCarriedOut
from superthread.services.steps.parts import Present, Room, present

T = TypeVar("T")
# A memory's row, and the columns of it that change.
Planned = tuple[Row, dict[str, Any]]


class Batch(Generic[T]):
    """Items on their way into the store."""

    def __init__(self, items: Sequence[T | HubError], *, by: Principal) -> None:
        self.items, self.by = items, by

    def prepare(self, start: int, how: BatchOptions) -> BatchPart:
        """The part that begins at this place: all of an atomic batch.

        Outside the transaction; writes nothing but new words of the index. Raises TooMuchAtOnce.
        """
        room = Room(whole=how.atomic)
        if how.atomic:
            room.require(sum(self._size(item) for item in self.items))
        end = start
        while end < len(self.items) and self._fits(room, end, how):
            end += 1
        return BatchPart(end, self._prepared(start, end, how))

    def _fits(self, room: Room, place: int, how: BatchOptions) -> bool:
        # What is not written at all has no terms.
        terms = 0 if how.dry_run and not how.atomic else self._terms(place)
        return room.has(size=self._size(self.items[place]), terms=terms)

    def _size(self, item: T | HubError) -> int:
        """Bytes that are read and written for the item: of contents, and of metadata that is."""
        raise NotImplementedError

    def _terms(self, place: int) -> int:
        """Terms that are written or deleted for the item at this place."""
        return 0

    def _prepared(
        self, start: int, end: int, how: BatchOptions
    ) -> Callable[[], list[BatchOutcome]]:
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


class Counting(Batch[T]):
    """A batch of which some items bring a content; its terms are counted once."""

    def __init__(self, items: Sequence[T | HubError], *, by: Principal) -> None:
        super().__init__(items, by=by)
        # By place, of what is not written yet.
        self._counts: dict[int, Counted] = {}

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


def judged_one(step: Callable[[Any], T], item: Any) -> T | HubError:
    """What the step makes of the item, or why it is refused."""
    if isinstance(item, HubError):
        return item
    try:
        return step(item)
    except HubError as error:
        return error


def carry_out(
    judged: Sequence[T | HubError],
    write: Callable[[list[T]], list[Row]],
    how: BatchOptions,
    preview: Callable[[T], BatchOutcome],
) -> list[BatchOutcome]:
    """Writes what was not refused; ``preview`` is the outcome of a good item in a dry run."""
    good = [item for item in judged if not isinstance(item, HubError)]
    if how.atomic and len(good) < len(judged):
        kept = NotCarriedOut("It was in order itself; nothing was written.")
        return [item if isinstance(item, HubError) else kept for item in judged]
    done = iter([preview(item) for item in good] if how.dry_run else write(good))
    return [item if isinstance(item, HubError) else next(done) for item in judged]
