"""Reading a directory of Markdown and other texts: one memory a file."""

import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import is_normalized, normalize

from memory_hub.api.fields import is_blank
from superthread import limits
from superthread.paths import BadPath, checked, is_unstorable
from superthread.transfer import decoding, front_matter
from superthread.transfer.dates import dates
from superthread.transfer.items import File, Item, Kind, TransferOutcome, printable
from superthread.transfer.mapping import BadMapping, FieldMap

SUFFIXES = {".md", ".markdown", ".mdown", ".txt", ".text", ".rst", ".adoc", ".org"}
# Texts by their names: LICENSE, COPYING.LESSER, LICENSE-MIT, METADATA of Python packages.
_NAMED = re.compile(
    r"(?:README|LICEN[CS]E|COPYING|NOTICE|AUTHORS|CONTRIBUTORS|CHANGES|CHANGELOG|HISTORY|METADATA)"
    r"(?:[-_.][A-Z0-9_.+-]*)?"
)
# Keys of front matter that name the note itself, the first that is there.
IDENTITIES = ("id", "uid", "uuid")
_IDENTITY_LENGTH = 255  # characters that count
# No file with more can be a memory.
_READ = limits.CONTENT_BYTES + 4 * front_matter.LIMIT


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: in which encoding (``auto`` for a detector), with which names of others,
    and whether odd front matter is kept as it stands."""

    encoding: str = "utf-8"
    field_map: FieldMap = field(default_factory=FieldMap)
    lenient: bool = False


class NotesFolder:
    """The texts under ``root``, or ``root`` itself when it is a file.

    Symbolic links are not followed, hidden directories not entered. ``others`` counts by suffix
    the files that are no texts by their names.
    """

    def __init__(self, root: Path, collection: str, reading: Reading | None = None) -> None:
        self.collection, self.reading = collection, reading or Reading()
        self.base = root if root.is_dir() else root.parent
        self.others: Counter[str] = Counter()
        self.troubles: list[TransferOutcome] = []
        self.paths = self._texts() if root.is_dir() else [root]
        self._present = self._named()
        self._names = {path: name for name, path in self._present.items()}

    def read(self, *, advance: Callable[[int], Any]) -> Iterator[Item | TransferOutcome]:
        """Items, skipped files and failures; ``advance`` is told their bytes."""
        yield from self.troubles
        for path in self.paths:
            yield self._item(path)
            advance(_length(path))

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

    def _named(self) -> dict[str, Path]:
        """The files by what each is known by: its path in Unicode's normal form, which a vault has
        on every system, and where several have that one, the others by their own besides."""
        names: dict[str, Path] = {}
        relatives = {self._relative(path): path for path in self.paths}
        # Those in normal form first: they are what others might be taken for.
        for relative in sorted(relatives, key=lambda name: not is_normalized("NFC", name)):
            name = normalize("NFC", relative)
            # No path goes on behind the name of a file.
            names[f"{name}/{relative!a}" if name in names else name] = relatives[relative]
        return names

    def _unreadable(self, error: OSError) -> None:
        place = self._place(Path(os.fsdecode(error.filename)))
        self.troubles.append(TransferOutcome(Kind.FAILED, place, f"{error.strerror}."))

    def _skip(self, path: Path, why: str) -> None:
        self.troubles.append(TransferOutcome(Kind.SKIPPED, self._place(path), why))

    def _place(self, path: Path) -> str:
        return printable(path.relative_to(self.base).as_posix())

    def _item(self, path: Path) -> Item | TransferOutcome:
        place = self._place(path)
        if not _is_text(self._relative(path)):
            return TransferOutcome(Kind.FAILED, place, "Its name is not UTF-8.")
        if path.is_symlink():
            return TransferOutcome(Kind.SKIPPED, place, "A symbolic link is not followed.")
        try:
            raw = _read(path)
        except OSError as error:
            return TransferOutcome(Kind.FAILED, place, f"{error.strerror}.")
        if raw is None:
            return TransferOutcome(Kind.SKIPPED, place, "This is no regular file.")
        if decoding.is_binary(raw[: decoding.HEAD], self.reading.encoding):
            return TransferOutcome(Kind.SKIPPED, place, "This is a binary file.")
        if len(raw) > _READ:
            return TransferOutcome(Kind.FAILED, place, f"The file has more than {_READ} bytes.")
        return self._memory(path, place, raw)

    def _memory(self, path: Path, place: str, raw: bytes) -> Item | TransferOutcome:
        try:
            text = decoding.decode(raw, self.reading.encoding)
            note = front_matter.split(text, lenient=self.reading.lenient)
            fields = self._fields(note, self._relative(path))
        except (decoding.Undecodable, front_matter.BadFrontMatter, BadMapping) as error:
            return TransferOutcome(Kind.FAILED, place, str(error))
        if isinstance(fields["content"], str) and is_blank(fields["content"]):
            return TransferOutcome(Kind.SKIPPED, place, "There is no text in it.")
        file = File(
            self.collection,
            self._names[path],
            _identity(fields),
            self._present.__contains__,
            self._identity_at,
        )
        return Item(place, file.source, fields, file, note.odd)

    def _identity_at(self, name: str) -> str | None:
        item = self._item(self._present[name]) if name in self._present else None
        return item.file.identity if isinstance(item, Item) and item.file else None

    def _fields(self, note: front_matter.Note, relative: str) -> dict[str, Any]:
        """The create shape: what no rule names goes to the metadata. A note that is front matter
        alone has its title for a text."""
        block = {**note.placing, **note.rest}
        fields = self.reading.field_map(block, known=front_matter.PLACING, rest=True)
        metadata = fields.setdefault("metadata", {})
        if not isinstance(metadata, dict):
            raise BadMapping("Metadata is an object.")
        if "content" in fields and not is_blank(note.content):
            raise BadMapping("A field goes to content, and there is a text behind it.")
        return {
            "content": _text_of(note, relative),
            **dates(block),
            **_addressed(relative),
            **fields,
            "metadata": {**metadata, "path": relative},
        }

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.base).as_posix()


def _addressed(relative: str) -> dict[str, str]:
    """The file's path as the memory's, where it can be one."""
    try:
        return {"path": checked(relative)}
    except BadPath:
        return {}


def _is_text(name: str) -> bool:
    """False where the bytes of a file's name are no UTF-8."""
    return not any(map(is_unstorable, name))


def _text_of(note: front_matter.Note, relative: str) -> str:
    """The text behind the front matter; where there is none, the title that it has."""
    if not note.rest or not is_blank(note.content):
        return note.content
    title = note.rest.get("title")
    return title if isinstance(title, str) and not is_blank(title) else Path(relative).stem


def _identity(fields: dict[str, Any]) -> str | None:
    """The id that the front matter gives the note, whatever its file is called."""
    for name in IDENTITIES:
        value = fields["metadata"].get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value)[:_IDENTITY_LENGTH]
    return None


def _length(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _read(path: Path) -> bytes | None:
    """The bytes of a regular file, at most one more than _READ; None for pipes and devices.

    The opened file is what is looked at: the path may have become a link meanwhile.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return file.read(_READ + 1)
