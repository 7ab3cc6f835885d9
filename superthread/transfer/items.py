"""What readers find in files and what becomes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One memory as a file has it, not validated yet.

    ``place`` names it in messages. ``source`` is what makes it the same at the next import; None
    where only its content does. ``fields`` are those of the create shape. ``file`` is set
    for files, which may be moved. ``odd`` is what a person should know about it. Of one that is
    ``settled`` its path is where it begins: once it is saved, where it lies is its owner's affair.
    """

    place: str
    source: str | None
    fields: Any
    file: "File | None" = None
    odd: str = ""
    settled: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """What knows a file again after it was moved or renamed.

    ``collection`` and ``path`` make its source, ``identity`` is the id in its front matter.
    ``is_there`` tells whether a path of the collection is among the files of this import,
    ``identity_at`` the identity of the file there.
    """

    collection: str
    path: str
    identity: str | None
    is_there: Callable[[str], bool]
    identity_at: Callable[[str], str | None]

    @property
    def source(self) -> str:
        return f"{self.collection}\n{self.path}"


class Kind(StrEnum):
    """What became of a line or file; the words of the summary."""

    SAVED = "saved"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
    # Said of the whole, and no item.
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class TransferOutcome:
    """``why`` is set where it was skipped or failed; it never holds a text of the memory."""

    kind: Kind
    place: str
    why: str = ""


def printable(text: str) -> str:
    """A file name or path that every terminal can print on one line."""
    shown = text.encode("utf-8", "backslashreplace").decode()
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in shown)
