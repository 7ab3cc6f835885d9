"""ZIP and tar files of strangers, unpacked within bounds: no path leads out, nothing is a link, and
what they unpack to is counted while it is written, whatever they say of it themselves.
"""

import gzip
import io
import os
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from memory_hub.core.disk import require_room
from superthread.transfer import decoding
from superthread.transfer.formats.tree import Tree
from superthread.transfer.items import Kind, TransferOutcome, printable

ENTRIES = 100_000
UNPACKED_BYTES = 4 * 2**30
# A bomb tells itself: beyond so much, more than so many times its own length.
SUSPECTED_BYTES, RATIO = 64 * 2**20, 200
_DEEPEST = 64  # folders in each other: each takes some of the disk
NESTED = 2  # archives within archives
_DIRECTORY_BYTES = 64 * 2**20  # of a ZIP, read whole
_ENTRY = b"PK\x01\x02"  # what each entry of that begins with
_BLOCK = 2**20
_HEADER_BYTES = 16 * 2**20  # what tar reads of one header
_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
# What is written to the disk; the names of all else are kept.
TEXTS = (".json", ".jsonl", ".ndjson", ".csv", ".md", ".markdown", ".mdown", ".txt", ".text")
TEXTS += (".rst", ".adoc", ".org")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, struct.error)
_BROKEN += (gzip.BadGzipFile,)
_BROKEN += (NotImplementedError, UnicodeError, ValueError, OverflowError)
_BOMB = "It unpacks to more than it may: is it a bomb?"


class BadArchive(ValueError):
    """Nothing of the archive can be used, or nothing more; the message says why."""


# Told a number of bytes. Raises BadArchive for too many.
Passing = Callable[[int], None]


class _Entry(NamedTuple):
    name: str
    # Why it is left out, if it is.
    why: str
    data: BinaryIO | None


def is_archive(path: Path) -> bool:
    """Whether it is one by its name."""
    return path.name.lower().endswith(_SUFFIXES)


def unpacked(
    path: Path,
    into: Path,
    *,
    label: str | None = None,
    bounded: bool = True,
    beat: Callable[[], Any] = lambda: None,
) -> Tree:
    """The archive's texts below ``into``, an empty directory of the caller's; ``beat`` is called
    all along, and may raise what ends it.

    Not ``bounded``: whatever it unpacks to, to the end of the disk. What is left out is among the
    tree's ``troubles``. Raises BadArchive, OSError and, where it is bounded, InsufficientStorage.
    """
    tree = Tree(into, label or path.name, unpacked=True)
    most = min(UNPACKED_BYTES, max(SUSPECTED_BYTES, path.stat().st_size * RATIO))
    _Unpacking(tree, most if bounded else sys.maxsize, bounded, beat).archive(path, into, 0)
    made = Tree.of(into, tree.label)
    tree.files, tree.folders = made.files, tree.folders | made.folders
    return tree


class _Unpacking:
    def __init__(self, tree: Tree, room: int, bounded: bool, beat: Callable[[], Any]) -> None:
        self.tree, self.room, self.unread, self.bounded = tree, room, room, bounded
        self.beat = beat
        self.entries = 0

    def archive(self, path: Path, into: Path, level: int) -> None:
        """Writes what the archive holds below ``into``."""
        try:
            with path.open("rb") as file:
                for entry in _entries(file, self._pass):
                    self._entry(entry, into, level)
        except BadArchive:
            raise
        except _BROKEN as error:
            raise BadArchive("This is no archive that can be read, or it is cut short.") from error

    def _pass(self, count: int) -> None:
        self.beat()
        self.unread -= count
        if self.unread < 0:
            raise BadArchive(_BOMB)

    def _entry(self, entry: _Entry, into: Path, level: int) -> None:
        self.beat()
        self.entries += 1
        if self.entries > ENTRIES:
            raise BadArchive(f"It has more than {ENTRIES} entries.")
        name = _safe(entry.name)
        why = "Its path leads out of the archive." if name is None else entry.why
        if why or name is None:
            self._skip(entry.name, why)
            return
        parts = name.split("/")
        if len(parts) > _DEEPEST:
            self._skip(name, f"It lies more than {_DEEPEST} folders deep.")
            return
        self.tree.folders |= {part for part in parts[:-1] if part.startswith(".")}
        if entry.data is None or "__MACOSX" in parts or any(part[0] == "." for part in parts):
            return
        is_inner = name.lower().endswith(_SUFFIXES)
        if not is_inner and not name.lower().endswith(TEXTS):
            self.tree.others.append(name)
            return
        target = into / name
        if self._is_written(entry.data, name, target) and is_inner:
            self._inner(target, name, level)

    def _is_written(self, data: BinaryIO, name: str, target: Path) -> bool:
        """Writes the file, or says why not."""
        try:
            self._write(data, target)
        except BadArchive:
            raise
        except (*_BROKEN, RuntimeError):
            self._skip(name, "It is damaged.", target)
        except FileExistsError:
            self._skip(name, "The archive has it twice.")
        except OSError as error:
            self._skip(name, f"{error.strerror}.", target)
        else:
            return True
        return False

    def _inner(self, path: Path, name: str, level: int) -> None:
        """An archive within: below its own name, and gone itself."""
        into = path.with_name(path.name.rpartition(".")[0])
        try:
            if level + 1 >= NESTED:
                self._skip(name, "It is an archive too deep inside others.")
            else:
                self.archive(path, into, level + 1)
        except BadArchive as error:
            if min(self.room, self.unread) < 0 or self.entries > ENTRIES:
                raise
            self._skip(name, str(error))
        finally:
            path.unlink()

    def _write(self, data: BinaryIO, target: Path) -> None:
        if self.bounded:
            # A file without anything in it takes some of the disk, too.
            require_room(self.tree.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            while block := data.read(_BLOCK):
                self.beat()
                if self.bounded:
                    require_room(target.parent, len(block))
                self.room -= len(block)
                if self.room < 0:
                    raise BadArchive(_BOMB)
                file.write(block)

    def _skip(self, name: str, why: str, target: Path | None = None) -> None:
        if target is not None:
            target.unlink(missing_ok=True)
        self.tree.troubles.append(TransferOutcome(Kind.FAILED, printable(name), why))


def _safe(name: str) -> str | None:
    """The name with slashes, relative; None where it leads elsewhere."""
    name = name.replace("\\", "/")
    if name.startswith("/") or "\x00" in name or name[1:2] == ":":
        return None
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return None if not parts or ".." in parts else "/".join(parts)


def _entries(file: BinaryIO, passing: Passing) -> Iterator[_Entry]:
    """What is in an archive; ``passing`` is told what is passed over of a tar file, for to pass
    over what is packed is to unpack it."""
    magic = file.read(4)
    file.seek(0)
    if magic[:2] == b"PK":
        return _of_zip(file)
    return _of_tar(gzip.GzipFile(fileobj=file) if magic[:2] == b"\x1f\x8b" else file, passing)


def _of_zip(file: BinaryIO) -> Iterator[_Entry]:
    try:
        opened = zipfile.ZipFile(_CarefulOfMany(file, _DIRECTORY_BYTES))
    except zipfile.BadZipFile as error:
        raise BadArchive("This is no ZIP file, or it is cut short.") from error
    with opened as archive:
        for info in archive.infolist():
            name = _name(info)
            kind = info.external_attr >> 28
            if info.is_dir():
                yield _Entry(name, "", None)
            elif info.create_system == 3 and kind not in (0, 8):
                yield _Entry(name, "A link or device is not followed.", None)
            elif info.flag_bits & 0x1:
                yield _Entry(name, "It is encrypted.", None)
            elif info.compress_type not in _METHODS:
                yield _Entry(name, "It is compressed in another way than deflate.", None)
            else:
                yield from _opened(archive, info, name)


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Iterator[_Entry]:
    try:
        data = archive.open(info)
    except (*_BROKEN, RuntimeError, OSError):
        yield _Entry(name, "It is damaged.", None)
        return
    with data:
        yield _Entry(name, "", data)


def _name(info: zipfile.ZipInfo) -> str:
    """The name; one that is not said to be UTF-8 in the encoding that it is in."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        return decoding.decode(info.filename.encode("cp437"), decoding.AUTO)
    except (UnicodeError, decoding.Undecodable):
        return info.filename


class _Careful(io.RawIOBase):
    """A file for a library that reads as much at once as the file itself says: at most ``most``
    bytes. ``passing`` is told how many bytes are passed over."""

    def __init__(self, file: Any, most: int, passing: Passing = lambda count: None) -> None:
        self._file, self._most, self._passing = file, most, passing

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size > self._most:
            raise BadArchive("A header in it is longer than any.")
        data = self._file.read(self._most + 1 if size < 0 else size)
        if len(data) > self._most:
            raise BadArchive("A header in it is longer than any.")
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_SET:
            self._passing(max(0, offset - self._file.tell()))
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


class _CarefulOfMany(_Careful):
    """The same of a ZIP file, whose directory is read whole: whatever its end says of how many
    entries there are, they are counted before they are made into objects."""

    def read(self, size: int = -1) -> bytes:
        data = super().read(size)
        if data.count(_ENTRY) > ENTRIES:
            raise BadArchive(f"It has more than {ENTRIES} entries.")
        return data


def _of_tar(file: Any, passing: Passing) -> Iterator[_Entry]:
    try:
        archive = tarfile.TarFile(fileobj=_Careful(file, _HEADER_BYTES, passing))
    except tarfile.ReadError as error:
        raise BadArchive("This is neither a ZIP file nor a tar file.") from error
    with archive:
        for member in archive:
            # The library remembers all of them.
            archive.members = []
            if member.isdir():
                yield _Entry(member.name, "", None)
            elif not member.isreg():
                yield _Entry(member.name, "A link or device is not followed.", None)
            else:
                yield _Entry(member.name, "", archive.extractfile(member))
