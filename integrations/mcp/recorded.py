"""What the journal says of the instructions: that they were changed, and by whom."""

from collections.abc import Sequence

from integrations.mcp.events import InstructionsChanged
from memory_hub.database.statements import Statement
from memory_hub.events.telling import hears
from memory_hub.journal.append import append
from memory_hub.journal.facts import Fact


@hears(InstructionsChanged)
def record(events: Sequence[InstructionsChanged]) -> list[Statement]:
    """An entry for each."""
    return append([Fact(f"instructions.{one.kind}", one.actor, one.origin) for one in events])
