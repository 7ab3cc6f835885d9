"""What an import was given, as files: a directory, one file, or an archive that was unpacked."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from superthread.transfer.items import Kind, TransferOutcome, printable

# Folders that archives of macOS have beside the files.
_NOT_ENTERED = {"__MACOSX"}


@dataclass(slots=True)
class Tree:
    """Regular files below ``root`` by their names, sorted, with slashes.

    ``others`` names what an archive holds beside texts. ``advance`` is told the bytes that are
    read. ``label`` is what the import was given, by its last name.
    """

    root: Path
    label: str
    files: dict[str, Path] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    troubles: list[TransferOutcome] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)
    single: Path | None = None
    unpacked: bool = False
    advance: Callable[[int], Any] = lambda size: None

    @classmethod
    def of(cls, path: Path, label: str | None = None) -> "Tree":
        """Links are not followed, hidden folders noted and not entered. Raises OSError."""
        label = label or path.name
        if not path.is_dir():
            path.open("rb").close()
            return cls(path.parent, label, {path.name: path}, single=path)
        tree = cls(path, label)
        for directory, folders, names in os.walk(path, onerror=tree._unreadable):
            here = Path(directory)
            tree.folders |= {here.joinpath(name).relative_to(path).as_posix() for name in folders}
            folders[:] = sorted(
                name for name in folders if name[0] != "." and name not in _NOT_ENTERED
            )
            for name in sorted(names):
                file = here / name
                if not file.is_symlink() and file.is_file():
                    tree.files[file.relative_to(path).as_posix()] = file
        return tree

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(path.stat().st_size for path in self.files.values())

    def ending(self, *suffixes: str) -> Iterator[str]:
        """The names that end so, whatever their case."""
        return (name for name in self.files if name.lower().endswith(suffixes))

    def open(self, name: str) -> "Counted":
        """The file's bytes; what is read is told to ``advance``. Raises OSError."""
        return Counted(self.files[name].open("rb"), lambda size: self.advance(size))

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """What is read within is told to nobody: it is read again."""
        told, self.advance = self.advance, lambda size: None
        try:
            yield
        finally:
            self.advance = told

    def _unreadable(self, error: OSError) -> None:
        place = printable(os.fsdecode(error.filename or ""))
        self.troubles.append(TransferOutcome(Kind.FAILED, place, f"{error.strerror}."))


class Counted(io.RawIOBase):
    """A file that tells how many bytes were read of it, without a mark of their order."""

    def __init__(self, file: io.BufferedReader, advance: Callable[[int], Any]) -> None:
        self._file, self._advance = file, advance
        if file.peek(3).startswith(b"\xef\xbb\xbf"):
            file.read(3)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._advance(len(data))
        return data

    def readline(self, size: int | None = -1) -> bytes:
        line = self._file.readline(-1 if size is None else size)
        self._advance(len(line))
        return line

    def close(self) -> None:
        self._file.close()
        super().close()
