"""Moments as places in the journal: what was known then."""

from datetime import datetime

from django.utils import timezone

from memory_hub.core.errors import BadInput
from memory_hub.core.text import rfc3339
from memory_hub.journal import sequencer
from memory_hub.journal.models import Entry

# For whoever numbers entries at the moment.
PATIENCE_MS = 1_000


def position_at(moment: datetime, pointer: str = "query:at") -> int:
    """The last position that was known at the moment. Raises BadInput for one in the future,
    before the journal, or (``too-far``, with the nearest moment there is) where retention has cut
    it off.

    By bisection: moments never fall with positions, and no index holds them.
    """
    if moment > timezone.now():
        raise BadInput.at(pointer, "in-the-future", "It is not known what will be.")
    sequencer.sequence(patience_ms=PATIENCE_MS)
    before = Entry.oldest() - 1
    low, high = before, Entry.newest()
    while low < high:
        middle = (low + high + 1) // 2
        if moment_of(middle) <= moment:
            low = middle
        else:
            high = middle - 1
    if low == before > 0:
        raise too_far(pointer, "The journal is not kept for so long.", before + 1)
    if low == before:
        raise BadInput.at(pointer, "too-early", "The journal does not go back so far.")
    return low


def moment_of(position: int) -> datetime:
    """When the entry at the position, or the first one kept behind it, became known."""
    kept = Entry.objects.filter(position__gte=position).order_by("position")
    return kept.values_list("at", flat=True)[0]


def too_far(pointer: str, text: str, position: int | None) -> BadInput:
    """The refusal of a moment that lies too far back; it names the moment of the position, where
    there is one, as the nearest that does not."""
    error = BadInput.at(pointer, "too-far", text)
    if position is not None:
        error.extra["nearest"] = rfc3339(moment_of(position))
    return error
