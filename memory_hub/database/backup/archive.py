"""The backup file: a zip of a manifest and the dump, with a SHA-256 over both.

The manifest has the rows and the hash of every table as they were at the snapshot.
"""

import hashlib
import json
import os
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FORMAT = 1
MANIFEST, DUMP, SEAL = "manifest.json", "dump", "sha256"
CHUNK = 1 << 20  # bytes
# Bytes of a zip's records without what varies in length (APPNOTE.TXT 4.3); those of the ends are
# whole. The lengths of name and extra field stand at the end of a local header.
_LOCAL_HEADER, _LENGTHS_AT, _CENTRAL_HEADER = 30, 26, 46
_END, _END_64 = 22, 56 + 20


class BackupError(Exception):
    """What is wrong with a backup, or with the place it should go to."""


def write(path: Path, manifest: dict[str, Any], dump: Path, *, overwrite: bool = False) -> None:
    """Write the file whole or not at all, readable by its owner only."""
    if path.exists() and not overwrite:
        raise BackupError(f"{path} exists; choose another name or say --overwrite.")
    text = json.dumps({"format": FORMAT, **manifest}, indent=2).encode()
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr(MANIFEST, text)
                archive.write(dump, DUMP)
                archive.writestr(SEAL, _seal(text, dump))
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


@contextmanager
def opened(path: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """The manifest and a file with the dump, both checked. Raises BackupError."""
    with tempfile.TemporaryDirectory(prefix="hub-backup-") as directory:
        dump = Path(directory) / DUMP
        yield _extract(path, dump), dump


def _extract(path: Path, dump: Path) -> dict[str, Any]:
    if not path.is_file():
        raise BackupError(f"There is no file {path}.")
    if not path.stat().st_size:
        raise BackupError(f"{path} is empty.")
    try:
        with zipfile.ZipFile(path) as archive:
            if not _is_all_of(archive, path.stat().st_size):
                raise BackupError(f"{path} holds bytes that the hub has not written.")
            text, seal = archive.read(MANIFEST), archive.read(SEAL).decode()
            with archive.open(DUMP) as source, dump.open("wb") as target:
                while chunk := source.read(CHUNK):
                    target.write(chunk)
    except BackupError:
        raise
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}.") from error
    except Exception as error:
        # Damage shows as BadZipFile, KeyError, zlib.error, struct.error …
        raise BackupError(f"{path} is not a backup, or it is truncated or damaged.") from error
    if _seal(text, dump) != seal:
        raise BackupError(f"{path} was altered: its checksum does not match.")
    manifest = json.loads(text)
    if manifest["format"] != FORMAT:
        raise BackupError(f"{path} has format {manifest['format']}; this hub reads {FORMAT}.")
    return manifest


def _is_all_of(archive: zipfile.ZipFile, size: int) -> bool:
    """Whether the file is this archive and nothing else: a zip may have anything before, between
    and behind its parts, and is read all the same."""
    parts = archive.infolist()
    if [part.filename for part in parts] != [MANIFEST, DUMP, SEAL] or archive.comment:
        return False
    place, directory = 0, 0
    for part in parts:
        if part.header_offset != place:
            return False
        archive.fp.seek(place + _LENGTHS_AT)
        place += _LOCAL_HEADER + sum(struct.unpack("<HH", archive.fp.read(4))) + part.compress_size
        directory += _CENTRAL_HEADER + len(part.filename) + len(part.extra) + len(part.comment)
    return place == archive.start_dir and size - place - directory in (_END, _END_64 + _END)


def _seal(manifest: bytes, dump: Path) -> str:
    digest = hashlib.sha256(manifest)
    with dump.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
