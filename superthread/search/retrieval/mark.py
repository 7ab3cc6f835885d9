"""Where a list of results goes on: what a cursor holds."""

from dataclasses import dataclass, field

from memory_hub.api.cursors import decode, encode
from superthread.search.retrieval.ranking import Collection, Hit

POINTER = "/cursor"


@dataclass(frozen=True)
class Mark:
    """The last place, and the numbers the ranking was made with.

    Hits are read by relevance from behind `start` on. Where time has put those up to `end` in
    another order, `last` is the key of the one shown last of them. `options` has a bit for each
    doubtful word of the query that is read as text; `now` is when the first page was asked for.
    """

    start: Hit | None
    end: Hit | None
    last: tuple[int, int, int] | None
    now: int
    options: int
    collection: Collection
    documents: dict[int, int] = field(default_factory=dict)  # frequency by term id

    @classmethod
    def read(cls, cursor: str, fingerprint: str) -> "Mark":
        """Raises BadInput for a cursor of another list."""
        score, memory_id, documents, now, options, has_end, *rest = decode(
            cursor, fingerprint, POINTER
        )
        end, last = (Hit(*rest[:2]), tuple(rest[2:5])) if has_end else (None, None)
        pairs = rest[5:] if has_end else rest
        return cls(
            start=Hit(score, memory_id) if memory_id else None,
            end=end,
            last=last,
            now=now,
            options=options,
            collection=Collection(documents),
            documents=dict(zip(pairs[::2], pairs[1::2], strict=True)),
        )

    def written(self, fingerprint: str) -> str:
        start = self.start or Hit(0, 0)
        block = [1, self.end.score, self.end.memory_id, *self.last] if self.end else [0]
        return encode(
            fingerprint,
            [
                *(start.score, start.memory_id, self.collection.documents),
                *(self.now, self.options, *block),
                *(number for pair in self.documents.items() for number in pair),
            ],
        )
