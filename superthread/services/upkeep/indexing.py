"""What the index wants done beside requests, in a loop of each process that has written something:
what the release before has written is indexed anew, and what is fresh is folded."""

import time
from functools import lru_cache

from django.db import DEFAULT_DB_ALIAS, connections

from memory_hub.core.identity import HUB
from memory_hub.database.resting import rest
from memory_hub.database.time_limits import without_time_limits
from memory_hub.jobs.loops import Loop
from superthread.search.index import documents, folding
from superthread.services.upkeep.reindexing import read_anew

PAUSE = 30.0  # seconds between two turns that nobody has asked for
# Seconds that what is due waits for more: whoever writes much goes on for a while, and what is
# folded together with more is folded fewer times.
SETTLING = 1.0


class IndexRunner:
    """``loop`` is its thread."""

    def __init__(self) -> None:
        self.loop = Loop("index", self.turn, last=connections.close_all)
        self._due_since: float | None = None

    def turn(self) -> float:
        """Does what there is; the seconds until it looks again. Raises django.db.Error."""
        try:
            connections[DEFAULT_DB_ALIAS] = without_time_limits(DEFAULT_DB_ALIAS)
            if documents.is_unread():
                for _ in read_anew(HUB):
                    if self.loop.stopping:
                        break
            return self._fold()
        finally:
            rest()

    def _fold(self) -> float:
        """Folds what fills a step, and what has been due for a moment."""
        folding.fold_due(folding.AT_ONCE)
        if not folding.is_due():
            self._due_since = None
            return PAUSE
        now = time.monotonic()
        if self._due_since is None:
            self._due_since = now
        left = self._due_since + SETTLING - now
        if left > 0:
            return left
        self._due_since = None
        folding.fold_due()
        return PAUSE


@lru_cache(maxsize=1)
def runner() -> IndexRunner:
    """The one of this process."""
    return IndexRunner()
