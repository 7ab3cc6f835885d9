"""Reading a directory of Markdown and other texts: one memory a file."""

import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from memory_hub.serializers import is_blank
from superthread import limits
from superthread.transfer import front_matter
from superthread.transfer.items import Item, Kind, Outcome, printable

SUFFIXES = {".md", ".markdown", ".mdown", ".txt", ".text", ".rst", ".adoc", ".org"}
# Texts by their names: LICENSE, COPYING.LESSER, LICENSE-MIT, METADATA of Python packages.
_NAMED = re.compile(
    r"(?:README|LICEN[CS]E|COPYING|NOTICE|AUTHORS|CONTRIBUTORS|CHANGES|CHANGELOG|HISTORY|METADATA)"
    r"(?:[-_.][A-Z0-9_.+-]*)?"
)
_READ = limits.CONTENT_BYTES + 4 * front_matter.LIMIT  # no file with more can be a memory
_HEAD = 8192  # bytes in which a NUL tells a binary file, as git does


class Folder:
    """The texts under ``root``, or ``root`` itself when it is a file.

    Symbolic links are not followed, hidden directories not entered. ``others`` counts by suffix
    the files that are no texts by their names.
    """

    def __init__(self, root: Path, collection: str) -> None:
        self.collection = collection
        self.base = root if root.is_dir() else root.parent
        self.others: Counter[str] = Counter()
        self.troubles: list[Outcome] = []
        self.paths = self._texts() if root.is_dir() else [root]

    def read(self, *, advance: Callable[[int], Any]) -> Iterator[Item | Outcome]:
        """Items, skipped files and failures; ``advance`` is told each file."""
        yield from self.troubles
        for path in self.paths:
            yield self._item(path)
            advance(1)

    def _texts(self) -> list[Path]:
        paths = []
        for directory, folders, names in os.walk(self.base, onerror=self._unreadable):
            links = [name for name in folders if os.path.islink(os.path.join(directory, name))]
            for name in links:
                self._skip(Path(directory, name), "A symbolic link is not followed.")
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                suffix = Path(name).suffix
                if suffix.lower() in SUFFIXES or _NAMED.fullmatch(name):
                    paths.append(Path(directory, name))
                else:
                    self.others[printable(suffix.lower()) or "no suffix"] += 1
        return paths

    def _unreadable(self, error: OSError) -> None:
        place = self._place(Path(os.fsdecode(error.filename)))
        self.troubles.append(Outcome(Kind.FAILED, place, f"{error.strerror}."))

    def _skip(self, path: Path, why: str) -> None:
        self.troubles.append(Outcome(Kind.SKIPPED, self._place(path), why))

    def _place(self, path: Path) -> str:
        return printable(path.relative_to(self.base).as_posix())

    def _item(self, path: Path) -> Item | Outcome:
        place = self._place(path)
        if path.is_symlink():
            return Outcome(Kind.SKIPPED, place, "A symbolic link is not followed.")
        try:
            raw = _read(path)
        except OSError as error:
            return Outcome(Kind.FAILED, place, f"{error.strerror}.")
        if raw is None:
            return Outcome(Kind.SKIPPED, place, "This is no regular file.")
        if b"\x00" in raw[:_HEAD]:
            return Outcome(Kind.SKIPPED, place, "This is a binary file.")
        if len(raw) > _READ:
            return Outcome(Kind.FAILED, place, f"The file has more than {_READ} bytes.")
        return self._memory(path, place, raw)

    def _memory(self, path: Path, place: str, raw: bytes) -> Item | Outcome:
        try:
            text = raw.decode("utf-8-sig")
            placing, rest, content = front_matter.split(text)
        except UnicodeDecodeError as error:
            return Outcome(Kind.FAILED, place, f"This is not UTF-8 (byte {error.start}).")
        except front_matter.BadFrontMatter as error:
            return Outcome(Kind.FAILED, place, str(error))
        if is_blank(content):
            return Outcome(Kind.SKIPPED, place, "There is no text in it.")
        relative = path.relative_to(self.base).as_posix()
        fields = {**placing, "content": content, "metadata": {**rest, "path": relative}}
        return Item(place, f"{self.collection}\n{relative}", fields)


def _read(path: Path) -> bytes | None:
    """The bytes of a regular file, at most one more than _READ; None for pipes and devices.

    The opened file is what is looked at: the path may have become a link meanwhile.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return file.read(_READ + 1)
