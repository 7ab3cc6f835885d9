"""What a test finds in the journal afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from memory_hub.journal import sequencer
from memory_hub.journal.models import Entry, Origin


@contextmanager
def journaling() -> Iterator[list[Entry]]:
    """A block whose entries stand in the list it gives once it is over, each with its ``origin``,
    or None where it has none."""
    found: list[Entry] = []
    sequencer.sequence()
    before = Entry.newest()
    yield found
    sequencer.sequence()
    found += Entry.objects.filter(position__gt=before).order_by("position")
    origins = Origin.objects.in_bulk([entry.position for entry in found])
    for entry in found:
        entry.origin = origins.get(entry.position)
