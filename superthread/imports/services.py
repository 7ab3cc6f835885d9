"""Starting, following and cancelling imports: for the API and for pages alike.

An import is its owner's alone: nobody else is told that there is one.
"""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from memory_hub.accounts.models import User
from memory_hub.accounts.principal import Principal
from memory_hub.core.disk import require_room
from memory_hub.core.errors import Conflict, NotFound, TooLarge
from superthread.imports import files
from superthread.imports.wake import importing
from superthread.limits import FILE_BYTES
from superthread.models import Import, ImportState
from superthread.models.file_job import UNDER_WAY, id_in
from superthread.models.imported import NAME_LENGTH
from superthread.models.memory import new_uuid
from superthread.services import places
from superthread.transfer.items import printable

# Imports of one person that have not ended.
AT_ONCE = 3
KEPT = timedelta(days=30)  # after the end


class ImportRequest(NamedTuple):
    """What a file is to become. ``form`` is of `formats.names.NAMES`; ``defaults`` are scope,
    team_key and category of what names none; ``dry_run``: say what would come and write nothing."""

    name: str
    form: str = "auto"
    exchanges: bool = False
    dry_run: bool = False
    defaults: dict[str, str] = {}


class Destination(NamedTuple):
    """Where the file of an import to come is written."""

    id: UUID
    path: Path


def prepare(*, by: Principal, asked: ImportRequest, size: int = FILE_BYTES) -> Destination:
    """Where the file goes. Raises Conflict where this person has too many imports under way,
    InsufficientStorage, and what saving a memory with these defaults would."""
    _require_few(by)
    scope = asked.defaults.get("scope", "personal")
    places.place_for(by, scope, asked.defaults.get("team_key"))
    import_id = new_uuid()
    return Destination(import_id, files.coming(import_id, size))


def _require_few(by: Principal) -> None:
    if Import.objects.filter(owner_id=by.user_id, state__in=UNDER_WAY).count() >= AT_ONCE:
        raise Conflict(f"You have {AT_ONCE} imports that have not ended.")


def register(place: Destination, *, by: Principal, asked: ImportRequest) -> Import:
    """The import of a file that has come whole; it begins soon. Where that fails the file goes.
    Raises Conflict where others of this person have come meanwhile."""
    try:
        return _registered(place, by=by, asked=asked)
    except BaseException:
        place.path.unlink(missing_ok=True)
        raise


@transaction.atomic
def _registered(place: Destination, *, by: Principal, asked: ImportRequest) -> Import:
    # Files that come at the same time are counted one after the other.
    User.objects.select_for_update(no_key=True).filter(pk=by.user_id).values_list("pk").first()
    _require_few(by)
    job = Import.objects.create(
        pk=place.id,
        owner_id=by.user_id,
        name=printable(asked.name)[:NAME_LENGTH],
        format=asked.form,
        options={
            "exchanges": asked.exchanges,
            "dry_run": asked.dry_run,
            "defaults": asked.defaults,
        },
        size=place.path.stat().st_size,
    )
    transaction.on_commit(lambda: _arrived(place.path))
    return job


def _arrived(path: Path) -> None:
    files.arrive(path)
    importing.wake()


def start(*, by: Principal, chunks: Iterable[bytes], asked: ImportRequest) -> Import:
    """The same for a file that is there as pieces of bytes, such as a form's. Raises as `prepare`,
    and TooLarge."""
    place = prepare(by=by, asked=asked)
    try:
        with place.path.open("xb") as file:
            for chunk in chunks:
                require_room(place.path.parent, len(chunk))
                file.write(chunk)
                if file.tell() > FILE_BYTES:
                    raise TooLarge(f"A file may have {FILE_BYTES} bytes.")
        return register(place, by=by, asked=asked)
    except BaseException:
        place.path.unlink(missing_ok=True)
        raise


def progress(import_id: UUID | str, *, by: Principal) -> Import:
    """How far it is. Raises NotFound."""
    found = Import.objects.filter(pk=id_in(import_id), owner_id=by.user_id).first()
    if found is None:
        raise NotFound("You have no such import.")
    return found


def mine(*, by: Principal, limit: int = 50) -> list[Import]:
    """One's own imports, newest first."""
    return list(Import.objects.filter(owner_id=by.user_id).order_by("-pk")[:limit])


def outcomes(
    import_id: UUID | str, *, by: Principal, after: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """What became of each thing, in the order of the file: number, kind, place, why. Raises
    NotFound."""
    found = progress(import_id, by=by).outcomes.filter(number__gt=after).order_by("number")
    return list(found.values("number", "kind", "place", "why")[:limit])


def cancel(import_id: UUID | str, *, by: Principal) -> None:
    """No more of the file is imported; what has come stays. An import that has ended is forgotten.
    Raises NotFound."""
    job = progress(import_id, by=by)
    ended = {"state": ImportState.CANCELLED, "ended_at": timezone.now()}
    with transaction.atomic():
        if Import.objects.filter(pk=job.pk, state__in=UNDER_WAY).update(**ended):
            transaction.on_commit(lambda: files.remove(job.pk))
        else:
            Import.objects.filter(pk=job.pk).delete()


def forget_ended() -> int:
    """Deletes imports that ended long ago, and ends those whose files are gone; how many."""
    now = timezone.now()
    lost = Import.objects.filter(state__in=UNDER_WAY, created_at__lt=now - timedelta(days=7))
    why = "Its file is gone, or nobody came to it for a week."
    ended = lost.update(state=ImportState.FAILED, ended_at=now, why=why)
    return ended + Import.objects.filter(ended_at__lt=now - KEPT).delete()[0]
