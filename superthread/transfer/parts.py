"""Exports in parts, each of which fits into an answer: JSON Lines that import again."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from memory_hub.accounts.principal import Principal
from memory_hub.core.budget import answers
from superthread.feed.shown import note_shown
from superthread.models import Memory
from superthread.transfer.exporting import ExportOptions, lines

# Bytes of contents in one file of an export.
PART = 8 * 2**20


class FilePart(NamedTuple):
    """The first and the last doc_id of a file, how many memories and how many bytes of contents."""

    first: UUID
    last: UUID
    count: int
    size: int


def parts(chosen: Q, *, history: bool) -> list[FilePart]:
    """The files that the chosen memories make, oldest first."""
    found: list[FilePart] = []
    for doc_id, size in _sizes(chosen, history=history):
        if found and found[-1].size + size <= PART:
            first, _, count, before = found[-1]
            found[-1] = FilePart(first, doc_id, count + 1, before + size)
        else:
            found.append(FilePart(doc_id, doc_id, 1, size))
    return found


def _sizes(chosen: Q, *, history: bool) -> Iterator[tuple[Any, int]]:
    size = Coalesce(Sum("versions__size"), 0) if history else F("size")
    sized = Memory.objects.filter(chosen).annotate(bytes=size)
    yield from sized.order_by("doc_id").values_list("doc_id", "bytes").iterator(1000)


def written(chosen: Q, part: FilePart, wanted: ExportOptions, *, by: Principal) -> bytes:
    """The lines of a file. Others' memories count as read."""
    answers.take_for_unit(part.size)
    within = chosen & Q(doc_id__gte=part.first, doc_id__lte=part.last)
    found = lines(within, wanted, by=by, shown=partial(note_shown, by=by))
    return b"".join(line for memory in found for line in memory)
