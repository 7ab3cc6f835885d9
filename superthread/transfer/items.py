"""What readers find in files and what becomes of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One memory as a file has it, not validated yet.

    ``place`` names it in messages. ``source`` is what makes it the same at the next import; None
    where only its content does. ``fields`` are those of the create shape.
    """

    place: str
    source: str | None
    fields: Any


class Kind(StrEnum):
    """What became of a line or file; the words of the summary."""

    SAVED = "saved"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """``why`` is set where it was skipped or failed; it never holds a text of the memory."""

    kind: Kind
    place: str
    why: str = ""


def printable(text: str) -> str:
    """A file name or path that every terminal can print on one line."""
    shown = text.encode("utf-8", "backslashreplace").decode()
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in shown)
