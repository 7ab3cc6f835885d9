"""How much one transaction writes: on SQLite everybody else waits for its end."""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from django.db.models import TextField, Value
from django.db.models.functions import Cast, Length

from superthread import limits
from superthread.models import Memory
from superthread.search.index.documents import packed_sizes
from superthread.services.batch_terms import TooMuchAtOnce

# Bytes of contents and terms of a part of a batch, by measurement: SQLite's writer is held for some
# 0.1 s. An item counts as further terms, for its rows.
BYTES, TERMS, ITEM = 2**20, 24_576, 10


class Room:
    """What a transaction still has room for; ``whole``: all of an atomic batch, or a refusal."""

    def __init__(self, most_bytes: int | None = None, *, whole: bool = False) -> None:
        self._whole = whole
        usual = limits.ATOMIC_BYTES if whole else BYTES
        self._bytes = usual if most_bytes is None else most_bytes
        self._terms = limits.ATOMIC_TERMS if whole else TERMS
        self._is_empty = True

    def require(self, size: int) -> None:
        """Judges all bytes before anything is counted. Raises TooMuchAtOnce."""
        if size > self._bytes:
            raise TooMuchAtOnce(
                f"All or none is for {limits.ATOMIC_BYTES} bytes of contents and metadata, those "
                "replaced among them: send less at a time, or without atomic."
            )

    def has(self, *, size: int, terms: int) -> bool:
        """Takes the room for an item; the first one always has some. Raises TooMuchAtOnce."""
        self._bytes -= size
        self._terms -= terms if self._whole else terms + ITEM
        if self._whole and self._terms < 0:
            raise TooMuchAtOnce(
                f"All or none is for {limits.ATOMIC_TERMS} distinct terms of memories, those "
                "replaced among them: send less at a time, or without atomic."
            )
        fits = self._is_empty or (self._bytes >= 0 and self._terms >= 0)
        self._is_empty = False
        return fits


def fitting(sizes: Iterable[tuple[int, int, int]], *, most_bytes: int | None = None) -> list[int]:
    """Of memories by (id, bytes, terms), the ids of the first that fit into one transaction."""
    room = Room(most_bytes)
    return [pk for pk, _, _ in takewhile(lambda one: room.has(size=one[1], terms=one[2]), sizes)]


class Present(NamedTuple):
    """What is known of a memory without a lock: its key, the bytes of its content, the characters
    of its metadata, and about how many terms it is indexed by."""

    id: int
    size: int
    metadata: int
    terms: int


def present(keys: Sequence[Any], *, indexed: bool) -> dict[str, Present]:
    """What there is of memories, by doc_id; their metadata and terms where ``indexed`` asks for
    what a change of them may read and write."""
    chosen = Memory.objects.filter(doc_id__in=keys)
    metadata = Length(Cast("metadata", TextField())) if indexed else Value(0)
    found = list(chosen.values_list("doc_id", "pk", "size", metadata))
    terms = packed_sizes([pk for _, pk, *_ in found]) if indexed else {}
    return {
        str(doc_id): Present(pk, size, metadata, terms.get(pk, 0))
        for doc_id, pk, size, metadata in found
    }
