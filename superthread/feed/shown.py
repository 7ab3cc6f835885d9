"""Who is shown whose memories: told to the journal's counts wherever one is read.

One's own are not counted. Whole, in part (without the content, or its beginning), and old texts are
told apart.
"""

from memory_hub.accounts.principal import Principal
from memory_hub.journal.accesses import note_read

WHOLE, PART, VERSION = "read.whole", "read.part", "read.version"


def note_shown(memory_id: int, owner_id: int, *, by: Principal, kind: str = WHOLE) -> None:
    """Somebody is shown a memory."""
    if owner_id != by.user_id:
        note_read(kind, memory_id, by)
