"""Where the files of exports lie: a directory of this host alone, for the hub alone to read.

An export that is to be made has an empty file, ``ID.asked``, on which whoever makes it has a lock
that the system gives back when its process ends. The file itself is ``ID.zip``, and ``ID.judged``
says what is in it (`standing.py`).
"""

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings

from memory_hub.core import disk
from superthread.transfer import file_jobs

_ASKED, _WHOLE, _JUDGED = ".asked", ".zip", ".judged"
# Seconds after which a draft that nobody writes to was left by a process that was killed.
_LEFT_AFTER = 3600.0


def directory() -> Path:
    """Where they lie."""
    return file_jobs.directory("exports")


def require_room() -> None:
    """Raises InsufficientStorage where no more may be written."""
    disk.require_room(directory())


def ask(export_id: UUID) -> None:
    """The export is to be made on this host."""
    (directory() / f"{export_id}{_ASKED}").touch(mode=0o600)


def of(export_id: UUID) -> Path:
    """The file of an export."""
    return directory() / f"{export_id}{_WHOLE}"


def judged(export_id: UUID) -> Path:
    """What the file of an export holds, as far as it matters to who may fetch it."""
    return directory() / f"{export_id}{_JUDGED}"


def whole() -> set[UUID]:
    """The exports whose files are here."""
    return {export_id for export_id, suffix in _here() if suffix == _WHOLE}


def asked() -> list[UUID]:
    """The exports that are to be made here, oldest first."""
    return sorted(export_id for export_id, suffix in _here() if suffix == _ASKED)


def here() -> set[UUID]:
    """The exports of which there is anything here. What was left half written goes."""
    root = settings.DATA_DIR / "exports"
    with suppress(FileNotFoundError), os.scandir(root) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.name[0] == "." and entry.stat().st_mtime < time.time() - _LEFT_AFTER:
                    os.unlink(entry.path)
    return {export_id for export_id, _ in _here()}


def _here() -> Iterator[tuple[UUID, str]]:
    with suppress(FileNotFoundError), os.scandir(settings.DATA_DIR / "exports") as entries:
        for entry in entries:
            stem, suffix = os.path.splitext(entry.name)
            with suppress(ValueError):
                yield UUID(stem), suffix


def made(export_id: UUID) -> None:
    """It is to be made no more."""
    (directory() / f"{export_id}{_ASKED}").unlink(missing_ok=True)


def remove(export_id: UUID) -> None:
    """Nothing is left of it here."""
    of(export_id).unlink(missing_ok=True)
    judged(export_id).unlink(missing_ok=True)
    made(export_id)


def alone_with(export_id: UUID) -> AbstractContextManager[bool]:
    """Whether this process is the only one that makes the export within the block."""
    return file_jobs.alone_with(directory() / f"{export_id}{_ASKED}")
