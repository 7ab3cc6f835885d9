"""Where the files lie until they are imported: a directory of this host alone.

A file has the name of its import's id. While it still comes it is called otherwise, and nobody
looks at it. Who imports it has a lock on the file, which the system gives back when its process
ends.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings

from memory_hub.core.disk import require_room
from superthread.transfer import file_jobs

_COMING, _UNPACKED = ".coming", ".d"
# Seconds after which what still comes has been left: the slowest upload takes less.
_LEFT_AFTER = 24 * 3600


def directory() -> Path:
    """Where they lie."""
    return file_jobs.directory("imports")


def coming(import_id: UUID, size: int) -> Path:
    """Where a file is written that is to come. Raises InsufficientStorage."""
    require_room(directory(), size)
    return directory() / f"{import_id}{_COMING}"


def arrive(path: Path) -> None:
    """The file is whole, and its import is known."""
    path.rename(path.with_name(path.name.removesuffix(_COMING)))


def of(import_id: UUID) -> Path:
    """The file of an import."""
    return directory() / str(import_id)


def waiting() -> list[UUID]:
    """The imports whose files are here, oldest first. What was left on its way goes."""
    found: list[UUID] = []
    with suppress(FileNotFoundError), os.scandir(settings.DATA_DIR / "imports") as entries:
        for entry in entries:
            if entry.name.endswith(_COMING):
                with suppress(OSError):
                    if entry.stat().st_mtime < time.time() - _LEFT_AFTER:
                        os.unlink(entry.path)
            elif entry.name.endswith(_UNPACKED):
                if not os.path.exists(entry.path.removesuffix(_UNPACKED)):
                    shutil.rmtree(entry.path, ignore_errors=True)
            else:
                with suppress(ValueError):
                    found.append(UUID(entry.name))
    return sorted(found)


def remove(import_id: UUID) -> None:
    """Nothing is left of the file."""
    with suppress(FileNotFoundError):
        of(import_id).unlink()
    shutil.rmtree(_beside(import_id), ignore_errors=True)


def _beside(import_id: UUID) -> Path:
    return directory() / f"{import_id}{_UNPACKED}"


@contextmanager
def named(import_id: UUID, name: str) -> Iterator[Path]:
    """The file under the name that it had, which tells what it is; in a directory of its own, which
    goes afterwards with all that was put there."""
    beside = _beside(import_id)
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700)
    try:
        path = beside / _plain(name, of(import_id))
        os.link(of(import_id), path)
        yield path
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _plain(name: str, path: Path) -> str:
    """The name as a file may have it, with the suffix of an archive where it is one."""
    name = name.replace("\\", "/").rpartition("/")[2].replace("\x00", "").lstrip(".")
    name = name.encode()[-200:].decode(errors="ignore") or "file"
    with path.open("rb") as file:
        magic = file.read(4)
    suffixes = {b"PK": (".zip",), b"\x1f\x8b": (".tar.gz", ".tgz")}.get(magic[:2], ("",))
    return name if name.lower().endswith(suffixes) else f"{name}{suffixes[0]}"


def alone_with(import_id: UUID) -> AbstractContextManager[bool]:
    """Whether this process is the only one that has the file in hand within the block."""
    return file_jobs.alone_with(of(import_id))
