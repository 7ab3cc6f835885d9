"""What the index wants done beside requests, in a loop of each process that has written something:
what the release before has written is indexed anew, and what is fresh is folded."""

from functools import lru_cache

from django.db import DEFAULT_DB_ALIAS, connections

from memory_hub.core.identity import HUB
from memory_hub.database.resting import rest
from memory_hub.database.time_limits import without_time_limits
from memory_hub.jobs.loops import Loop
from superthread.search.index import documents, folding
from superthread.services.upkeep.reindexing import read_anew

PAUSE = 30.0  # seconds between two turns that nobody has asked for


class IndexRunner:
    """``loop`` is its thread."""

    def __init__(self) -> None:
        self.loop = Loop("index", self.turn, last=connections.close_all)

    def turn(self) -> float:
        """Does what there is; the seconds until it looks again. Raises django.db.Error."""
        try:
            connections[DEFAULT_DB_ALIAS] = without_time_limits(DEFAULT_DB_ALIAS)
            if documents.is_unread():
                for _ in read_anew(HUB):
                    if self.loop.stopping:
                        break
            folding.fold_due()
        finally:
            rest()
        return PAUSE


@lru_cache(maxsize=1)
def runner() -> IndexRunner:
    """The one of this process."""
    return IndexRunner()
