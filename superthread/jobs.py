"""What the hub does for memories in the background."""

from datetime import time, timedelta

from django.db import connection

from memory_hub.core.identity import HUB
from memory_hub.database.online import drop_indexes
from memory_hub.jobs.declared import Job, WorkerJob
from superthread.exports import upkeep as exports
from superthread.exports.wake import making
from superthread.imports import services as imports
from superthread.imports.wake import importing
from superthread.search.index import before, folding
from superthread.search.index.wake import upkeep
from superthread.search.renewal import left_over
from superthread.services import erasing, lifecycle


def purge_due() -> int:
    """What the hub does by itself; returns how many memories went."""
    return lifecycle.purge_due(by=HUB)


PURGE_MEMORIES = Job(
    name="purge_memories",
    help="Deletes memories for good that expired or were in the trash for 30 days.",
    run=purge_due,
    at=time(3, 10),
)
ERASE_TRACES = Job(
    name=erasing.JOB,
    help="Erases what is left in words, caches and SQLite's log of what was deleted for good.",
    run=erasing.erase_traces,
    at=time(3, 15),
)


# By these a release before reads; the upgrade leaves them to it.
OLD_INDEXES = (
    *("memory_of_owner", "memory_of_team", "memory_public"),
    *("memory_counts_of_owner", "memory_counts_of_team", "memory_counts_public"),
    *("memory_made_of_owner", "memory_made_of_team", "memory_made_public"),
    "memory_titles",
)


def drop_old_indexes() -> int:
    """Returns how many indexes and tables went that no release needs any more."""
    return drop_indexes(OLD_INDEXES) + before.drop(connection)


# At no time of the day: the first run of a hub that did not have the job is a day after its first
# worker that has; of another it is the next daily one.
DROP_OLD_INDEXES = Job(
    name="drop_old_indexes",
    help="Drops indexes and tables that only the release before needs, a day after the upgrade.",
    run=drop_old_indexes,
)

INDEX = WorkerJob(
    name="index",
    help="Folds what was written into the segments that searches read.",
    loop=upkeep.loop,
    on_demand=True,
    look=upkeep.look,
)


def tidy_index() -> int:
    """Returns how many memories were folded."""
    # Of a reindex that was interrupted; what it goes on with stays.
    left_over.remove()
    return folding.fold_due(folding.FEW)


FOLD_INDEX = Job(
    name="fold_index",
    help="Folds what is left of a few memories in the search index; tidies up behind reindexes.",
    run=tidy_index,
    every=timedelta(minutes=10),
)

IMPORT = WorkerJob(
    name="imports",
    help="Imports the files that people have sent to this host.",
    loop=importing.loop,
    on_demand=True,
    look=importing.look,
)
FORGET_IMPORTS = Job(
    name="forget_imports",
    help="Deletes what is told of imports 30 days after their end; ends those that were lost.",
    run=imports.forget_ended,
    at=time(3, 50),
)

EXPORT = WorkerJob(
    name="exports",
    help="Makes the files of exports that people have asked this host for, and removes old ones.",
    loop=making.loop,
    on_demand=True,
    look=making.look,
)
FORGET_EXPORTS = Job(
    name="forget_exports",
    help="Deletes what is told of exports a day after their end; ends those that were lost.",
    run=exports.forget_old,
    every=timedelta(hours=1),
)
