"""Asking for exports, following, fetching and ending them: for the API and for pages alike.

An export is its owner's alone: nobody else is told that there is one.
"""

from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from memory_hub.accounts.models import User
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import Conflict, NotFound, Unavailable
from superthread.exports import files, upkeep
from superthread.exports.wake import making
from superthread.models import Export, ExportState
from superthread.models.exported import kept
from superthread.models.file_job import id_in

# Exports of one person that are being made or kept.
AT_ONCE = 2


@transaction.atomic
def start(*, by: Principal, form: str) -> Export:
    """An export of what the caller may read when it is made, of a form of ExportFormat; it begins
    soon. Raises Conflict where the caller has too many, and InsufficientStorage."""
    files.require_room()
    # So that two requests at once count one after the other.
    User.objects.select_for_update().get(pk=by.user_id)
    present = Export.objects.filter(kept(), owner_id=by.user_id).exclude(state=ExportState.FAILED)
    if present.count() >= AT_ONCE:
        raise Conflict(f"You have {AT_ONCE} exports: delete one of them first.")
    job = Export.objects.create(owner_id=by.user_id, token_id=by.token_id, format=form)
    transaction.on_commit(lambda: _asked(job.pk))
    return job


def _asked(export_id: UUID) -> None:
    files.ask(export_id)
    making.wake()


def progress(export_id: UUID | str, *, by: Principal) -> Export:
    """How far it is. Raises NotFound, also where its time is over."""
    mine = Export.objects.select_related("owner").filter(kept(), owner_id=by.user_id)
    found = mine.filter(pk=id_in(export_id)).first()
    if found is None:
        raise NotFound("You have no such export.")
    return found


def mine(*, by: Principal, limit: int = 50) -> list[Export]:
    """One's own exports, newest first."""
    return list(Export.objects.filter(kept(), owner_id=by.user_id).order_by("-pk")[:limit])


def file_of(export_id: UUID | str, *, by: Principal) -> tuple[Export, BinaryIO]:
    """The export and its file, open. Raises NotFound, Conflict where it is not made (yet) or holds
    what the caller may not read any more, and Unavailable where the file lies on another host."""
    job = progress(export_id, by=by)
    if job.state != ExportState.DONE:
        raise Conflict("The file of this export is not there: it is not done.")
    try:
        file = files.of(job.pk).open("rb")
    except FileNotFoundError as error:
        raise Unavailable("The file is on another host of the hub.") from error
    if not upkeep.stands(job):
        file.close()
        raise Conflict(upkeep.WITHDRAWN)
    return job, file


def delete(export_id: UUID | str, *, by: Principal) -> None:
    """The export is made no further and forgotten, and its file goes. Raises NotFound."""
    job = progress(export_id, by=by)
    with transaction.atomic():
        Export.objects.filter(pk=job.pk).delete()
        transaction.on_commit(lambda: files.remove(job.pk))
