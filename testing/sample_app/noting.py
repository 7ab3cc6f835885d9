"""What is saved in the category ``noted`` is a note of who saved it."""

from collections.abc import Sequence

from memory_hub.database.statements import Statement
from memory_hub.events.telling import hears
from superthread.events import MemoryChanged, MemoryKind

_NOTE = "INSERT INTO sample_note (writer_id, text, seen) VALUES (%s, 'You saved a memory.', 0)"


@hears(MemoryChanged)
def note(events: Sequence[MemoryChanged]) -> list[Statement]:
    """A row for each, with the save's own."""
    saved = [one.after for one in events if one.kind is MemoryKind.CREATED and one.after]
    return [(_NOTE, [one["owner_id"]]) for one in saved if one.get("category") == "noted"]
