"""Moments as places in the journal: what was known then."""

from datetime import datetime

from django.utils import timezone

from memory_hub.core.errors import BadInput
from memory_hub.journal import sequencer
from memory_hub.journal.models import Entry

PATIENCE_MS = 1_000  # for whoever numbers entries at the moment


def position_at(moment: datetime, pointer: str = "query:at") -> int:
    """The last position that was known at the moment. Raises BadInput for one in the future or
    before the journal.

    By bisection: moments never fall with positions, and no index holds them.
    """
    if moment > timezone.now():
        raise BadInput.at(pointer, "in-the-future", "It is not known what will be.")
    sequencer.sequence(patience_ms=PATIENCE_MS)
    low, high = 0, Entry.newest()
    while low < high:
        middle = (low + high + 1) // 2
        if moment_of(middle) <= moment:
            low = middle
        else:
            high = middle - 1
    if not low:
        raise BadInput.at(pointer, "too-early", "The journal does not go back so far.")
    return low


def moment_of(position: int) -> datetime:
    """When the entry at the position, which there is, became known."""
    return Entry.objects.values_list("at", flat=True).get(position=position)
