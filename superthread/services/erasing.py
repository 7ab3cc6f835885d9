"""What is left of a text that was deleted for good, and goes a moment later: words, outdated
answers, and on SQLite what stands in its log and in the gaps of its pages.

Not in the deletion's own transaction: each looks through more than the memory, and nobody may wait
for it.
"""

import logging
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, transaction

from memory_hub.caching import registry
from memory_hub.core import deadline
from memory_hub.database.rewriting import rewrite
from memory_hub.database.sqlite3.write_ahead_log import emptied
from memory_hub.jobs import schedule
from superthread.search.index import pruning
from superthread.search.renewal import left_over
from superthread.services.steps import naming

logger = logging.getLogger(__name__)

JOB = "erase_traces"
# So many deletions share a run.
PATIENCE = timedelta(seconds=10)


class TracesLeft(Exception):
    """Somebody wrote or read all the time: another run has to go on."""


def ask_to_erase() -> None:
    """Has what the transaction under way deletes for good leave no trace, soon after its commit."""
    transaction.on_commit(_ask, robust=True)


def _ask() -> None:
    try:
        # The memory is gone, whatever becomes of this request.
        with deadline.aside():
            schedule.ask_within(JOB, PATIENCE)
    except DatabaseError as error:
        # The job comes by itself, once a day.
        logger.warning("Could not ask for %s: %s", JOB, type(error).__name__)


def erase_traces() -> int:
    """Erases them; returns how many words went. Raises TracesLeft."""
    left_over.forget_former()
    gone = pruning.prune()
    naming.prune()
    registry.cleanup()
    is_cleared = connection.vendor != "sqlite" or _file_cleared()
    if not is_cleared or pruning.has_unused():
        raise TracesLeft
    return gone


def _file_cleared() -> bool:
    """Whether SQLite's log could be emptied, and then, of a small database, its pages."""
    if not emptied(DEFAULT_DB_ALIAS):
        return False
    path = Path(str(connection.settings_dict["NAME"]))
    if path.stat().st_size > settings.HUB_REWRITE_MB * 2**20:
        return True
    rewrite(DEFAULT_DB_ALIAS)
    return emptied(DEFAULT_DB_ALIAS)
