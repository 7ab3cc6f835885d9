"""What was changed and told by nobody: found by watching the statements, written down here."""

import logging
from collections import deque
from typing import Any

from django.db import transaction

from memory_hub.core.identity import HUB
from memory_hub.database.statements import run
from memory_hub.journal.append import append
from memory_hub.journal.facts import Fact

logger = logging.getLogger(__name__)

KIND = "hub.unattributed"
# That wait while the database is away.
MOST = 1_000
_waiting: deque[list[str]] = deque(maxlen=MOST)
_migrating = False


def begin_migrating(**_: Any) -> None:
    """A migration changes tables as its version of the hub wants it, and tells nobody."""
    global _migrating
    _migrating = True


def end_migrating(**_: Any) -> None:
    """What is written from now on has to be told again."""
    global _migrating
    _migrating = False


def note(parts: frozenset[str]) -> bool:
    """A line in the log, and an entry to come; whether there is one. Not at once: whoever wrote it
    has yet to read what the database answered, on the same connection."""
    if _migrating:
        return False
    tables = sorted(parts)
    logger.warning("Changed without an event: %s", ", ".join(tables))
    _waiting.append(tables)
    return True


def write_down() -> None:
    """The entries of what was noted."""
    while _waiting:
        facts = [Fact(KIND, HUB.actor, HUB.origin, detail={"tables": one}) for one in [*_waiting]]
        with transaction.atomic():
            run(append(facts))
        for _ in facts:
            _waiting.popleft()
