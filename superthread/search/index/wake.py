"""Who folds what was written: a loop of the hub, or, in a process without one, who wrote it."""

from django.db import DatabaseError, connection, transaction

from memory_hub.jobs.dispatcher import dispatcher
from memory_hub.jobs.on_demand import OnDemand
from superthread.search.index import folding
from superthread.search.index.documents import is_unread


def is_wanted() -> bool:
    """Whether there may be something to fold, or something that the release before has written."""
    return is_unread() or folding.is_due()


upkeep = OnDemand(
    "superthread.services.upkeep.indexing.runner", is_wanted=is_wanted, is_due=is_wanted
)


class _Written:
    """Documents that this process has written since it last had them folded: about, for nobody
    takes back what was rolled back."""

    count = 0


def note(documents: int) -> None:
    """So many are being written in the present transaction."""
    _Written.count += documents
    if _Written.count >= folding.MANY:
        _Written.count = 0
        transaction.on_commit(_fold, robust=True)


def forget() -> None:
    """As if this process had written nothing yet."""
    _Written.count = 0


def _fold() -> None:
    if dispatcher().loop.is_started:
        upkeep.wake()
        return
    try:
        folding.fold_due()
    except DatabaseError:
        # It is the hub's to do as well, and none of the caller's.
        connection.close_if_unusable_or_obsolete()
