"""What becomes of exports in time: they are forgotten, and their files go."""

import os
import time
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from memory_hub.accounts.principal import principal_of
from superthread.exports import files, standing
from superthread.models import Export, ExportState
from superthread.models.exported import KEPT, kept
from superthread.models.file_job import UNDER_WAY

_LOST_AFTER = timedelta(days=1)
# Seconds after which a file is judged again that nobody fetches.
JUDGED_EVERY = 3600.0
WITHDRAWN = (
    "Something in it was deleted for good, or is not yours to read any more: ask for another."
)


def forget_old() -> int:
    """Deletes exports past their time, and ends those that nobody makes; how many."""
    now = timezone.now()
    lost = Export.objects.filter(state__in=UNDER_WAY, created_at__lt=now - _LOST_AFTER)
    why = "Nobody came to it for a day."
    ended = lost.update(state=ExportState.FAILED, ended_at=now, why=why)
    return ended + Export.objects.filter(ended_at__lt=now - KEPT).delete()[0]


def remove_lost() -> int:
    """Removes the files on this host of what is no more, be it past its time, deleted on another
    host, or somebody's whose account is gone or closed; of how many."""
    found = files.here()
    gone = found - set(Export.objects.filter(kept(), pk__in=found).values_list("pk", flat=True))
    for export_id in gone:
        files.remove(export_id)
    return len(gone)


def withdraw() -> int:
    """Takes back the files on this host that hold what their owners may not read any more, each
    looked at once an hour; how many."""
    due = [one for one in files.whole() if _age(one) > JUDGED_EVERY]
    found = Export.objects.select_related("owner").filter(kept(), state=ExportState.DONE)
    return sum(not stands(job) for job in found.filter(pk__in=due))


def _age(export_id: UUID) -> float:
    try:
        return time.time() - files.judged(export_id).stat().st_mtime
    except FileNotFoundError:
        return 0.0


def stands(job: Export) -> bool:
    """Whether the file of an export may be fetched: what is in it is still its owner's to read.
    Where it is not the export fails, and the file goes."""
    by, path = principal_of(job.owner, "session"), files.judged(job.pk)
    try:
        if standing.holds(path, by):
            os.utime(path)
            return True
    except FileNotFoundError:
        # Made by the release before, or deleted meanwhile.
        return True
    failed = {"state": ExportState.FAILED, "why": WITHDRAWN}
    Export.objects.filter(pk=job.pk, state=ExportState.DONE).update(**failed)
    files.remove(job.pk)
    return False
