"""The canonical form of a text: what a Google Doc can hold, and how it comes back."""

import hashlib
import re

# What Docs drops from inserted text, by its discovery document; U+FEFF shows as nothing and is
# dropped at the start of an import.
_DROPPED = re.compile("[\u0000-\u0008\u000c-\u001f\ue000-\uf8ff\ufeff]")
SOFT_BREAK = "\v"


def canonical(text: str) -> str:
    """The text as a Doc can hold it: line ends and soft breaks are LF, no newline is at the end
    (an import may add or drop one), undisplayable characters are gone.

    Made before hashing and sending, and of what Google holds: the hash says whether someone edited
    the Doc since.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(SOFT_BREAK, "\n")
    return _DROPPED.sub("", text).rstrip("\n")


def digest(text: str) -> str:
    """32 hexadecimal digits that tell two texts apart."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def from_export(content: bytes) -> str:
    """The canonical text of files.export: it has a byte order mark and CRLF line ends."""
    return canonical(content.decode("utf-8-sig", errors="replace"))


def units(text: str) -> int:
    """The length in UTF-16 code units, in which Docs counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
