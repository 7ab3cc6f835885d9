"""A folder as one file that can be sent."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from memory_hub_client.command.failing import Failed

# What the hub reads. Of all else it is told the name: what a note has beside it is named there.
READ = (
    *(".json", ".jsonl", ".ndjson", ".csv", ".md", ".markdown", ".mdown", ".txt", ".text"),
    *(".rst", ".adoc", ".org", ".zip", ".tar", ".tar.gz", ".tgz"),
)


def packed(folder: Path) -> IO[bytes]:
    """The folder as a ZIP, at its beginning, in a file that goes when it is closed; below its own
    name. Links are not followed. Raises Failed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller's
    try:
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            for path, name in _entries(folder, folder.resolve().name or "files"):
                if path is None:
                    archive.writestr(name, b"")
                else:
                    archive.write(path, name)
    except OSError as error:
        file.close()
        raise Failed(f"{error.filename or folder} cannot be read: {error.strerror}") from None
    file.seek(0)
    return file


def _entries(folder: Path, top: str) -> Iterator[tuple[Path | None, str]]:
    """Files and what they are called in the archive; without a path, those whose name is enough."""
    for here, folders, names in os.walk(folder, onerror=_refuse):
        place = Path(here)
        inside = Path(top) / place.relative_to(folder)
        for hidden in sorted(name for name in folders if name.startswith(".")):
            # It tells whose files these are, as .obsidian does.
            yield None, (inside / hidden / "settings").as_posix()
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = place / name
            if name.startswith(".") or file.is_symlink() or not file.is_file():
                continue
            is_read = name.lower().endswith(READ)
            yield file if is_read else None, (inside / name).as_posix()


def _refuse(error: OSError) -> None:
    raise error
